using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

/// <summary>Dated stories of what is around a base and its units, with the arithmetic beside them.</summary>
public sealed class PricingStories
{
    private static readonly ResourceId Resource = new("res_1");

    /// <summary>31.00 a month, 5.00 for each package of 1000 queries; Team costs 62.00.</summary>
    private static readonly Product Acme = Product(
        pro => pro with { Metered = Prelude.Seq1(Queries(new QuantityPrice.Package(1000m, new Usd(5m)))) });

    [Fact]
    public void One_query_more_than_a_package_of_a_thousand_is_a_second_package()
    {
        // 31.00, and two packages: 10.00
        var charges = Charges(Acme, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), used: 1_001m);
        Assert.Equal(["pro 31.00", "pro: Queries 10.00"], Shown(charges));
        Assert.Equal((2m, "1000 queries"), (charges.Lines[1].Quantity, charges.Lines[1].Units));
        Assert.Equal(36.00m, Charges(Acme, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), used: 1_000m).Total.Amount);
    }

    [Fact]
    public void The_edge_of_a_tier_belongs_to_it()
    {
        // Up to 1000 at 0.05, then 0.02 and 3.00 at once. 1000: 50.00. 1001: 50.00 + 0.02 + 3.00.
        var tiers = Product(pro => pro with
        {
            Base = Usd.Zero,
            Metered = Prelude.Seq1(Queries(new QuantityPrice.Graduated(Prelude.Seq(
                new PriceStep(1000m, new Usd(0.05m), Usd.Zero), new PriceStep(Prelude.None, new Usd(0.02m), new Usd(3m)))))),
        });
        Assert.Equal(["pro: Queries 50.00"], Shown(Charges(tiers, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), used: 1_000m)));
        var above = Charges(tiers, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), used: 1_001m);
        Assert.Equal(["pro: Queries 50.00", "pro: Queries 0.02", "pro: Queries 3.00"], Shown(above));
        Assert.Equal(["my-db: up to 1000", "my-db: above 1000", "my-db: above 1000, flat"], above.Lines.Map(line => line.Details).ToArray());
    }

    [Fact]
    public void An_upgrade_and_a_downgrade_in_the_middle_of_a_month_cost_their_days()
    {
        // January: pro for 10 days, team for 11, pro for 10. Pro 31.00 * 10 / 31 = 10.00 each time; team 62.00 * 11 / 31 = 22.00.
        var plans = Changed(Changed(Open(AnyBilling.Pro, "2027-01-01"), AnyBilling.Team, "2027-01-11"), AnyBilling.Pro, "2027-01-22");
        var charges = Charges(Acme, "2027-01", plans, used: 0m);
        Assert.Equal(["pro 10.00", "pro 10.00", "pro: Queries 0.00", "team 22.00"], Shown(charges));
        Assert.Equal((Prelude.Some(At("2027-01-11")), Prelude.Some(At("2027-01-22"))), (charges.Lines[3].Start, charges.Lines[3].End));
        Assert.Equal(42.00m, charges.Total.Amount);
    }

    [Fact]
    public void A_minimum_that_is_not_reached_is_made_up_for_and_one_that_is_adds_nothing()
    {
        // 31.00 and at least 40.00: 9.00 are missing; with one package of 5.00, 4.00; with two, nothing.
        var least = Product(pro => pro with { Metered = Acme.Plans[1].Pricing.Metered, Minimum = new Usd(40m) });
        Assert.Equal(["pro 31.00", "pro: Queries 0.00", "pro: Minimum charge 9.00"], Shown(Charges(least, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), 0m)));
        Assert.Equal(["pro 31.00", "pro: Queries 5.00", "pro: Minimum charge 4.00"], Shown(Charges(least, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), 1m)));
        Assert.Equal(["pro 31.00", "pro: Queries 10.00"], Shown(Charges(least, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), 1_001m)));

        // From the 20th, 12 of 31 days: 31.00 * 12 / 31 = 12.00; 40.00 * 12 / 31 = 15.483… -> 15.48, of which 3.48 are missing.
        Assert.Equal(["pro 12.00", "pro: Queries 0.00", "pro: Minimum charge 3.48"], Shown(Charges(least, "2027-01", Open(AnyBilling.Pro, "2027-01-20"), 0m)));
    }

    [Fact]
    public void A_leap_february_has_a_day_more_for_a_minimum_and_a_discount_too()
    {
        // One day of 29, of 28: minimum 29.00 * 1 / 29 = 1.00, * 1 / 28 = 1.035… -> 1.04. Off: 5.00 / 29 = 0.172… -> 0.17, / 28 = 0.178… -> 0.18
        var product = Product(pro => pro with
        {
            Base = Usd.Zero, Minimum = new Usd(29m), Discounts = Prelude.Seq1(new Discount("Loyalty", new DiscountValue.Amount(new Usd(5m)), Prelude.None)),
        });
        Assert.Equal(["pro: Minimum charge 1.00", "- pro: Loyalty 0.17"], Shown(Charges(product, "2028-02", Open(AnyBilling.Pro, "2028-02-29"), 0m)));
        Assert.Equal(["pro: Minimum charge 1.04", "- pro: Loyalty 0.18"], Shown(Charges(product, "2027-02", Open(AnyBilling.Pro, "2027-02-28"), 0m)));
    }

    [Fact]
    public void A_discount_of_the_first_two_periods_ends_with_the_second()
    {
        // Pro from 20 December: 31.00 * 12 / 31 = 12.00, half of it off; then 31.00, half of it off; then 31.00.
        var welcome = Product(pro => pro with { Discounts = Prelude.Seq1(new Discount("Welcome", new DiscountValue.Percent(50m), 2)) });
        var plans = Open(AnyBilling.Pro, "2026-12-20");
        Assert.Equal(["pro 12.00", "- pro: Welcome 6.00"], Shown(Charges(welcome, "2026-12", plans, 0m)));
        Assert.Equal(["pro 31.00", "- pro: Welcome 15.50"], Shown(Charges(welcome, "2027-01", plans, 0m)));
        Assert.Equal(["pro 31.00"], Shown(Charges(welcome, "2027-02", plans, 0m)));

        // Leaving for January does not stop the count, and coming back does not begin it anew.
        var back = Changed(Changed(plans, AnyBilling.Team, "2027-01-01"), AnyBilling.Pro, "2027-02-01");
        Assert.Equal(["pro 31.00"], Shown(Charges(welcome, "2027-02", back, 0m)));
    }

    [Fact]
    public void Three_thirds_off_are_all_of_it_and_not_a_cent_more()
    {
        // 31.00: 33.5% is 10.385 -> 10.38; 67% is 20.77, 10.39 more; 100.5% is more than all: 31.00, 10.23 more.
        var generous = Product(pro => pro with
        {
            Discounts = new[] { "a", "b", "c" }.Select(name => new Discount(name, new DiscountValue.Percent(33.5m), Prelude.None)).ToSeq().Strict(),
        });
        var charges = Charges(generous, "2027-01", Open(AnyBilling.Pro, "2026-12-01"), 0m);
        Assert.Equal(["pro 31.00", "- pro: a 10.38", "- pro: b 10.39", "- pro: c 10.23"], Shown(charges));
        Assert.Equal(0.00m, charges.Total.Amount);
    }

    [Fact]
    public void Sign_up_is_charged_once_though_the_plan_is_left_and_taken_again()
    {
        var setUp = Product(pro => pro with { OneTime = new Usd(49m), Discounts = Prelude.Seq1(new Discount("Partner", new DiscountValue.Percent(100m), Prelude.None)) });
        var plans = Changed(Changed(Open(AnyBilling.Pro, "2027-01-20"), AnyBilling.Team, "2027-01-21"), AnyBilling.Pro, "2027-02-01");
        // January: one day of pro, 1.00, all off. The sign-up is no part of the period, and not off. Team: 62.00 * 11 / 31 = 22.00.
        Assert.Equal(["pro 1.00", "pro: One-time charge 49.00", "team 22.00", "- pro: Partner 1.00"], Shown(Charges(setUp, "2027-01", plans, 0m)));
        Assert.Equal(["pro 31.00", "- pro: Partner 31.00"], Shown(Charges(setUp, "2027-02", plans, 0m)));
    }

    [Fact]
    public void A_base_that_is_billed_in_advance_is_billed_to_the_end_until_the_plan_is_left()
    {
        // From the 11th: 31.00 * 21 / 31 = 21.00 at once. Left on the 21st: 10 days, 10.00.
        var ahead = Product(pro => pro with { Billed = BaseBilling.Advance, OneTime = new Usd(49m) });
        var plans = Open(AnyBilling.Pro, "2027-01-11");
        var billed = BilledOf(ahead, plans, 0m);
        var january = Month("2027-01");
        Assert.Equal(["pro 21.00", "pro: One-time charge 49.00"], Shown(BillingCharges.InAdvance(january, At("2027-01-11"), billed)));
        Assert.Equal(["pro 21.00", "pro: One-time charge 49.00"], Shown(BillingCharges.For(january, At("2027-01-12"), billed)));
        Assert.Equal(["pro 31.00"], Shown(BillingCharges.InAdvance(Month("2027-02"), At("2027-02-01"), billed)));
        var left = BilledOf(ahead, Changed(plans, AnyBilling.Free, "2027-01-21"), 0m);
        Assert.Equal(["pro 10.00", "pro: One-time charge 49.00"], Shown(BillingCharges.For(january, january.End, left)));
        Assert.Empty(BillingCharges.InAdvance(Month("2027-02"), At("2027-02-01"), left).Lines);
    }

    private static string[] Shown(BillingCharges charges) =>
    [
        .. charges.Lines.Select(line => FormattableString.Invariant($"{line.Name} {line.Total.Amount:0.00}")),
        .. charges.Discounts.Select(discount => FormattableString.Invariant($"- {discount.Name} {discount.Amount.Amount:0.00}")),
    ];

    [Fact]
    public void A_later_version_charges_nothing_for_signing_up_again_and_goes_on_with_the_months_of_a_discount()
    {
        // From February 15th at 62.00 instead of 31.00: 31.00 * 14 / 28 = 15.50 and 62.00 * 14 / 28 = 31.00. The first two months are at half.
        var half = Prelude.Seq1(new Discount("Welcome", new DiscountValue.Percent(50m), 2));
        var first = Product(pro => pro with { OneTime = new Usd(49m), Discounts = half });
        var second = first.Plans[1] with { Id = PlanId.Of("pro", 2) };
        var acme = first with { Plans = first.Plans.Add(second with { Pricing = second.Pricing with { Base = new Usd(62m) } }) };
        var plans = Changed(Open(AnyBilling.Pro, "2027-01-01"), second.Id, "2027-02-15");

        Assert.Equal(["pro 31.00", "pro: One-time charge 49.00", "- pro: Welcome 15.50"], Shown(Charges(acme, "2027-01", plans, used: 0m)));
        Assert.Equal(
            ["pro 15.50", "pro 31.00", "- pro: Welcome 7.75", "- pro: Welcome 15.50"], Shown(Charges(acme, "2027-02", plans, used: 0m)));
        Assert.Empty(Charges(acme, "2027-03", plans, used: 0m).Discounts);
        // Both versions in the month of the sign-up: charged once, by the first.
        var inOneMonth = Changed(Open(AnyBilling.Pro, "2027-01-01"), second.Id, "2027-01-15");
        Assert.Single(Charges(acme, "2027-01", inOneMonth, used: 0m).Lines, line => line.Kind == LineKind.OneTime);
    }

    private static BillingCharges Charges(Product product, string month, PlanPeriods plans, decimal used) =>
        BillingCharges.For(Month(month), Month(month).End, BilledOf(product, plans, used));

    /// <summary>With so many queries on the last day of January.</summary>
    private static BilledInstallation BilledOf(Product product, PlanPeriods plans, decimal used) =>
        BilledInstallation.PerResource(Prelude.Seq1(BilledResource
            .Of(Resource, "my-db", product, Option<InstallationBilling>.None, plans.Spans, Prelude.Seq(
                new Measurement(Resource, AnyBilling.Queries.Id, At("2027-01-30"), 0m),
                new Measurement(Resource, AnyBilling.Queries.Id, At("2027-01-31"), used)))
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()))));

    private static Product Product(Func<Pricing, Pricing> pro) => AnyBilling.ProductOf(
        AnyBilling.PlanOf(AnyBilling.Free, 0m),
        AnyBilling.PlanOf(AnyBilling.Pro, 31m) with { Pricing = pro(new Pricing(new Usd(31m), Seq<MeteredPrice>.Empty)) },
        AnyBilling.PlanOf(AnyBilling.Team, 62m));

    private static MeteredPrice Queries(QuantityPrice price) => new(AnyBilling.Queries.Id, price, "queries", 0m);

    private static BillingPeriod Month(string month) => BillingPeriod.MonthOf(At($"{month}-01"));

    private static PlanPeriods Open(PlanId plan, string at) => PlanPeriods.Open(Resource, AnyBilling.On(plan), At(at));

    private static PlanPeriods Changed(PlanPeriods plans, PlanId to, string at) =>
        plans.Change(AnyBilling.On(to), At(at)).IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    private static DateTimeOffset At(string moment) =>
        DateTimeOffset.Parse(moment, styles: System.Globalization.DateTimeStyles.AssumeUniversal);
}
