using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Dashboard;
using Marketplace.Integration.Transfers;

namespace Marketplace.Integration.OperatorConsole.Resources;

/// <summary>
/// Customers of whom an operator has something to see: one with resources that are used, connected and handed over, one operation that does not
/// succeed, and one who is leaving. Told once for the pages of installations and resources.
/// </summary>
public sealed class OperatedStory : IAsyncLifetime
{
    public const int AttemptsOfStuck = 5;

    public Acme Acme { get; private set; } = null!;

    public string Whale { get; private set; } = "";

    public string Fox { get; private set; } = "";

    internal Provisioned Checkout { get; private set; } = null!;

    internal Provisioned Came { get; private set; } = null!;

    internal Provisioned Stuck { get; private set; } = null!;

    public string Base => Acme.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Acme = await Acme.Open(new AcmeOptions { Start = new DateTimeOffset(2027, 1, 18, 22, 30, 0, TimeSpan.Zero) });
        Whale = await Install("Blue Whale");
        Fox = await Install("Red Fox");
        Acme.Workshop.Count("checkout", 0);
        Checkout = await Acme.Provision(Whale, "checkout", metadata: new JsonObject { ["region"] = "fra1", ["workers"] = 4 });
        var project = Acme.Customer.CreateProject(Acme.Vercel.State.Installations[Whale].AccountId, "storefront");
        Acme.Customer.Connect(Whale, Checkout.Id, project.Id, "storefront", null, false);
        await Acme.Work();

        // Some use on two days, and a resource that changes hands.
        Acme.Workshop.Count("checkout", 1_200);
        await Acme.Live(new DateTimeOffset(2027, 1, 19, 0, 10, 0, TimeSpan.Zero));
        Acme.Workshop.Count("checkout", 4_200);
        var came = await Acme.Provision(Fox, "search", "free");
        var claim = await Acme.Offer(came);
        (await Acme.Accept(Whale, claim)).IsEmpty();
        Came = came.At(Whale);
        await Acme.Live(new DateTimeOffset(2027, 1, 19, 2, 10, 0, TimeSpan.Zero));

        // A suspension that is asked for and not carried out: it is tried again for as long as anybody looks. Whoever waits for all work waits for ever here.
        Stuck = await Acme.Provision(Whale, "jobs");
        Acme.Workshop.Plan("Suspend", "jobs", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 500)]);
        var key = await Acme.NewProviderKey("resources:write");
        (await Acme.Provide(
            HttpMethod.Post, $"/installations/{Whale}/resources/{Stuck.Id}/suspend", key, new JsonObject { ["reason"] = "Abuse was reported." }))
            .Is(HttpStatusCode.OK);
        for (var attempt = 0; attempt < AttemptsOfStuck; attempt++)
        {
            await Acme.TryAgainNow(Stuck);
            await Acme.Work("operations");
        }
    }

    public ValueTask DisposeAsync() => Acme.DisposeAsync();

    private async Task<string> Install(string name)
    {
        var (installation, installed) = await Acme.Customer.Install(Acme.Customer.CreateTeam(name).AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        return installation;
    }
}

/// <summary>Its tests come one after the other: its clock only moves forward.</summary>
[CollectionDefinition(Name)]
public sealed class OperatedCustomers : ICollectionFixture<OperatedStory>, ICollectionFixture<Chromium>
{
    public const string Name = "Operated customers";
}
