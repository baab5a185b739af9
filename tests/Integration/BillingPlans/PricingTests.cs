using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.BillingPlans;

/// <summary>
/// Packages, tiers, minimum, one-time charge and discounts, from the plan's card to the invoice. Source: contract §C.1, §D.7, §D.8.
/// </summary>
public sealed class PricingTests : IAsyncLifetime
{
    private Acme acme = null!;

    public async ValueTask InitializeAsync() =>
        acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-prices.catalog.json", Start = At("2027-01-30T00:00:00Z") });

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_card_shows_every_part_of_a_price_and_what_is_charged_at_sign_up()
    {
        var plans = (await acme.Get("/v1/products/acme-tools/plans", acme.Vercel.Tokens.BeforeInstallation())).Is(HttpStatusCode.OK)["plans"]!
            .AsArray().ToDictionary(plan => plan!["id"]!.GetValue<string>(), plan => plan!);

        Assert.Equal(
            ["Jobs: $5.00 for each 1000 jobs, also when begun", "Jobs, included: 1000 jobs per month", "One-time charge: $49.00 at sign-up",
             "Welcome: 50% off in the first 2 months"],
            Details(plans["packs"]));
        Assert.Equal(("$10.00/month", "49.00"), Shown(plans["packs"]));
        Assert.Equal(
            ["Jobs, up to 1000: $0.05 each (jobs)", "Jobs, 1000 to 5000: $0.02 each (jobs), and $3.00", "Jobs, above 5000: $0.01 each (jobs)",
             "Minimum charge: $20.00 per month", "Loyalty: $2.00 off per month"],
            Details(plans["scale"]));
        // Nothing used: the minimum of 20.00, without the 2.00 that are always off.
        Assert.Equal(("$18.00/month", null), Shown(plans["scale"]));
        Assert.Equal(
            ["Jobs, up to 1000: $0.000025 each of all (jobs)", "Jobs, above 1000: $0.00002 each of all (jobs)"], Details(plans["bulk"]));
        Assert.Equal((null, null), Shown(plans["bulk"]));
        Assert.Equal(["One-time charge: $49.00 at sign-up", "Billing: in advance"], Details(plans["ahead"]));
        Assert.Equal(("$19.00/month", "68.00"), Shown(plans["ahead"]));
    }

    [Fact]
    public async Task Two_days_on_packages_tiers_and_a_minimum_are_billed_to_the_cent_and_shown_so_all_along()
    {
        var installation = await acme.Install();
        foreach (var name in new[] { "packs", "scale", "idle" })
            acme.Workshop.Count(name, 0);
        await acme.Provision(installation, "packs", plan: "packs");
        await acme.Provision(installation, "scale", plan: "scale");
        await acme.Provision(installation, "idle", plan: "scale");
        acme.Workshop.Count("packs", 2_065);
        acme.Workshop.Count("scale", 5_001);

        await acme.Live(At("2027-02-01T00:00:00Z"));

        // Two of 31 days, 30 and 31 January.
        // packs: base 10.00 * 2 / 31 = 0.645… -> 0.65. Included 1000 * 2 / 31 = 64.516130: 2065 - 64.516130 = 2000.483870 jobs are three
        //   packages, 15.00. Once 49.00. Half of 15.65 is off: 7.825 -> 7.82 (half to even).  0.65 + 15.00 + 49.00 - 7.82 = 56.83
        // scale: 1000 * 0.05 = 50.00; 4000 * 0.02 = 80.00, and 3.00; 1 * 0.01 = 0.01: 133.01, above the minimum.
        //   Off: 2.00 * 2 / 31 = 0.129… -> 0.13.  133.01 - 0.13 = 132.88
        // idle: the minimum 20.00 * 2 / 31 = 1.290… -> 1.29, and 0.13 off it: 1.16.   56.83 + 132.88 + 1.16 = 190.87
        string[] expected =
        [
            "Packs 0.65", "Packs: Jobs 15.00", "Packs: One-time charge 49.00",
            "Scale: Jobs 0.01", "Scale: Jobs 3.00", "Scale: Jobs 50.00", "Scale: Jobs 80.00", "Scale: Minimum charge 1.29",
        ];
        var shown = acme.Vercel.State.Installations[installation].Billing.LatestByDay["2027-01-31"];
        Assert.Equal(
            expected,
            shown.Items.Where(item => item.Amount > 0).Select(item => $"{item.Name} {item.Total}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Packs: Welcome 7.82", "Scale: Loyalty 0.13", "Scale: Loyalty 0.13"],
            shown.Discounts.Select(discount => $"{discount.Name} {discount.AmountText}").Order(StringComparer.Ordinal));
        Assert.Equal(190.87m, shown.Total);

        var invoices = acme.Vercel.State.Installations[installation].Invoices;
        Assert.Equal(
            expected, invoices.SelectMany(invoice => invoice.Items).Select(item => $"{item.Name} {item.Total}").Order(StringComparer.Ordinal));
        Assert.Equal(190.87m, invoices.Sum(invoice => invoice.Total));
        var packages = invoices.SelectMany(invoice => invoice.Items).Single(item => item.Name == "Packs: Jobs");
        Assert.Equal(("5.00", 3m, "1000 jobs"), (packages.Price, packages.Quantity, packages.Units));
        Assert.Empty(acme.Vercel.State.Findings);
        // What was invoiced is on record with its discounts.
        Assert.Equal(190.87m, await acme.Ask<decimal>("select sum(total) from invoice where installation_id = $1", installation));
        Assert.Equal(8.08m, await acme.Ask<decimal>("select sum(amount) from invoice_discount where installation_id = $1", installation));
    }

    private static string[] Details(JsonNode plan) =>
        [.. plan["details"]!.AsArray().Select(detail => $"{detail!["label"]}: {detail["value"]}")];

    private static (string? Cost, string? InitialCharge) Shown(JsonNode plan) =>
        (plan["cost"]?.GetValue<string>(), plan["initialCharge"]?.GetValue<string>());

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
