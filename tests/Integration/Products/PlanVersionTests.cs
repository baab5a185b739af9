using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Balances;
using Marketplace.Integration.Crashes;
using Marketplace.Integration.Transfers;
using Marketplace.Shell.Configuration;

namespace Marketplace.Integration.Products;

/// <summary>
/// A plan once sold never changes under a customer: a new price is a new version, beside the one that those who have it keep. Acme Tools'
/// <c>pro</c> is 12.00 and 0.001 for a job; its second version is 24.00 and 0.002.
/// </summary>
public sealed class PlanVersionTests
{
    private const string OfProduct = "/v1/products/acme-tools/plans";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Three hours of January: 12.00 * 3 / 744 = 0.048… -> 0.05 and 2,000 jobs at 0.001; for whoever comes later 24.00 * 3 / 744 = 0.096… -> 0.10
    /// and 2,000 at 0.002. In February each pays the base of the version that it has.
    /// </summary>
    [Fact]
    public async Task Who_has_a_plan_is_billed_by_its_version_beside_who_has_a_later_one_in_the_same_runs()
    {
        await using var acme = await Open();
        var old = await acme.Provision(await acme.Install(), "old");
        await acme.StartAnew(SecondVersion);
        var late = await acme.Provision(await acme.Install(), "late", "pro@2");
        acme.Workshop.Count("old", 2_000);
        acme.Workshop.Count("late", 2_000);

        await acme.Live(At("2027-03-01T03:00:00Z"));

        Assert.Equal([2.05m, 12.00m], Totals(acme, old));
        Assert.Equal([4.10m, 24.00m], Totals(acme, late));
        Assert.Equal(
            ["late pro@2", "old pro"],
            await acme.AskAll<string>(
                """
                select distinct r.name || ' ' || l.billing_plan_id from invoice_line l join resource r using (installation_id, resource_id) order by 1
                """));
        await NothingDiffers(acme, old, "2027-01", "2027-02");
        await NothingDiffers(acme, late, "2027-01", "2027-02");
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task The_statement_of_a_closed_period_says_the_same_when_there_is_a_later_version()
    {
        await using var acme = await Open();
        var tool = await acme.Provision(await acme.Install(), "tool");
        acme.Workshop.Count("tool", 2_000);
        await acme.Live(At("2027-02-01T03:00:00Z"));
        var before = await Statement(acme, tool, "2027-01");

        await acme.StartAnew(SecondVersion);

        var after = await Statement(acme, tool, "2027-01");
        Assert.Empty(after["differences"]!.AsArray());
        Assert.True(JsonNode.DeepEquals(before["lines"], after["lines"]), after.ToJsonString());
    }

    [Fact]
    public async Task Only_who_has_an_earlier_version_is_shown_it_and_nobody_else_gets_it()
    {
        await using var acme = await Open();
        var old = await acme.Provision(await acme.Install(), "old");
        await acme.StartAnew(SecondVersion);
        var other = await acme.Install();

        Assert.Equal("pro", (string?)(await acme.Get(old.Path, acme.System(old.Installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]);
        Assert.Equal(["pro disabled", "free", "pro@2", "trial"], await Listed(acme, $"{old.Path}/plans", old.Installation));
        Assert.Equal(["free", "pro@2", "trial"], await Listed(acme, $"{Paths.Installation(other)}/plans", other));
        Assert.Equal(
            ["free", "pro@2", "trial"],
            Ids((await acme.Get(OfProduct, acme.Vercel.Tokens.BeforeInstallation())).Is(HttpStatusCode.OK)));
        // It was shown the old price a minute ago, and is not charged another one.
        (await acme.Post(Paths.Resources(other), acme.Admin(other), Requests.Provision("new", "pro", metadata: []), Acme.NewKey())).IsConflict();
        // A word about the same plan changes nothing.
        (await acme.Patch(old.Path, acme.Admin(old.Installation), new JsonObject { ["billingPlanId"] = "pro", ["name"] = "renamed" }))
            .Is(HttpStatusCode.OK);
        Assert.Equal(["pro 21:00:00 "], await acme.PlanPeriods(old));
    }

    /// <summary>
    /// Until 22:00 on January 31st by the first version: 12.00 / 744 = 0.016… -> 0.02; then two hours of the second: 48.00 / 744 = 0.064… -> 0.06.
    /// In February 24.00.
    /// </summary>
    [Fact]
    public async Task Whoever_changes_to_the_later_version_pays_each_for_its_time()
    {
        await using var acme = await Open();
        var tool = await acme.Provision(await acme.Install(), "tool");
        acme.Workshop.Count("tool", 1_000);
        await acme.StartAnew(SecondVersion);
        await acme.Live(At("2027-01-31T22:00:00Z"));

        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "pro@2", Cancel)).IsSuccess);
        await acme.Live(At("2027-03-01T03:00:00Z"));

        Assert.Equal(["pro 21:00:00 22:00:00", "pro@2 22:00:00 "], await acme.PlanPeriods(tool));
        Assert.Equal([1.08m, 24.00m], Totals(acme, tool));
        await NothingDiffers(acme, tool, "2027-01", "2027-02");
        // There is no way back to what is sold no more.
        (await acme.Patch(tool.Path, acme.Admin(tool.Installation), new JsonObject { ["billingPlanId"] = "pro" })).IsConflict();
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task What_is_handed_over_keeps_its_version_with_its_new_owner()
    {
        await using var acme = await Open();
        var tool = await acme.Provision(await acme.Install(), "tool");
        await acme.StartAnew(SecondVersion);
        var target = await acme.Install();

        var claim = await acme.Offer(tool);
        (await acme.Verify(target, claim)).NeedsNoPlan();
        (await acme.Accept(target, claim)).IsEmpty();

        var there = tool.At(target);
        Assert.Equal("pro", (string?)(await acme.Get(there.Path, acme.System(target))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]);
        Assert.Equal(["pro"], await acme.AskAll<string>("select billing_plan_id from plan_period where installation_id = $1", target));
    }

    /// <summary>At 0.01 for a job, 300 are 3.00: 15.00 - 3.00 = 12.00. From then on at 0.02, 100 more are 2.00.</summary>
    [Fact]
    public async Task Credit_goes_on_under_an_earlier_version_and_under_the_later_one()
    {
        await using var prepaid = new PrepaidAcme();
        await prepaid.InitializeAsync();
        var acme = prepaid.Acme;
        var tool = await prepaid.Tool("tool", "stops");
        await prepaid.Buy(tool, 10.00m);
        await acme.StartAnew(catalogue => Merge(
            Plan(catalogue, 0), """{ "version": 2, "pricing": { "metered": [{ "metric": "jobs", "unitPrice": "0.02", "units": "jobs" }] } }"""));

        await prepaid.Buy(tool, 5.00m);
        await prepaid.Hour(tool, 300);
        Assert.Equal((12.00m, 12.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));

        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "stops@2", Cancel)).IsSuccess);
        await prepaid.Hour(tool, 400);
        Assert.Equal((10.00m, 10.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Theory]
    [InlineData("""{ "pricing": { "base": "13.00", "metered": [{ "metric": "jobs", "unitPrice": "0.001", "units": "jobs" }] } }""",
        "products[0].plans[1]: acme-tools/pro changes under those who have it: pricing.base was 12 and is 13; 1 resource has it. Give the plan \"version\": 2")]
    [InlineData("""{ "pricing": { "base": "12.00", "metered": [{ "metric": "jobs", "unitPrice": "0.001", "units": "jobs", "included": "100" }] } }""",
        "pricing.metered[jobs].included was 0 and is 100")]
    [InlineData("""{ "pricing": { "base": "12.00", "billed": "advance", "metered": [{ "metric": "jobs", "unitPrice": "0.001", "units": "jobs" }] } }""",
        "pricing.billed was Arrears and is Advance")]
    [InlineData("""{ "settings": { "connectionLimit": 5 } }""", "settings.connectionLimit was absent and is 5")]
    [InlineData("""{ "maxResources": 1 }""", "maxResources was absent and is 1")]
    public async Task What_somebody_has_does_not_change_without_a_version_and_the_start_says_so(string edit, string message)
    {
        await using var acme = await Open();
        await acme.Provision(await acme.Install());

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => acme.StartAnew(catalogue => Merge(Plan(catalogue, 1), edit)));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        // What its card says may change at any time, and so may whether it is sold.
        await acme.StartAnew(catalogue => Merge(
            Plan(catalogue, 1),
            """{ "name": "Professional", "description": "Better.", "cost": "$12 each month", "disabled": true, "details": [{ "label": "Support" }] }"""));
    }

    [Fact]
    public async Task What_nobody_has_had_may_say_something_else_and_what_somebody_had_may_not()
    {
        await using var acme = await Open();
        await acme.StartAnew(catalogue => Merge(Plan(catalogue, 1), """{ "maxResources": 3 }"""));
        var tool = await acme.Provision(await acme.Install());
        acme.Pass(TimeSpan.FromHours(1));
        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "free", Cancel)).IsSuccess);

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => acme.StartAnew(catalogue => Merge(Plan(catalogue, 1), """{ "maxResources": 4 }""")));

        Assert.Contains("maxResources was 3 and is 4; 1 resource had it.", refused.Message, StringComparison.Ordinal);
        await acme.StartAnew(catalogue => Merge(Plan(catalogue, 1), """{ "maxResources": 4, "version": 2 }"""));
    }

    [Fact]
    public async Task A_plan_that_somebody_has_leaves_the_catalogue_only_when_it_is_retired()
    {
        await using var acme = await Open();
        var tool = await acme.Provision(await acme.Install());
        static void Gone(JsonNode catalogue)
        {
            Plans(catalogue).RemoveAt(2);
            Plans(catalogue).RemoveAt(1);
        }

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => acme.StartAnew(Gone));

        Assert.Contains(
            "products[0]: acme-tools/pro is gone; 1 resource has it. Put it back, or name \"pro\" in the retiredPlans of acme-tools",
            refused.Message, StringComparison.Ordinal);
        await acme.StartAnew(catalogue =>
        {
            Gone(catalogue);
            catalogue["products"]![0]!["retiredPlans"] = new JsonArray("pro");
        });
        Assert.Equal(["pro disabled", "free"], await Listed(acme, $"{tool.Path}/plans", tool.Installation));
        acme.Workshop.Count("tool", 1_000);
        await acme.Live(At("2027-02-01T03:00:00Z"));
        Assert.Equal([1.05m], Totals(acme, tool));
    }

    [Fact]
    public async Task How_a_metric_is_measured_does_not_change_under_an_earlier_version_either()
    {
        await using var acme = await Open();
        await acme.Provision(await acme.Install());

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => acme.StartAnew(catalogue =>
        {
            SecondVersion(catalogue);
            Merge(catalogue["products"]![0]!["metrics"]![0]!, """{ "type": "rate" }""");
        }));

        Assert.Contains("products[0].metrics: acme-tools/pro is sold no more, and changes under those who have it", refused.Message, StringComparison.Ordinal);
        Assert.Contains("metrics[jobs].type was Interval and is Rate", refused.Message, StringComparison.Ordinal);
        await acme.StartAnew(SecondVersion);
    }

    [Fact]
    public async Task The_room_on_a_plan_is_shared_by_its_versions()
    {
        await using var acme = await Open(catalogue => Merge(Plan(catalogue, 1), """{ "maxResources": 1 }"""));
        var tool = await acme.Provision(await acme.Install(), "first");
        await acme.StartAnew(catalogue =>
        {
            SecondVersion(catalogue);
            Merge(Plan(catalogue, 1), """{ "maxResources": 1 }""");
        });

        (await acme.Post(
            Paths.Resources(tool.Installation), acme.Admin(tool.Installation), Requests.Provision("second", "pro@2", metadata: []), Acme.NewKey())).IsConflict();
        // It leaves its own room as it takes the other.
        Assert.Equal(["pro disabled", "free", "pro@2", "trial"], await Listed(acme, $"{tool.Path}/plans", tool.Installation));
        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "pro@2", Cancel)).IsSuccess);
    }

    [Fact]
    public async Task An_installation_keeps_the_version_of_its_plan_and_new_ones_begin_with_the_latest()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json" });
        var first = await acme.Install();
        var plan = (await acme.Ask<string>("select billing_plan_id from installation where installation_id = $1", first))!;

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => acme.StartAnew(catalogue => Merge(Whole(catalogue, plan), """{ "maxResources": 7 }""")));
        Assert.Contains("; 1 installation has it.", refused.Message, StringComparison.Ordinal);
        await acme.StartAnew(catalogue => Merge(Whole(catalogue, plan), """{ "maxResources": 7, "version": 2 }"""));
        var second = await acme.Install();

        Assert.Equal(
            (plan, $"{plan}@2"),
            ((string?)(await acme.Get(Paths.Installation(first), acme.System(first))).Is(HttpStatusCode.OK)["billingPlan"]!["id"],
                (string?)(await acme.Get(Paths.Installation(second), acme.System(second))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]));
        Assert.Contains($"{plan} disabled", await Listed(acme, $"{Paths.Installation(first)}/plans", first));
        Assert.DoesNotContain($"{plan} disabled", await Listed(acme, $"{Paths.Installation(second)}/plans", second));
    }

    private static Task<Acme> Open(Action<JsonNode>? adapt = null) => Acme.Open(new AcmeOptions
    {
        Catalogue = "acme-dunning.catalog.json", Start = At("2027-01-31T21:00:00Z"), Adapt = adapt,
    });

    private static void SecondVersion(JsonNode catalogue) => Merge(
        Plan(catalogue, 1),
        """{ "version": 2, "cost": "$24.00/month", "pricing": { "base": "24.00", "metered": [{ "metric": "jobs", "unitPrice": "0.002", "units": "jobs" }] } }""");

    private static JsonArray Plans(JsonNode catalogue) => catalogue["products"]![0]!["plans"]!.AsArray();

    private static JsonNode Plan(JsonNode catalogue, int at) => Plans(catalogue)[at]!;

    private static JsonNode Whole(JsonNode catalogue, string plan) =>
        catalogue["installationBilling"]!["plans"]!.AsArray().Single(one => (string?)one!["id"] == plan)!;

    private static void Merge(JsonNode into, string edit)
    {
        foreach (var (name, value) in JsonNode.Parse(edit)!.AsObject())
            into[name] = value?.DeepClone();
    }

    private static async Task<IEnumerable<string>> Listed(Acme acme, string path, string installation) =>
        Ids((await acme.Get(path, acme.System(installation))).Is(HttpStatusCode.OK));

    private static IEnumerable<string> Ids(JsonNode listed) =>
        listed["plans"]!.AsArray().Select(plan => (bool?)plan!["disabled"] == true ? $"{plan["id"]} disabled" : (string)plan["id"]!);

    private static decimal[] Totals(Acme acme, Provisioned tool) =>
        [.. acme.Vercel.State.Installations[tool.Installation].Invoices.OrderBy(invoice => invoice.ExternalId, StringComparer.Ordinal).Select(invoice => invoice.Total)];

    private static async Task NothingDiffers(Acme acme, Provisioned tool, params string[] months)
    {
        foreach (var month in months)
            Assert.Empty((await Statement(acme, tool, month))["differences"]!.AsArray());
    }

    private static async Task<JsonNode> Statement(Acme acme, Provisioned tool, string month) =>
        (await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements/{month}", await acme.NewProviderKey("billing:read")))
            .Is(HttpStatusCode.OK);

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);
}
