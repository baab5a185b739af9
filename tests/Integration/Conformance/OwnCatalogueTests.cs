using System.Text.Json.Nodes;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Conformance;

/// <summary>Rules that the example's catalogue gives no occasion for: what it does not sell is sold here, and judged as well.</summary>
public sealed class OwnCatalogueTests
{
    private static readonly ConsoleProduct Tools =
        new("acme-tools", "Acme Tools", MetadataSchema.Nothing) { SampleMetadata = new JsonObject { ["region"] = "iad1" } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plans_of_whole_installations_are_chosen_repeated_and_paid_in_advance_by_the_rules()
    {
        await using var acme = await Open(new AcmeOptions { Catalogue = "acme-prepaid.catalog.json", IsAlive = true });

        await Judge(
            acme,
            [new ConsoleProduct("acme-tools", "Acme Tools", MetadataSchema.Nothing)],
            ["installations", "idempotency/update-installation", "purchases", "plans"],
            "installations/update-plan", "purchases/of-installation", "idempotency/update-installation/hours-later");
    }

    [Fact]
    public async Task What_takes_time_to_be_made_and_plans_that_are_sold_no_more_follow_the_rules()
    {
        await using var acme = await Open(new AcmeOptions { IsAlive = true });
        foreach (var name in new[] { "pending", "untold", "short-lived" })
            acme.Workshop.Plan("Provision", name, new WorkshopEvent.Defers());

        await Judge(
            acme, [Tools], ["resources", "deletion", "plans", "transferred", "outage/pending-untold"],
            "resources/pending-is-told", "deletion/while-pending", "plans/disabled-is-refused", "outage/pending-untold");
    }

    [Theory]
    [InlineData("rotation/gives-new-values")]
    [InlineData("outage/secrets-untold")]
    public async Task Secrets_that_take_time_to_be_made_follow_the_rules(string played)
    {
        await using var acme = await Open(new AcmeOptions { IsAlive = true });
        acme.Workshop.Plan("Rotate", "conformance", new WorkshopEvent.Defers());

        await Judge(acme, [Tools], [played], played);
    }

    private static async Task<Acme> Open(AcmeOptions options)
    {
        var acme = await Acme.Open(options);
        await RealTime.Until(() => Task.FromResult(acme.Vercel.IsFollowed), "the server follows the clock");
        return acme;
    }

    private static async Task Judge(Acme acme, ConsoleProduct[] products, string[] cases, params string[] kept)
    {
        var report = await ConformanceSuite.Run(
            acme.Vercel, new ConformanceOptions { Products = [.. products], Cases = [.. cases] }, _ => { }, Cancel);

        Assert.Null(report.Problem);
        Assert.Empty(report.Broken.Where(outcome => outcome.Case.Level != Level.Informational).Select(HonestVerdictTests.Told));
        Assert.All(kept, id => Assert.IsType<Verdict.Kept>(report.Outcomes.Single(outcome => outcome.Case.Id == id).Verdict));
    }
}
