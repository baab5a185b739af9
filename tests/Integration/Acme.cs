using System.Text.Json.Nodes;
using Marketplace.Core.Repl;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning.Http;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator;
using Marketplace.Simulator.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration;

/// <summary>
/// Acme sells on the Marketplace: the server over HTTP with a database of its own, Vercel's side with the customer's hand, and one
/// clock for both, which stands still until a test moves it. The worker works when a test says so.
/// </summary>
public sealed partial class Acme : IAsyncLifetime
{
    public const string ClientSecret = "client-secret-of-the-tests";

    public static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    private readonly string prefix = $"t{Guid.NewGuid().ToString("N")[..6]}";
    private AcmeOptions options = new();
    private TestDatabase database = null!;
    private CuttableLine? line;
    private string? catalogue;

    public SimulatorServer Vercel { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    /// <summary>Makes what the product <c>acme-tools</c> sells; <c>acme-postgres</c> is really PostgreSQL.</summary>
    public Workshop Workshop { get; } = new();

    /// <summary>From the server to its database, when the test asked for one that can be cut.</summary>
    public CuttableLine Line => line ?? throw new InvalidOperationException("The line was not asked for.");

    /// <summary>Of its database, for a program beside it.</summary>
    public string ConnectionString => database.ConnectionString;

    public DateTimeOffset Now => Vercel.Clock.GetUtcNow();

    /// <summary>The customer's hand.</summary>
    internal CustomerDashboard Customer => Vercel.Dashboard;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<Acme> Open(AcmeOptions options)
    {
        var acme = new Acme { options = options };
        await acme.InitializeAsync();
        return acme;
    }

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancel);
        line = options.HasCuttableLine ? new CuttableLine(database.ConnectionString) : null;
        Vercel = await SimulatorServer.Start(
            new SimulatorOptions
            {
                IntegrationId = TestServerOptions.IntegrationId, ClientSecret = ClientSecret, Slug = TestServerOptions.Slug, Now = options.Start,
                KnowsEdgeConfigOnly = options.KnowsEdgeConfigOnly,
            }, Cancel);
        await Serve(options.Adapt);
    }

    /// <summary>The provider changes its catalogue, and starts anew with it.</summary>
    internal async Task StartAnew(Action<JsonNode> adapt)
    {
        await Server.DisposeAsync();
        await Serve(adapt);
    }

    /// <summary>An operator corrects a plan under those who have it, and the provider starts anew with it.</summary>
    /// <param name="plan">As <c>catalog correct</c> takes it: <c>acme-tools/pro</c>.</param>
    internal async Task Mend(string plan, Action<JsonNode> adapt)
    {
        await Server.DisposeAsync();
        Adapt(adapt);
        await using var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        var file = CatalogueFile.Open(catalogue!).Match(good => good, errors => throw new InvalidOperationException(string.Join("; ", errors)));
        Assert.NotNull(await new OfferedPlans(source).Correct(file, plan, "a price that was wrong", Cancel));
        await Serve(adapt: null);
    }

    /// <summary>The provider changes its catalogue while the server runs.</summary>
    internal void Rewrite(Action<JsonNode> adapt) => Adapt(adapt);

    private void Adapt(Action<JsonNode> adapt)
    {
        var adapted = JsonNode.Parse(File.ReadAllText(Repository.File($"tests/Integration/{options.Catalogue}")))!;
        adapt(adapted);
        File.WriteAllText(catalogue ??= Path.GetTempFileName(), adapted.ToJsonString());
    }

    private async Task Serve(Action<JsonNode>? adapt)
    {
        if (adapt is not null)
            Adapt(adapt);

        var settings = new Dictionary<string, string>(options.Settings, StringComparer.Ordinal)
        {
            ["Catalog:Path"] = catalogue ?? Repository.File($"tests/Integration/{options.Catalogue}"),
            ["ConnectionStrings:AcmePostgres"] = database.ConnectionString,
            ["AcmePostgres:Prefix"] = prefix,
        };
        if (options.IsAlive)
            settings["Clock:Url"] = new Uri(Vercel.BaseUrl, "/clock").AbsoluteUri;
        Server = await TestServer.Start(
            new TestServerOptions
            {
                Vercel = Vercel,
                ConnectionString = line?.ConnectionString ?? database.ConnectionString,
                Role = options.IsAlive ? Role.All : Role.Api,
                Settings = settings,
                Adjust = builder =>
                {
                    var services = Logging(builder).Services
                        .AddSingleton(options.ReplLimits)
                        .AddSingleton(options.VercelLimits)
                        .AddSingleton(options.ControlPlaneLimits)
                        .AddSingleton<IProvisioner>(Workshop);
                    if (!options.IsAlive)
                        services.AddSingleton<TimeProvider>(Vercel.Clock).AddJobs();
                },
            },
            Cancel);
        Vercel.Provider = Server.Http.BaseAddress;
        Vercel.Webhook = new Uri(Server.Http.BaseAddress!, "/webhooks/vercel");
        Vercel.RedirectLogin = new Uri(Server.Http.BaseAddress!, "/sso/callback");
        Vercel.ImportResource = new Uri(Server.Http.BaseAddress!, "/import");
        Vercel.ConnectAccount = new Uri(Server.Http.BaseAddress!, "/connect/callback");
    }

    private WebApplicationBuilder Logging(WebApplicationBuilder builder)
    {
        if (options.LogLevel is { } level)
            builder.Logging.AddFilter<CapturedLog>(category: null, level);
        return builder;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provisioner in Server.Services.GetServices<IProvisioner>())
        {
            foreach (var held in (await provisioner.List(CancellationToken.None)).SelectMany(all => all))
                await provisioner.Deprovision(Workshop.Leftover(held), new OperationId("clean"), CancellationToken.None);
        }

        await Server.DisposeAsync();
        await Vercel.DisposeAsync();
        if (line is not null)
            await line.DisposeAsync();
        await database.DisposeAsync();
        if (catalogue is not null)
            File.Delete(catalogue);
    }
}

/// <summary>How <see cref="Acme"/> is set up where a test needs another one.</summary>
internal sealed record AcmeOptions
{
    /// <summary>A file beside the tests.</summary>
    public string Catalogue { get; init; } = "acme.catalog.json";

    /// <summary>What is different in it for this test alone.</summary>
    public Action<JsonNode>? Adapt { get; init; }

    public bool HasCuttableLine { get; init; }

    /// <summary>A call that fails is the job's to repeat, so that a test sees each.</summary>
    public VercelLimits VercelLimits { get; init; } = VercelLimits.Default with { RepeatsMax = 0 };

    /// <summary>Of the provisioner <c>http</c>, where the test has one.</summary>
    public ControlPlaneLimits ControlPlaneLimits { get; init; } = ControlPlaneLimits.Default;

    /// <summary>What is logged from it on is kept, whatever the configuration says.</summary>
    public LogLevel? LogLevel { get; init; }

    /// <summary>The worker works by itself, and follows the clock over HTTP.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Vercel as it was before the summer of 2026.</summary>
    public bool KnowsEdgeConfigOnly { get; init; }

    public ReplLimits ReplLimits { get; init; } = ReplLimits.Default;

    public DateTimeOffset Start { get; init; } = Acme.Start;

    /// <summary>Beside those that every test has.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
