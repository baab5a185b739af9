using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Products;

/// <summary>The fields of the catalogue that say what something costs and how it is billed.</summary>
internal static class PricingReader
{
    private static readonly Dictionary<string, BaseBilling> BaseBillings = new(StringComparer.Ordinal)
    {
        ["arrears"] = BaseBilling.Arrears,
        ["advance"] = BaseBilling.Advance,
    };

    private static readonly Dictionary<string, Func<Seq<PriceStep>, QuantityPrice>> TierModes = new(StringComparer.Ordinal)
    {
        ["graduated"] = steps => new QuantityPrice.Graduated(steps),
        ["volume"] = steps => new QuantityPrice.Volume(steps),
    };

    private static readonly Dictionary<string, Func<CatalogueJson, AtZero>> AtZeroes = new(StringComparer.Ordinal)
    {
        ["stop"] = _ => new AtZero.Stop(),
        ["grace"] = json => new AtZero.Grace(TimeSpan.FromHours(json.Count("graceHours"))),
        ["overdraft"] = json => new AtZero.Overdraft(json.Amount("overdraftMax")),
    };

    private static readonly Dictionary<string, PeriodPolicy> Periods = new(StringComparer.Ordinal)
    {
        ["calendar-month"] = PeriodPolicy.CalendarMonth,
        ["anniversary"] = PeriodPolicy.Anniversary,
    };

    private static readonly Dictionary<string, SmallTotalPolicy> SmallTotals = new(StringComparer.Ordinal)
    {
        ["carry"] = SmallTotalPolicy.Carry,
        ["waive"] = SmallTotalPolicy.Waive,
    };

    private static readonly Dictionary<string, LateUsagePolicy> LateUsages = new(StringComparer.Ordinal)
    {
        ["carry"] = LateUsagePolicy.Carry,
        ["refuse"] = LateUsagePolicy.Refuse,
    };

    public static Pricing Read(CatalogueJson json) => new(
        Base: json.AmountOrNone("base").IfNone(Usd.Zero),
        Metered: json.EachOrNone("metered", ReadMeteredPrice))
    {
        Choices = (json.EachOrNone("perUnit", ReadUnitPrice) + json.EachOrNone("perValue", ReadValuePrices)).Strict(),
        Billed = json.OneOfOrNone("billed", BaseBillings).IfNone(BaseBilling.Arrears),
        OneTime = json.AmountOrNone("oneTime").IfNone(Usd.Zero),
        Minimum = json.AmountOrNone("minimum").IfNone(Usd.Zero),
        Discounts = json.EachOrNone("discounts", ReadDiscount),
    };

    public static BalancePolicy ReadBalance(CatalogueJson json) => new(
        LowAt: json.AmountOrNone("lowAt"),
        AtZero: json.OneOfOrNone("atZero", AtZeroes).Match(read => read(json), () => BalancePolicy.Default.AtZero));

    public static BillingPolicy ReadPolicy(CatalogueJson json) => new(
        Period: json.OneOfOrNone("period", Periods).IfNone(BillingPolicy.Default.Period),
        SmallTotals: json.OneOfOrNone("smallTotals", SmallTotals).IfNone(BillingPolicy.Default.SmallTotals),
        LateUsage: json.OneOfOrNone("lateUsage", LateUsages).IfNone(BillingPolicy.Default.LateUsage),
        NonPayment: json.ObjectOrNone("nonPayment", ReadNonPayment).IfNone(BillingPolicy.Default.NonPayment));

    private static NonPaymentPolicy ReadNonPayment(CatalogueJson json) =>
        new(json.CountOrNone("degradeAfterDays"), json.CountOrNone("suspendAfterDays"));

    private static ChoicePrice ReadUnitPrice(CatalogueJson json) => new ChoicePrice.PerUnit(
        Property: json.Text("property"),
        UnitPrice: json.Amount("unitPrice"),
        Units: json.Text("units"),
        Included: json.QuantityOrNone("included").IfNone(0m));

    private static ChoicePrice ReadValuePrices(CatalogueJson json) => new ChoicePrice.PerValue(
        Property: json.Text("property"),
        Prices: json.Amounts("prices"));

    private static MeteredPrice ReadMeteredPrice(CatalogueJson json) => new(
        Metric: new MetricId(json.Text("metric")),
        Price: json.OneAmong<QuantityPrice>(
            new QuantityPrice.PerUnit(Usd.Zero),
            ("unitPrice", name => new QuantityPrice.PerUnit(json.Amount(name))),
            ("package", name => json.Object(name, ReadPackage)),
            ("tiers", name => json.Object(name, ReadTiers))),
        Units: json.Text("units"),
        Included: json.QuantityOrNone("included").IfNone(0m));

    private static QuantityPrice ReadPackage(CatalogueJson json) =>
        new QuantityPrice.Package(json.Quantity("size"), json.Amount("price"));

    private static QuantityPrice ReadTiers(CatalogueJson json) =>
        json.OneOf("mode", TierModes, TierModes["graduated"])(json.Each("steps", ReadStep));

    private static PriceStep ReadStep(CatalogueJson json) =>
        new(json.QuantityOrNone("upTo"), json.Amount("unitPrice"), json.AmountOrNone("flat").IfNone(Usd.Zero));

    private static Discount ReadDiscount(CatalogueJson json) => new(
        Name: json.Text("name"),
        Value: json.OneAmong<DiscountValue>(
            new DiscountValue.Percent(100m),
            ("percent", name => new DiscountValue.Percent(json.Number(name))),
            ("amount", name => new DiscountValue.Amount(json.Amount(name)))),
        Periods: json.CountOrNone("periods"));
}
