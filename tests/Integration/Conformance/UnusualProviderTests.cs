using Marketplace.Integration.Conformance.Provider;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Conformance;

/// <summary>Whoever keeps the contract in another way than most is not accused, and whatever is answered, the run goes on to its end.</summary>
public sealed class UnusualProviderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Oddity.MisspellsCharset), "installations", "answers", "purchases/is-credited", "webhooks/types")]
    [InlineData(nameof(Oddity.TakesAMoment), "answers", "deletion", "purchases/is-credited", "webhooks/twice-credits-once")]
    [InlineData(nameof(Oddity.HasItsOwnTerms), "installations", "idempotency", "answers/upsert-installation")]
    [InlineData(nameof(Oddity.KnowsNoSuchInvoice), "purchases/is-credited", "purchases/un*", "answers/provision-purchase", "errors/provision-purchase")]
    [InlineData(nameof(Oddity.SellsLittleAtOnce), "purchases/is-credited", "purchases/adds-up", "answers/provision-purchase", "webhooks/twice-credits-once")]
    [InlineData(nameof(Oddity.HasPagesOfItsOwn), "errors/routes")]
    public async Task Who_is_unusual_and_honest_is_found_to_keep_every_rule(string oddity, params string[] cases)
    {
        await using var market = await Market.Open(Enum.Parse<Oddity>(oddity), seed: 3);

        var report = await market.Judge(Impatient, cases);

        Assert.Null(report.Problem);
        Assert.Empty(Broken(report));
        Assert.Empty(report.Outcomes.Where(outcome =>
            outcome.Case.Level == Level.Required && outcome.Verdict is not Verdict.Kept && !NotSold.Contains(outcome.Case.Id)).Select(HonestVerdictTests.Told));
    }

    [Theory]
    [InlineData(nameof(Oddity.UninstallsWithNull))]
    [InlineData(nameof(Oddity.UninstallsWithText))]
    [InlineData(nameof(Oddity.UninstallsWithList))]
    public async Task An_answer_that_is_no_object_breaks_the_rules_about_it_and_does_not_end_the_run(string oddity)
    {
        await using var market = await Market.Open(Enum.Parse<Oddity>(oddity), seed: 3);

        var report = await market.Judge("installations", "answers/delete-installation", "answers/get-installation", "answers/provision-resource");

        Assert.Null(report.Problem);
        Assert.Null(report.Ended);
        Assert.Contains("answers/delete-installation/as-documented", Broken(report).Select(told => told.Split(':')[0]));
        Assert.All(Broken(report), told => Assert.Contains("Delete Installation", told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_waits_for_his_customer_is_accused_of_nothing_and_the_run_waits_for_it_once()
    {
        await using var market = await Market.Open(Oddity.OnboardsForever, seed: 3);
        var cases = (string[])["resources", "deletion", "answers", "repl"];

        var report = await market.Judge(Impatient, cases);

        Assert.Null(report.Problem);
        Assert.Empty(Broken(report));
        var waited = report.Outcomes.Where(outcome => outcome.Verdict is Verdict.NotObserved { Reason: var reason } && reason.Contains("onboarding", StringComparison.Ordinal)).ToList();
        Assert.Contains("resources/provision", waited.Select(outcome => outcome.Case.Id));
        Assert.True(waited.Count > 30, $"{waited.Count}");
        Assert.True(waited.Count(outcome => outcome.Elapsed >= Patience) <= 4, string.Join(", ", waited.Where(outcome => outcome.Elapsed >= Patience)));
    }

    [Fact]
    public async Task Who_never_gets_a_resource_ready_is_told_so_by_the_one_rule_about_it()
    {
        await using var market = await Market.Open(Oddity.PendsForever, seed: 3);

        var report = await market.Judge(Impatient, "resources", "answers/update-resource", "deletion/while-pending", "purchases/is-credited");

        Assert.Null(report.Problem);
        Assert.Equal("resources/provision", Assert.Single(Broken(report)).Split(':')[0]);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(20, 0)]
    [InlineData(900, 880)]
    public void Who_is_waited_for_longer_than_usual_has_as_much_longer_for_each_case(int patienceSeconds, int moreSeconds) =>
        Assert.All(ConformanceSuite.All, played => Assert.Equal(
            played.TimeLimit + TimeSpan.FromSeconds(moreSeconds),
            played.LimitFor(new ConformanceOptions { Products = [], Patience = TimeSpan.FromSeconds(patienceSeconds) })));

    /// <summary>Whether the route is a bare 404, or one in the documented form, which could be about an invoice.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_sells_credit_and_has_no_endpoint_for_it_breaks_what_is_required(bool isBare)
    {
        await using var market = await Market.Open([], seed: 3, isBare ? [Oddity.HasNoPurchases, Oddity.HasPagesOfItsOwn] : [Oddity.HasNoPurchases]);

        var report = await market.Judge("purchases/is-credited", "purchases/by-vercel");

        Assert.False(report.IsConformant);
        Assert.Equal(2, report.Broken.Count);
    }

    [Fact]
    public async Task A_charset_that_nobody_knows_is_found_and_webhooks_are_delivered_all_the_same()
    {
        await using var market = await Market.Open(Oddity.MisspellsCharset);
        var installation = await market.Install();
        Assert.Contains(market.Findings, finding => finding.Contains("charset utf8", StringComparison.Ordinal));

        var (resource, _) = await market.Provision(installation);
        var project = market.Customer.CreateProject(market.Customer.Installation(installation).AccountId, "shop");
        market.Customer.Connect(installation, resource, project.Id);
        await market.Vercel.Settle(Cancel);

        Assert.All(market.Vercel.State.Webhooks, webhook => Assert.True(webhook.IsDelivered && webhook.Attempts.Count == 1, webhook.Type));
    }

    [Fact]
    public async Task A_probe_of_secrets_that_cannot_be_used_is_not_the_provider_s_fault()
    {
        await using var market = await Market.Open(seed: 3);

        var report = await market.Judge(
            options => options with { Products = options.Products.ConvertAll(product => product with { SecretProbe = new SecretProbe.Command(["./no-such-program"]) }) },
            "rotation/old-live-on", "rotation/delay-0-ends-old");

        Assert.Empty(Broken(report));
        Assert.Contains(report.Outcomes, outcome => outcome.Verdict is Verdict.NotObserved { Reason: var reason } && reason.Contains("secretProbe", StringComparison.Ordinal));
    }

    /// <summary>In real time: enough for whoever takes a moment, and not much for whoever is never ready.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What the shelves do not have, whatever is odd about them.</summary>
    private static readonly string[] NotSold =
    [
        "resources/pending-is-told", "deletion/while-pending", "resources/provision-plan-of-another-product", "plans/disabled-is-refused", "purchases/of-installation",
    ];

    private static ConformanceOptions Impatient(ConformanceOptions options) => options with { Patience = Patience };

    private static List<string> Broken(ConformanceReport report) =>
        [.. report.Broken.Where(outcome => outcome.Case.Level != Level.Informational).Select(HonestVerdictTests.Told)];
}
