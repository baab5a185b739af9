using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Transfers;

/// <summary>Plans that price what was chosen: a target is shown the price of what it gets. Source: contract §B.5, §B.3.</summary>
[Collection(SharedChoicesAcme.Name)]
public sealed class PricedTransferTests(ChoicesAcme choices)
{
    private readonly Acme acme = choices.Acme;

    [Fact]
    public async Task A_target_is_shown_the_price_of_the_very_resource_and_pays_no_other()
    {
        var tool = await acme.Provision(await acme.Install(), "large", "free", metadata: Chosen(40));
        var target = await Full();
        var claim = await acme.Offer(tool);

        // 19.00 + 30 GB more than included at 0.15 + 40.00 for the size = 63.50
        Assert.Equal("$63.50/month", await Shown(target, claim));
        (await acme.Patch(tool.Path, acme.Admin(tool.Installation), new JsonObject { ["metadata"] = new JsonObject { ["disk"] = new JsonArray(100) } })).Is(HttpStatusCode.OK);
        await acme.WorkOff();
        (await acme.Accept(target, claim)).IsConflict();

        // 19.00 + 90 * 0.15 + 40.00 = 72.50
        Assert.Equal("$72.50/month", await Shown(target, claim));
        (await acme.Accept(target, claim)).IsEmpty();
        var read = (await acme.Get(tool.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);
        Assert.Equal("$72.50/month", read["billingPlan"]!["cost"]!.GetValue<string>());
    }

    [Fact]
    public async Task Resources_at_different_prices_are_transferred_one_by_one()
    {
        var source = await acme.Install();
        var (small, large) = (await acme.Provision(source, "small", "free", metadata: Smallest), await acme.Provision(source, "large", "free", metadata: Chosen(40)));
        var target = await Full();

        (await acme.Verify(target, await acme.Offer(small, large))).IsImpossible();
        foreach (var tool in new[] { small, large })
        {
            var claim = await acme.Offer(tool);
            await Shown(target, claim);
            (await acme.Accept(target, claim)).IsEmpty();
        }
    }

    private static JsonObject Chosen(int disk) => new() { ["purpose"] = "tests", ["size"] = "large", ["disk"] = new JsonArray(disk) };

    private static JsonObject Smallest => new() { ["purpose"] = "tests" };

    /// <summary>A new team that has all that it may have for free.</summary>
    private async Task<string> Full()
    {
        var target = await acme.Install();
        foreach (var name in new[] { "one", "two" })
            await acme.Provision(target, name, "free", metadata: Smallest);
        return target;
    }

    private async Task<string> Shown(string target, string claim) =>
        (await acme.Verify(target, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!["cost"]!.GetValue<string>();
}
