using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Clock;
using Marketplace.Simulator.Connections;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Events;
using Marketplace.Simulator.Imports;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Pages;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.SignOn;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;
using Marketplace.Simulator.Webhooks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Marketplace.Simulator;

/// <summary>Vercel's side in one process: tests start it, and so does the command line.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly HttpClient http;
    private readonly VercelStore store;
    private readonly PartnerClient partner;
    private readonly WebhookDelivery delivery;
    private readonly BrowserAddresses addresses;
    private readonly DueWork work;
    private readonly ClockFollowers followers;
    private readonly ClockAdvance advance;
    private readonly ClockPace pace;
    private readonly CancellationTokenSource stopping = new();
    private Task background = Task.CompletedTask;

    private SimulatorServer(SimulatorOptions options)
    {
        var kept = KeptIdentifiers.Resume(VercelStore.Read(options.StateFile), options);
        store = new VercelStore(options.StateFile, kept);
        Clock = KeptClock.Resume(kept.Clock, options, store);
        Tokens = KeptKeys.Resume(kept.SigningKeys, new TokenIssuer(Clock, options.IntegrationId), store);
        Tokens.NewTokenId = subject => store.Identify("jti", subject).Hexadecimal(32);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        partner = new PartnerClient(http, store, Tokens, Log, Clock) { Provider = options.Provider };
        Disturbances = new Disturbances(NewFaultId, isSeeded: kept.Identifiers.Seed is not null);
        WebhookDisturbances = new WebhookDisturbances(NewFaultId, isSeeded: kept.Identifiers.Seed is not null);
        delivery = new WebhookDelivery(http, options.ClientSecret, Log, Clock) { Target = options.Webhook };
        work = new DueWork(
            store, new DueDecisions(new InvoiceTimeline(options.InvoicePaidAfter)), new Rereading(store, partner, Tokens, Clock), delivery,
            WebhookDisturbances, partner, Clock);
        followers = new ClockFollowers(Clock);
        advance = new ClockAdvance(Clock, followers, work, options.StepTimeout);
        pace = new ClockPace(Clock, advance);
        Times = new ClockPart(Clock, followers, pace, new Journey(Clock, advance, stopping.Token));
        addresses = new BrowserAddresses(options);
        Dashboard = new CustomerDashboard(options, store, partner, Tokens, addresses, work, Clock);
        work.BuyWhatIsLow = new AutomaticPurchases(store, partner, Dashboard, Clock).BuyWhatIsLow;

        host = Build(options);
        TokenEndpoints.Map(host, Tokens);
        new ClockEndpoints(Times, advance, store).Map(host);
        new VercelApi(options, store, Tokens, Disturbances, Log, work, Clock).Map(host);
        new CustomerEndpoints(this, store).Map(host);
        new IntegrationEndpoints(this, options).Map(host);
        new DisturbanceEndpoints(Faults).Map(host);
        var browsers = new BrowserRoutes(store, Log, Clock);
        new SignOnEndpoints(options, Dashboard, browsers).Map(host);
        new ConnectionEndpoints(options, store, Dashboard, browsers).Map(host);
        new ImportEndpoints(store, Dashboard, browsers, Log, work, Clock).Map(host);
        Assets.Map(host);
        PageTable.Map(new PageRoutes(host, store, addresses, Times), new PageSources(this, options, addresses));
    }

    /// <summary>Where it is reached; also the issuer of its tokens (without the closing slash) and the base of Vercel's API.</summary>
    public Uri BaseUrl { get; private set; } = new("about:blank");

    /// <summary>Where it listens: the same, unless the provider reaches it by another name.</summary>
    public Uri Listening { get; private set; } = new("about:blank");

    public VirtualClock Clock { get; }

    public TokenIssuer Tokens { get; }

    /// <summary>The provider's base URL; tests start the provider after the simulator.</summary>
    public Uri? Provider
    {
        get => partner.Provider;
        set => partner.Provider = value;
    }

    /// <summary>Where webhooks go.</summary>
    public Uri? Webhook
    {
        get => delivery.Target;
        set => delivery.Target = value;
    }

    /// <summary>The provider's Redirect Login URL.</summary>
    public Uri? RedirectLogin
    {
        get => addresses.RedirectLogin;
        set => addresses.RedirectLogin = value;
    }

    /// <summary>The provider's Import Resource URL.</summary>
    public Uri? ImportResource
    {
        get => addresses.ImportResource;
        set => addresses.ImportResource = value;
    }

    /// <summary>The provider's redirect URL of connectable accounts.</summary>
    public Uri? ConnectAccount
    {
        get => addresses.ConnectAccount;
        set => addresses.ConnectAccount = value;
    }

    /// <summary>Whether anybody lives by the clock.</summary>
    public bool IsFollowed => followers.Any;

    /// <summary>The clock with all that belongs to it.</summary>
    internal ClockPart Times { get; }

    /// <summary>The customer's hand.</summary>
    internal CustomerDashboard Dashboard { get; }

    /// <summary>Makes the calls of the Partner API.</summary>
    internal PartnerClient Partner => partner;

    /// <summary>Sends webhooks.</summary>
    internal WebhookDelivery Deliveries => delivery;

    /// <summary>The latest exchanges in both directions.</summary>
    internal CallLog Log { get; } = new();

    /// <summary>What is planned to go wrong.</summary>
    internal Disturbances Disturbances { get; }

    /// <summary>What goes wrong with webhooks.</summary>
    internal WebhookDisturbances WebhookDisturbances { get; }

    /// <summary>What is switched on of both.</summary>
    internal FaultSwitches Faults => new(Disturbances, WebhookDisturbances);

    /// <summary>Everything that Vercel knows.</summary>
    internal VercelState State => store.Current;

    /// <summary>The calls that the provider made, oldest first.</summary>
    internal ImmutableList<ApiCall> Calls => Log.Calls;

    /// <summary>The calls that Vercel made, oldest first.</summary>
    internal ImmutableList<Exchange> Exchanges => Log.Exchanges;

    public static async Task<SimulatorServer> Start(SimulatorOptions options, CancellationToken cancel)
    {
        var server = new SimulatorServer(options);
        try
        {
            await server.host.StartAsync(cancel);
            var listening = server.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            server.Listening = new Uri(listening.Addresses.First());
            server.BaseUrl = options.PublicUrl ?? server.Listening;
            server.Tokens.Issuer = server.BaseUrl.ToString().TrimEnd('/');
            await server.store.Persist(cancel);
            server.background = Task.WhenAll(
                server.work.KeepDoing(server.host.Logger, server.stopping.Token), server.pace.Keep(server.host.Logger, server.stopping.Token));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Moves the clock in steps that everybody follows, as <c>POST /clock</c> does.</summary>
    public Task Advance(TimeSpan span, CancellationToken cancel) => advance.By(span, cancel);

    public Task AdvanceTo(DateTimeOffset target, CancellationToken cancel) => advance.To(target, cancel);

    /// <summary>Delivers and reads again what is due now, and returns when nothing is left.</summary>
    public Task Settle(CancellationToken cancel) => work.DoWhatIsDue(cancel);

    /// <summary>Runs until the process is asked to stop.</summary>
    public Task WaitForShutdown(CancellationToken cancel) => host.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await host.DisposeAsync();
        await store.Persist(CancellationToken.None);
        http.Dispose();
        advance.Dispose();
        work.Dispose();
        store.Dispose();
        Tokens.Dispose();
        stopping.Dispose();
    }

    /// <summary>An idempotency key, which the seed fixes.</summary>
    internal string NewKey(string subject) => store.Identify("key", subject).Uuid;

    /// <summary>Changes what Vercel knows, where a test needs it otherwise: a customer who does not pay.</summary>
    internal void Change(Func<VercelState, VercelState> change) => store.Change(change);

    private string NewFaultId() => store.Identify("fault").Id;

    private static WebApplication Build(SimulatorOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Whoever starts it hears why it did not start, and needs no stack for it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddRazorComponents();
        // Pages keep nothing in a browser, so that no key has to outlive the process.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        var application = builder.Build();
        application.Use(OwnSite.Guard);
        return application;
    }
}
