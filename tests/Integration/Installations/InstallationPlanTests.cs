using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Installations;

/// <summary>A catalogue that bills installations as a whole. Source: contract §B.1, §B.2, §B.3.</summary>
public sealed class InstallationPlanTests(InstallationPlanTests.Fixture fixture) : IClassFixture<InstallationPlanTests.Fixture>
{
    private Acme Acme => fixture.Acme;

    [Fact]
    public async Task An_installation_begins_with_the_default_plan_and_moves_to_another()
    {
        var installation = await Acme.Install();
        var path = Paths.Installation(installation);
        Assert.Equal("starter", await Plan(installation));

        var moved = await Acme.Patch(path, Acme.Admin(installation), new JsonObject { ["billingPlanId"] = "company" });

        var plan = moved.Is(HttpStatusCode.OK)["billingPlan"]!;
        Assert.Equal("company", plan["id"]!.GetValue<string>());
        Assert.Equal("installation", plan["scope"]!.GetValue<string>());
        Assert.Equal("company", await Plan(installation));
    }

    [Fact]
    public async Task The_provider_moves_it_on_the_customers_behalf_by_the_same_rules_and_Vercel_is_told()
    {
        var installation = await Acme.Install();
        var path = $"/installations/{installation}/plan";
        var key = await Acme.NewProviderKey("resources:write");
        var asked = new JsonObject { ["billingPlanId"] = "company", ["reason"] = "goodwill" };

        Assert.Equal("company", (string?)(await Acme.Provide(HttpMethod.Post, path, key, asked, idempotencyKey: "k")).Is(HttpStatusCode.OK)["billingPlanId"]);
        (await Acme.Provide(HttpMethod.Post, path, key, asked, idempotencyKey: "k")).Is(HttpStatusCode.OK);
        (await Acme.Provide(HttpMethod.Post, path, key, asked)).Is(HttpStatusCode.OK);
        await Acme.Work();

        Assert.Equal("company", await Plan(installation));
        var told = Assert.Single(Acme.Vercel.Calls, call => call.Method == "PATCH" && call.Path.EndsWith(installation, StringComparison.Ordinal));
        Assert.Equal("company", told.Body.GetProperty("billingPlan").GetProperty("id").GetString());
        Assert.Equal(["installation.PlanChanged change plan: goodwill"], await Acme.AskAll<string>(
            "select kind || ' ' || cause from domain_event where installation_id = $1 and actor like 'key:%'", installation));
        (await Acme.Provide(HttpMethod.Post, path, key, new JsonObject { ["billingPlanId"] = "closed" })).IsProblem(HttpStatusCode.Conflict, "plan-not-sold");
        (await Acme.Provide(HttpMethod.Post, path, key, new JsonObject { ["billingPlanId"] = "nothing" })).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Acme.Provide(HttpMethod.Post, "/installations/icfg_none/plan", key, asked)).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_plan_that_nobody_can_choose_is_refused_and_the_old_one_stays()
    {
        var installation = await Acme.Install();
        var path = Paths.Installation(installation);

        (await Acme.Patch(path, Acme.Admin(installation), new JsonObject { ["billingPlanId"] = "nothing" })).NamesFields("billingPlanId");
        (await Acme.Patch(path, Acme.Admin(installation), new JsonObject { ["billingPlanId"] = "pro" })).NamesFields("billingPlanId");
        Assert.NotNull((await Acme.Patch(path, Acme.Admin(installation), new JsonObject { ["billingPlanId"] = "closed" })).IsConflict()["user"]);

        Assert.Equal("starter", await Plan(installation));
    }

    [Fact]
    public async Task Provisioning_on_an_installation_plan_switches_the_installation_with_the_same_call()
    {
        var installation = await Acme.Install();

        var resource = await Acme.Provision(installation, plan: "company");

        Assert.Equal("company", resource.Json["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal("company", await Plan(installation));
    }

    [Fact]
    public async Task A_resource_without_a_plan_of_its_own_has_the_installations()
    {
        var installation = await Acme.Install();

        var provisioned = await Acme.Post(
            Paths.Resources(installation), Acme.Admin(installation), Requests.Provision(plan: null));

        var resource = provisioned.Is(HttpStatusCode.OK);
        Assert.Equal("starter", resource["billingPlan"]!["id"]!.GetValue<string>());
        var read = await Acme.Get(Paths.Resource(installation, resource["id"]!.GetValue<string>()), Acme.System(installation));
        Assert.Equal("starter", read.Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal("starter", Acme.Workshop.PlanOf(resource["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_plans_of_an_installation_are_those_that_cover_it_and_a_resource_may_have_either_kind()
    {
        var installation = await Acme.Install();
        var resource = await Acme.Provision(installation);

        var ofInstallation = (await Acme.Get($"{Paths.Installation(installation)}/plans", Acme.System(installation))).Is(HttpStatusCode.OK);
        var ofResource = (await Acme.Get($"{resource.Path}/plans", Acme.System(installation))).Is(HttpStatusCode.OK);

        Assert.Equal(["starter", "company", "closed", "credits"], Ids(ofInstallation));
        Assert.Equal(["pro", "starter", "company", "closed", "credits"], Ids(ofResource));
    }

    [Fact]
    public async Task Credit_that_is_bought_for_the_installation_is_a_balance_of_no_resource()
    {
        var installation = await Acme.Install();
        await Acme.Customer.ChangeInstallationPlan(installation, "credits", TestContext.Current.CancellationToken);

        var (_, exchange) = await Acme.Customer.Purchase(installation, resourceId: null, 12.50m, TestContext.Current.CancellationToken);

        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange?.ToString());
        var balance = Assert.Single(JsonNode.Parse(exchange!.Body)!["balances"]!.AsArray())!.AsObject();
        Assert.Equal(1250, balance["currencyValueInCents"]!.GetValue<decimal>());
        Assert.False(balance.ContainsKey("resourceId"));
    }

    /// <summary>There is no resource here whose lock could put the calls in line.</summary>
    [Fact]
    public async Task Credit_for_the_installation_is_given_once_to_calls_at_the_same_moment()
    {
        var installation = await Acme.Install();
        await Acme.Customer.ChangeInstallationPlan(installation, "credits", TestContext.Current.CancellationToken);
        var invoice = Acme.Customer.Charge(installation, Acme.Customer.Order(installation, resourceId: null, 10.00m).Id).Id;

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Acme.Post(
            Paths.Purchase(installation), Acme.System(installation), new JsonObject { ["invoiceId"] = invoice }, Acme.NewKey())));

        Assert.All(answers, answer =>
            Assert.Equal(1000, answer.Is(HttpStatusCode.OK)["balances"]![0]!["currencyValueInCents"]!.GetValue<decimal>()));
        Assert.Equal(10.00m, await Acme.Ask<decimal>("select sum(amount) from balance_entry where installation_id = $1", installation));
    }

    private async Task<string> Plan(string installation) =>
        (await Acme.Get(Paths.Installation(installation), Acme.System(installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>();

    private static IEnumerable<string> Ids(JsonNode plans) => plans["plans"]!.AsArray().Select(plan => plan!["id"]!.GetValue<string>());

    public sealed class Fixture : IAsyncLifetime
    {
        public Acme Acme { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-installation-plans.catalog.json" });

        public ValueTask DisposeAsync() => Acme.DisposeAsync();
    }
}
