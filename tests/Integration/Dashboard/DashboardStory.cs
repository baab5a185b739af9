using System.Text.Json.Nodes;

namespace Marketplace.Integration.Dashboard;

/// <summary>
/// A team with something of everything: resources, use within and beyond what is included, an invoice that was paid, projects, and something
/// that the provider tells it. Told once for all tests of a class.
/// </summary>
public sealed class DashboardStory : IAsyncLifetime
{
    public Acme Acme { get; private set; } = null!;

    public string Installation { get; private set; } = "";

    internal Provisioned Checkout { get; private set; } = null!;

    /// <summary>Paid ahead, and used.</summary>
    internal Provisioned Credit { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Acme = await Acme.Open(new AcmeOptions
        {
            Start = new DateTimeOffset(2027, 1, 31, 21, 30, 0, TimeSpan.Zero),
            HasCuttableLine = true,
            Adapt = catalogue => catalogue["products"]![0]!["plans"]![1]!["pricing"]!["metered"]![0]!["included"] = "2000",
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Dashboard:Name"] = "Acme", ["Dashboard:SupportUrl"] = "mailto:help@acme.example",
            },
        });
        var team = Acme.Customer.CreateTeam("Blue Whale");
        (Installation, var installed) = await Acme.Customer.Install(team.AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        Acme.Workshop.Count("checkout", 0);
        Checkout = await Acme.Provision(Installation, "checkout", metadata: new JsonObject { ["region"] = "fra1", ["workers"] = 4, ["backups"] = true });
        var orders = await Acme.Provision(Installation, "orders", "pro", "acme-postgres", new JsonObject { ["region"] = "fra1" });
        Credit = await Acme.Provision(Installation, "campaigns", "prepaid");
        var (_, paid) = await Acme.Customer.Purchase(Installation, Credit.Id, 50m, Cancel);
        Assert.True(paid is { IsSuccess: true }, paid?.ToString());
        Acme.Workshop.Count("campaigns", 0);
        foreach (var (name, resource) in new[] { ("storefront", Checkout), ("docs-site", Checkout), ("storefront-api", orders) })
        {
            var project = Acme.Customer.CreateProject(team.AccountId, name);
            Acme.Customer.Connect(Installation, resource.Id, project.Id, name, null, false);
        }

        // The first month is over, and its invoice is paid an hour later; then the next one begins.
        Acme.Workshop.Count("checkout", 4_200);
        Acme.Workshop.Count("campaigns", 3_000);
        await Acme.Live(new DateTimeOffset(2027, 2, 1, 2, 0, 0, TimeSpan.Zero));
        Acme.Workshop.Count("checkout", 5_930);
        Acme.Workshop.Count("campaigns", 3_900);
        await Acme.Live(new DateTimeOffset(2027, 2, 1, 4, 10, 0, TimeSpan.Zero));
        var key = await Acme.NewProviderKey("notifications:write");
        var home = new Uri(Acme.Server.Http.BaseAddress!, $"/dashboard/{Installation}");
        await Tell(key, $"/installations/{Installation}/notification", "info", "Maintenance on Sunday", "From 02:00 to 03:00 UTC, reads only.", $"sso:{home}/support");
        await Tell(key, $"/installations/{Installation}/resources/{Checkout.Id}/notification", "warn", "Queue almost full", "Jobs wait longer than usual.", null);
        await Acme.Work("outbox");
    }

    private async Task Tell(string key, string path, string level, string title, string message, string? link)
    {
        var body = new JsonObject { ["level"] = level, ["title"] = title, ["message"] = message };
        if (link is not null)
            body["href"] = link;
        (await Acme.Provide(HttpMethod.Put, path, key, body)).Is(System.Net.HttpStatusCode.OK);
    }

    public ValueTask DisposeAsync() => Acme.DisposeAsync();
}
