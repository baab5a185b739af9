using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Products;

/// <summary>Catalogues that keep every rule.</summary>
internal static class AnyCatalogue
{
    public static readonly Gen<Usd> Price = Gen.Choose(0, 1_000_000).Select(number => new Usd(number / 100_000m));

    private static readonly Gen<Usd> Amount = Gen.Choose(1, 100_000).Select(cents => new Usd(cents / 100m));

    private static readonly Gen<Option<Usd>> AmountOrNone = Gen.OneOf(Gen.Constant(Option<Usd>.None), Amount.Select(Some));

    public static readonly Seq<Metric> Metrics = Seq(
        new Metric(new MetricId("storage"), "Storage", MetricKind.Total, "MB"),
        new Metric(new MetricId("transactions"), "Transactions", MetricKind.Interval, "transactions"),
        new Metric(new MetricId("throughput"), "Throughput", MetricKind.Rate, "requests per second"));

    public static readonly Gen<Seq<MeteredPrice>> Metered =
        from metrics in Gen.SubListOf(Metrics.AsEnumerable())
        from prices in AnyPricing.Quantity.ListOf(metrics.Count)
        from included in Gen.Choose(0, 1000).ListOf(metrics.Count)
        select metrics.Select((metric, at) => new MeteredPrice(metric.Id, prices[at], metric.Units, included[at])).ToSeq().Strict();

    private static readonly Gen<Option<int>> ResourcesMax = Gen.OneOf(Gen.Constant(Option<int>.None), Gen.Choose(1, 3).Select(Some));

    public static Gen<BillingPlan> Plan(string id, PlanScope scope) => Gen.OneOf(
        from disabled in Gen.Elements(true, false)
        from max in ResourcesMax
        select Free(id, scope) with { Display = PlanDisplay.Plain with { Disabled = disabled }, ResourcesMax = max },
        from disabled in Gen.Elements(true, false)
        from max in ResourcesMax
        from price in Price
        from metered in Metered
        from around in AnyPricing.Around
        let plan = Free(id, scope) with
        {
            PaymentMethodRequired = true,
            Pricing = around(new Pricing(price, metered)),
            Display = PlanDisplay.Plain with { Disabled = disabled },
            ResourcesMax = max,
        }
        from states in Gen.Elements(true, false)
        let charge = Some(PlanQuote.InitialCharge(plan, Map<string, MetadataValue>())).Filter(charge => states && charge > Usd.Zero)
        select plan with { Display = plan.Display with { InitialCharge = charge } },
        from metered in Metered
        from least in AmountOrNone
        from more in AmountOrNone
        select Free(id, scope) with
        {
            Type = PlanType.Prepayment,
            PaymentMethodRequired = true,
            Pricing = new Pricing(Usd.Zero, metered),
            Display = PlanDisplay.Plain with
            {
                MinimumAmount = least,
                MaximumAmount = more.Map(extra => extra + least.IfNone(Usd.Zero)),
            },
        });

    public static Gen<Product> Product(string id) =>
        from plans in Gen.CollectToList(["free", "pro", "prepaid"], plan => Plan(plan, PlanScope.Resource))
        from schema in AnyMetadata.Schema
        from repl in Repl
        select new Product(new ProductId(id), id, "postgres", schema, Metrics, plans.ToSeq().Strict()) { Repl = repl };

    public static readonly Gen<Option<ProductRepl>> Repl = Gen.OneOf(
        Gen.Constant(Option<ProductRepl>.None),
        from readOnly in Gen.Elements(true, false)
        from welcome in Gen.Elements(None, Some("Welcome."))
        select Some(new ProductRepl(readOnly, welcome)));

    public static readonly Gen<Option<InstallationBilling>> InstallationBilling = Gen.OneOf(
        Gen.Constant(Option<InstallationBilling>.None),
        from plans in Gen.CollectToList(["team-pro", "team-max"], plan => Plan(plan, PlanScope.Installation))
        let free = Free("team-free", PlanScope.Installation)
        select Some(new InstallationBilling(free.Cons(plans.ToSeq().Strict()), free.Id)));

    public static readonly Gen<(Seq<Product> Products, Option<InstallationBilling> Billing)> Parts =
        from first in Product("acme-postgres")
        from second in Product("acme-keys")
        from billing in InstallationBilling
        select (Seq(first, second), billing);

    public static readonly Gen<Catalogue> Catalogue = Parts.Select(parts => Marketplace.Core.Products.Catalogue
        .Of(parts.Products, parts.Billing)
        .Match(good => good, errors => throw new InvalidOperationException(string.Join('\n', errors))));

    public static BillingPlan Free(string id, PlanScope scope) => new(
        new PlanId(id), PlanType.Subscription, id, "A plan.", scope, PaymentMethodRequired: false,
        Pricing.Free, PlanDisplay.Plain, ResourcesMax: None, Map<string, string>());
}
