using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.BillingPlans;

/// <summary>The three lists of plans. Source: contract §B.3, §C.1.</summary>
[Collection(SharedAcme.Name)]
public sealed class PlanListTests(Acme acme)
{
    private const string OfProduct = "/v1/products/acme-tools/plans";

    [Fact]
    public async Task The_plans_of_a_product_are_there_before_any_account_or_installation_is()
    {
        var answer = await acme.Get(OfProduct, acme.Vercel.Tokens.BeforeInstallation());

        var plans = answer.Is(HttpStatusCode.OK)["plans"]!.AsArray();
        Assert.Equal(["free", "pro", "team", "prepaid", "retired"], plans.Select(plan => plan!["id"]!.GetValue<string>()));
        Assert.Equal(plans.ToJsonString(), (await acme.Get(OfProduct, acme.System(Acme.NewInstallationId()))).Is(HttpStatusCode.OK)["plans"]!.ToJsonString());
        var exchange = await acme.Customer.ProductPlans(
            "acme-tools", new JsonObject { ["region"] = "iad1" }, TestContext.Current.CancellationToken);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
    }

    [Fact]
    public async Task Each_plan_says_what_it_costs_in_the_forms_of_the_contract()
    {
        var plans = (await acme.Get(OfProduct, acme.Vercel.Tokens.BeforeInstallation())).Is(HttpStatusCode.OK)["plans"]!.AsArray();

        Assert.Equal(
            """{"id":"pro","type":"subscription","name":"Pro","description":"For work.","scope":"resource","paymentMethodRequired":true,"""
            + """
              "preauthorizationAmount":10.53,"cost":"$12.00/month","details":[{"label":"Support"},{"label":"Queues","value":"20"}],"highlightedDetails":[{"label":"Jobs","value":"$0.001 each"}]}
              """,
            plans[1]!.ToJsonString());
        Assert.Equal("false", plans[0]!["paymentMethodRequired"]!.ToJsonString());
        Assert.Equal(
            """{"id":"prepaid","type":"prepayment","name":"Prepaid","description":"Credit first.","scope":"resource","minimumAmount":"10.00","maximumAmount":"1000.00","maximumAmountAutoPurchasePerPeriod":"500.00","details":[{"label":"Jobs","value":"$0.002 each (jobs)"}]}""",
            plans[3]!.ToJsonString());
        Assert.Equal("true", plans[4]!["disabled"]!.ToJsonString());
    }

    [Fact]
    public async Task A_plan_that_is_full_is_disabled_with_the_reason_until_there_is_room_again()
    {
        var installation = await acme.Install();
        var (tried, other) = (await acme.Provision(installation, "tried", "free"), await acme.Provision(installation, "other"));

        var ofOther = Plan(await acme.Get($"{other.Path}/plans", acme.System(installation)), "free");

        Assert.True(ofOther["disabled"]!.GetValue<bool>());
        var reason = ofOther["highlightedDetails"]![0]!["value"]!.GetValue<string>();
        Assert.Contains("the limit of 1", reason, StringComparison.Ordinal);
        // The refusal says the same.
        var refused = await acme.Patch(other.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "free" });
        Assert.Equal(reason, refused.IsConflict()["user"]!["message"]!.GetValue<string>());
        // What a resource has already it needs no room for.
        Assert.Null(Plan(await acme.Get($"{tried.Path}/plans", acme.System(installation)), "free")["disabled"]);

        (await acme.Delete(tried.Path, acme.Admin(installation))).IsEmpty();
        Assert.Null(Plan(await acme.Get($"{other.Path}/plans", acme.System(installation)), "free")["disabled"]);
    }

    [Fact]
    public async Task A_plan_that_nobody_can_choose_says_so_in_every_list()
    {
        var resource = await acme.Provision(await acme.Install());

        foreach (var answer in new[]
        {
            await acme.Get(OfProduct, acme.Vercel.Tokens.BeforeInstallation()),
            await acme.Get($"{resource.Path}/plans", acme.System(resource.Installation)),
            await acme.Get($"{Paths.Installation(resource.Installation)}/plans", acme.System(resource.Installation)),
        })
        {
            var closed = answer.Is(HttpStatusCode.OK)["plans"]!.AsArray().First(plan => plan!["disabled"] is not null)!;
            Assert.Contains("not available", closed["highlightedDetails"]![0]!["value"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_plan_takes_no_room_from_its_namesake_of_another_product()
    {
        var installation = await acme.Install();
        await acme.Provision(installation, "database", "free", "acme-postgres");
        var other = await acme.Provision(installation, "other");
        Assert.Null(Plan(await acme.Get($"{other.Path}/plans", acme.System(installation)), "free")["disabled"]);

        (await acme.Patch(other.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "free" })).Is(HttpStatusCode.OK);
        (await acme.Patch(other.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "pro" })).Is(HttpStatusCode.OK);
        await acme.Provision(installation, "tried", "free");
    }

    [Fact]
    public async Task A_product_that_is_not_sold_is_unknown() =>
        (await acme.Get("/v1/products/acme-rockets/plans", acme.Vercel.Tokens.BeforeInstallation())).IsUnknown();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"region\":\"fra1\",\"workers\":4,\"news\":null}")]
    public async Task Metadata_is_one_JSON_object_with_the_form_as_it_is(string metadata) =>
        (await acme.Get($"{OfProduct}?metadata={Uri.EscapeDataString(metadata)}", acme.Vercel.Tokens.BeforeInstallation())).Is(HttpStatusCode.OK);

    [Theory]
    [InlineData("{")]
    [InlineData("{\"region\":}")]
    [InlineData("[]")]
    [InlineData("\"iad1\"")]
    [InlineData("null")]
    [InlineData("region=iad1")]
    [InlineData("{}{}")]
    public async Task Metadata_that_is_no_JSON_object_is_refused(string metadata)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var query = $"?metadata={Uri.EscapeDataString(metadata)}";

        (await acme.Get(OfProduct + query, acme.Vercel.Tokens.BeforeInstallation())).IsInvalid();
        (await acme.Get($"{resource.Path}/plans{query}", acme.System(installation))).IsInvalid();
    }

    [Fact]
    public async Task A_resource_has_the_plans_of_its_product_as_long_as_it_is_there()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var answer = await acme.Get($"{resource.Path}/plans?metadata=%7B%22region%22%3A%22iad1%22%7D", acme.System(installation));

        Assert.Equal(5, answer.Is(HttpStatusCode.OK)["plans"]!.AsArray().Count);
        (await acme.Get($"{Paths.Resource(installation, "res_unknown")}/plans", acme.System(installation))).IsUnknown();
        var stranger = await acme.Install();
        (await acme.Get($"{Paths.Resource(stranger, resource.Id)}/plans", acme.System(stranger))).IsUnknown();
        (await acme.Delete(resource.Path, acme.Admin(installation))).IsEmpty();
        (await acme.Get($"{resource.Path}/plans", acme.System(installation))).IsUnknown();
    }

    [Fact]
    public async Task An_installation_has_plans_until_it_is_finalized()
    {
        var installation = await acme.Install();
        var path = $"{Paths.Installation(installation)}/plans";

        (await acme.Get(path, acme.System(installation))).Is(HttpStatusCode.OK);

        (await acme.Delete(Paths.Installation(installation), acme.Admin(installation))).Is(HttpStatusCode.OK);
        (await acme.Get(path, acme.System(installation))).IsUnknown();
    }

    /// <summary>Acme Tools and Acme Postgres both sell a plan <c>free</c>, and not the same.</summary>
    [Fact]
    public async Task Where_each_resource_has_its_own_plan_an_installation_has_those_of_every_product_and_none_hides_another()
    {
        var installation = await acme.Install();

        var listed = (await acme.Get($"{Paths.Installation(installation)}/plans", acme.System(installation))).Is(HttpStatusCode.OK)["plans"]!.AsArray();

        var ofProducts = new List<JsonNode?>();
        foreach (var product in new[] { "acme-tools", "acme-postgres" })
        {
            ofProducts.AddRange((await acme.Get($"/v1/products/{product}/plans", acme.System(installation)))
                .Is(HttpStatusCode.OK)["plans"]!.AsArray());
        }

        Assert.Equal(ofProducts.Select(plan => plan!.ToJsonString()), listed.Select(plan => plan!.ToJsonString()));
        Assert.Equal(2, listed.Count(plan => plan!["id"]!.GetValue<string>() == "free"));
        Assert.All(listed, plan => Assert.Equal("resource", plan!["scope"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Only_Vercel_itself_lists_plans()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        (await acme.Get(OfProduct, acme.Admin(installation))).IsForbidden();
        (await acme.Get($"{Paths.Installation(installation)}/plans", acme.Admin(installation))).IsForbidden();
        (await acme.Get($"{resource.Path}/plans", acme.Admin(installation))).IsForbidden();
        (await acme.Get($"{Paths.Installation(installation)}/plans", acme.Vercel.Tokens.BeforeInstallation())).IsForbidden();
    }

    private static JsonNode Plan(Answer answer, string id) =>
        answer.Is(HttpStatusCode.OK)["plans"]!.AsArray().Single(plan => plan!["id"]!.GetValue<string>() == id)!;
}
