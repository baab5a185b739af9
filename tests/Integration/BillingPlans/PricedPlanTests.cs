using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.BillingPlans;

/// <summary>Plans priced from the form, and charged as quoted. Source: contract §B.3, <c>metadata</c>; §C.1, <c>cost</c>, <c>quote</c>, <c>details</c>.</summary>
[Collection(SharedChoicesAcme.Name)]
public sealed class PricedPlanTests(ChoicesAcme fixture)
{
    private const string OfProduct = "/v1/products/acme-tools/plans";

    private Acme Acme => fixture.Acme;

    [Theory]
    // The base, and the defaults of the form: 10 GB, which are included, and the small size.
    [InlineData("", "$19.00/month", "$101.00/month")]
    [InlineData("{}", "$19.00/month", "$101.00/month")]
    // 60 GB: on pro 50 * 0.15 = 7.50, on team 60 * 0.10 = 6.00.
    [InlineData("""{"disk":[60]}""", "$26.50/month", "$106.00/month")]
    [InlineData("""{"disk":[1000],"size":"large"}""", "$207.50/month", "$200.00/month")]
    [InlineData("""{"backups":true}""", "$24.00/month", "$101.00/month")]
    [InlineData("""{"backups":false}""", "$19.00/month", "$101.00/month")]
    [InlineData("""{"extras":["logs","traces","logs"]}""", "$23.00/month", "$101.00/month")]
    // 3 workers, one included: 2 * 3.333 = 6.666 -> 25.67
    [InlineData("""{"workers":3}""", "$25.67/month", "$101.00/month")]
    public async Task What_is_chosen_in_the_form_changes_the_cost(string metadata, string pro, string team)
    {
        var plans = await Plans(metadata);

        Assert.Equal(pro, plans["pro"]["cost"]!.GetValue<string>());
        Assert.Equal(team, plans["team"]["cost"]!.GetValue<string>());
        Assert.Null(plans["free"]["cost"]);
        Assert.Null(plans["prepaid"]["cost"]);
    }

    [Fact]
    public async Task The_quote_and_the_details_name_each_choice_and_sum_to_the_cost()
    {
        var pro = (await Plans("""{"disk":[60],"size":"large","backups":true,"workers":2.5}"""))["pro"];

        Assert.Equal(
            ["Pro $19.00", "Disk: 60 GB $7.50", "Workers: 2.5 workers $5.00", "Size: large $40.00", "Backups: true $5.00"],
            pro["quote"]!.AsArray().Select(line => $"{line!["line"]} {line["amount"]}"));
        Assert.Equal("$76.50/month", pro["cost"]!.GetValue<string>());
        Assert.Equal(
            pro["quote"]!.AsArray().Sum(line => decimal.Parse(line!["amount"]!.GetValue<string>()[1..], CultureInfo.InvariantCulture)),
            decimal.Parse(pro["cost"]!.GetValue<string>()[1..^6], CultureInfo.InvariantCulture));
        Assert.Equal(
            ["Support ", "Disk 60 GB: $7.50/month", "Workers 2.5 workers: $5.00/month", "Size large: $40.00/month", "Backups true: $5.00/month"],
            pro["details"]!.AsArray().Select(detail => $"{detail!["label"]} {detail["value"]}"));
    }

    [Fact]
    public async Task A_form_that_is_still_being_filled_in_is_priced_by_what_there_is()
    {
        Assert.Equal("$26.50/month", (await Plans("""{"disk":[60],"purpose":null,"owner":"","extras":[]}"""))["pro"]["cost"]!.GetValue<string>());
        Assert.Equal("$19.00/month", (await Plans("""{"disk":null}"""))["pro"]["cost"]!.GetValue<string>());
        // Nothing on the slider is nothing to pay for.
        Assert.Equal("$100.00/month", (await Plans("""{"disk":[]}"""))["team"]["cost"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"disk":[5]}""", "disk")]
    [InlineData("""{"disk":60}""", "disk")]
    [InlineData("""{"region":"mars1","disk":["60"],"size":"huge","workers":99,"backups":"yes"}""", "region", "disk", "size", "workers", "backups")]
    [InlineData("""{"disk":[1e400]}""", "disk")]
    [InlineData("""{"extras":["logs",7]}""", "extras")]
    [InlineData("""{"extras":["metrics"],"replicas":["lhr1"],"tier":"three","host":"no host","owner":"A"}""", "extras", "replicas", "tier", "host", "owner")]
    [InlineData("{\"\\ud800\":1}", "metadata")]
    public async Task Values_that_do_not_fit_the_form_are_named_by_their_properties_all_at_once(string metadata, params string[] fields)
    {
        (await Acme.Get(OfProduct + Query(metadata), Acme.Vercel.Tokens.BeforeInstallation())).NamesFields(fields);

        var resource = await Provision("pro");
        (await Acme.Get($"{resource.Path}/plans{Query(metadata)}", Acme.System(resource.Installation))).NamesFields(fields);
    }

    [Fact]
    public async Task A_resource_s_plans_are_priced_from_what_it_has_and_from_what_its_form_changes()
    {
        var resource = await Provision("pro", ("disk", "[60]"), ("size", "\"large\""));

        Assert.Equal("$66.50/month", await Cost(resource, ""));
        Assert.Equal("$74.00/month", await Cost(resource, """{"disk":[110]}"""));
        Assert.Equal("$26.50/month", await Cost(resource, """{"size":"small","region":"iad1"}"""));
        (await Acme.Get($"{resource.Path}/plans{Query("""{"region":"fra1"}""")}", Acme.System(resource.Installation))).NamesFields("region");
    }

    [Fact]
    public async Task Every_answer_about_a_resource_shows_its_plan_at_its_own_price()
    {
        var resource = await Provision("pro", ("disk", "[60]"));
        Assert.Equal("$26.50/month", resource.Json["billingPlan"]!["cost"]!.GetValue<string>());

        var changed = await Acme.Patch(
            resource.Path, Acme.Admin(resource.Installation), new JsonObject { ["metadata"] = new JsonObject { ["disk"] = new JsonArray(110) } });

        Assert.Equal("$34.00/month", changed.Is(HttpStatusCode.OK)["billingPlan"]!["cost"]!.GetValue<string>());
        var read = (await Acme.Get(resource.Path, Acme.System(resource.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal("$34.00/month", read["billingPlan"]!["cost"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_plans_of_an_installation_are_priced_as_the_forms_begin()
    {
        var installation = await Acme.Install();

        var plans = (await Acme.Get($"{Paths.Installation(installation)}/plans", Acme.System(installation))).Is(HttpStatusCode.OK)["plans"]!.AsArray();

        Assert.Equal("$101.00/month", plans.Single(plan => plan!["id"]!.GetValue<string>() == "team")!["cost"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_choice_that_changes_the_price_splits_the_period_and_one_that_does_not_leaves_it_whole()
    {
        var resource = await Provision("pro", ("disk", "[60]"));
        var began = Acme.Now;
        Acme.Pass(TimeSpan.FromMinutes(7));
        // There and back at one instant is as if nothing had been.
        await Choose(resource, """{"disk":[110]}""");
        await Choose(resource, """{"disk":[60]}""");
        await Choose(resource, """{"owner":"ada","extras":[],"size":"small"}""");
        Assert.Equal([$"pro {began:HH:mm:ss} "], await Acme.PlanPeriods(resource));

        await Choose(resource, """{"disk":[110]}""");
        var changedAt = Acme.Now;
        Assert.Equal([$"pro {began:HH:mm:ss} {changedAt:HH:mm:ss}", $"pro {changedAt:HH:mm:ss} "], await Acme.PlanPeriods(resource));
    }

    [Fact]
    public async Task Whoever_made_the_resource_hears_of_other_choices()
    {
        var resource = await Provision("pro");

        await Choose(resource, """{"disk":[60]}""");
        await Acme.Work("operations");

        Assert.Equal(1, Acme.Workshop.Calls("ChangePlan", resource.Id));
    }

    [Fact]
    public async Task What_was_quoted_is_what_a_month_is_billed_at_with_a_change_of_choices_in_between()
    {
        await using var story = await Acme.Open(new AcmeOptions
        {
            Catalogue = "acme-choices.catalog.json", Start = DateTimeOffset.Parse("2027-01-29T00:00:00Z", CultureInfo.InvariantCulture),
        });
        var resource = await Provision(story, "pro", ("disk", "[60]"));
        await story.Live(DateTimeOffset.Parse("2027-01-31T00:00:00Z", CultureInfo.InvariantCulture));
        // 31 January: 60 -> 210 GB, which is 19.00 + 200 * 0.15 = 49.00 instead of 26.50.
        var larger = new JsonObject { ["metadata"] = new JsonObject { ["disk"] = new JsonArray(210) } };
        (await story.Patch(resource.Path, story.Admin(resource.Installation), larger)).Is(HttpStatusCode.OK);
        await story.Live(DateTimeOffset.Parse("2027-03-01T00:00:00Z", CultureInfo.InvariantCulture));

        var invoices = story.Vercel.State.Installations[resource.Installation].Invoices;
        // January: 26.50 * 2 / 31 = 1.709… -> 1.71; (26.50 * 2 + 49.00 * 1) / 31 = 3.290… -> 3.29, so that the second part is 1.58.
        Assert.Equal(["1.71", "1.58"], invoices[0].Items.Select(item => item.Total));
        Assert.Equal(
            ["tool (Disk 60 GB, Size small): 172800 of 2678400 seconds at 26.50", "tool (Disk 210 GB, Size small): 86400 of 2678400 seconds at 49.00"],
            invoices[0].Items.Select(item => item.Details));
        // February, a whole month: what the plan's card says.
        Assert.Equal(49.00m, invoices[1].Total);
        var read = (await story.Get(resource.Path, story.System(resource.Installation))).Is(HttpStatusCode.OK);
        Assert.Equal("$49.00/month", read["billingPlan"]!["cost"]!.GetValue<string>());
        Assert.Empty(story.Vercel.State.Findings);
    }

    private Task<Provisioned> Provision(string plan, params (string Property, string Json)[] chosen) => Provision(Acme, plan, chosen);

    private static async Task<Provisioned> Provision(Acme acme, string plan, params (string Property, string Json)[] chosen)
    {
        var metadata = new JsonObject { ["purpose"] = "tests" };
        foreach (var (property, json) in chosen)
            metadata[property] = JsonNode.Parse(json);
        return await acme.Provision(await acme.Install(), plan: plan, metadata: metadata);
    }

    private async Task Choose(Provisioned resource, string metadata) =>
        (await Acme.Patch(resource.Path, Acme.Admin(resource.Installation), new JsonObject { ["metadata"] = JsonNode.Parse(metadata) })).Is(HttpStatusCode.OK);

    private async Task<string> Cost(Provisioned resource, string metadata)
    {
        var answer = await Acme.Get($"{resource.Path}/plans{Query(metadata)}", Acme.System(resource.Installation));
        return ById(answer)["pro"]["cost"]!.GetValue<string>();
    }

    private async Task<Dictionary<string, JsonNode>> Plans(string metadata) =>
        ById(await Acme.Get(OfProduct + Query(metadata), Acme.Vercel.Tokens.BeforeInstallation()));

    private static Dictionary<string, JsonNode> ById(Answer answer) =>
        answer.Is(HttpStatusCode.OK)["plans"]!.AsArray().ToDictionary(plan => plan!["id"]!.GetValue<string>(), plan => plan!, StringComparer.Ordinal);

    private static string Query(string metadata) => metadata.Length == 0 ? "" : $"?metadata={Uri.EscapeDataString(metadata)}";
}
