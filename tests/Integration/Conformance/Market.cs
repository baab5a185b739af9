using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Conformance.Provider;
using Marketplace.Simulator;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Conformance;

/// <summary>Vercel's side, and a provider that keeps the contract or breaks it in one place.</summary>
internal sealed class Market : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 0, 0, TimeSpan.Zero);

    /// <summary>As the provider has entered it in the Integration Console.</summary>
    private static readonly IntegrationSettings Console = Read($$$"""
        {
          "integrationId": "oac_shelves", "clientSecret": "secret-of-the-shelves", "slug": "shelves",
          "products": [{ "id": "{{{Shop.Product}}}", "name": "Shelf", "protocols": ["storage"], "metadataSchema": {{{Shop.MetadataSchema}}} }],
          "secretProbe": { "http": { "url": "{{SHELF_URL}}", "headers": { "Authorization": "Bearer {{SHELF_KEY}}" } } }
        }
        """);

    /// <summary>What it sells.</summary>
    public static ConsoleProduct Product => Console.Products[0];

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private Market(SimulatorServer vercel, HonestProvider provider) => (Vercel, Provider) = (vercel, provider);

    public SimulatorServer Vercel { get; }

    public HonestProvider Provider { get; }

    public CustomerDashboard Customer => Vercel.Dashboard;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<Market> Open(Breakage? breakage = null, long? seed = null) => Open(breakage is { } one ? [one] : [], seed);

    public static Task<Market> Open(Oddity oddity, long? seed = null) => Open([], seed, [oddity]);

    public static async Task<Market> Open(ImmutableHashSet<Breakage> breakages, long? seed, ImmutableHashSet<Oddity>? oddities = null)
    {
        var options = new SimulatorOptions { Now = Start, Seed = seed }.With(Console);
        if (oddities?.Contains(Oddity.HasItsOwnTerms) == true)
        {
            options = options with { Policies = [new("terms", "Terms of the shelves", new("https://shelves.example/terms"))] };
        }

        var vercel = await SimulatorServer.Start(options, Cancel);
        var provider = await HonestProvider.Start(
            new ProviderSettings(vercel.BaseUrl, options.IntegrationId, options.ClientSecret, options.Slug) { Breakages = breakages, Oddities = oddities ?? [] }, Cancel);
        (vercel.Provider, vercel.Webhook, vercel.RedirectLogin) = (provider.BaseUrl, provider.WebhookUrl, provider.RedirectLoginUrl);
        while (!vercel.IsFollowed)
        {
            await Task.Delay(5, Cancel);
        }

        return new(vercel, provider);
    }

    public async Task<string> Install()
    {
        var (installation, exchange) = await Customer.Install(Customer.CreateTeam("Blue Whale").AccountId, Cancel);
        return Good(exchange).IsSuccess ? installation : throw new InvalidOperationException();
    }

    /// <returns>The resource, and the secret that opens it.</returns>
    public async Task<(string Id, string Secret)> Provision(string installation, string plan = "hourly", CallOptions? options = null)
    {
        var provisioned = Good(await Customer.Provision(
            installation, Shop.Product, "db", plan, new JsonObject { ["region"] = "iad1" }, Cancel, options)).Json!.Value;
        return (provisioned.GetProperty("id").GetString()!, Secret(provisioned));
    }

    /// <summary>What comes of knocking with a secret.</summary>
    public async Task<int> Knock(string resource, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Provider.BaseUrl, $"/r/{resource}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var answer = await http.SendAsync(request, Cancel);
        return (int)answer.StatusCode;
    }

    /// <summary>As a browser, which follows nothing.</summary>
    public async Task<HttpResponseMessage> Visit(Uri address, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await http.SendAsync(request, Cancel);
    }

    /// <summary>Holds the suite, or some of its cases, against the provider.</summary>
    public Task<ConformanceReport> Judge(params IEnumerable<string> cases) => Judge(options => options, cases);

    /// <param name="change">Where the run is set up otherwise.</param>
    public Task<ConformanceReport> Judge(Func<ConformanceOptions, ConformanceOptions> change, params IEnumerable<string> cases) =>
        Judge(change, _ => { }, cases);

    /// <param name="tell">Hears of each case that was played.</param>
    public Task<ConformanceReport> Judge(
        Func<ConformanceOptions, ConformanceOptions> change, Action<Outcome> tell, params IEnumerable<string> cases) =>
        ConformanceSuite.Run(
            Vercel,
            change(new ConformanceOptions { Products = Console.Products, Cases = [.. cases], SignOnStart = $"{Provider.BaseUrl}sso/{{{{installationId}}}}" }),
            tell, Cancel);

    /// <summary>Answered as documented.</summary>
    public static Exchange Good(Exchange exchange)
    {
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, $"{exchange} {exchange.Body}");
        return exchange;
    }

    public static string Secret(JsonElement answer) => answer.GetProperty("secrets").EnumerateArray()
        .Single(secret => secret.GetProperty("name").GetString() == "SHELF_KEY").GetProperty("value").GetString()!;

    /// <summary>What Vercel has to say about how the provider behaved.</summary>
    public ImmutableList<string> Findings => Vercel.State.Findings.ConvertAll(finding => finding.ToString());

    /// <summary>Settings that have no fault.</summary>
    public static IntegrationSettings Read(string text)
    {
        var (settings, problems) = SettingsFile.Parse(text);
        Assert.Empty(problems);
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Provider.DisposeAsync();
        await Vercel.DisposeAsync();
    }
}
