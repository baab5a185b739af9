using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Usage;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Products;

public sealed class CatalogueLaws
{
    [Fact]
    public void A_catalogue_that_keeps_the_rules_is_taken_as_it_is() =>
        Law.Holds(AnyCatalogue.Parts, parts => Catalogue.Of(parts.Products, parts.Billing).Match(
            catalogue => catalogue.Products == parts.Products && catalogue.InstallationBilling == parts.Billing,
            _ => false));

    [Fact]
    public void Every_plan_is_found_by_its_id_and_in_one_place_only() =>
        Law.Holds(AnyCatalogue.Catalogue, catalogue =>
            catalogue.Products.ForAll(product => product.Plans.ForAll(plan =>
                catalogue.ResourcePlan(product.Id, plan.Id) == Some(plan) && catalogue.InstallationPlan(plan.Id).IsNone))
            && catalogue.InstallationBilling.ForAll(billing => billing.Plans.ForAll(plan =>
                catalogue.InstallationPlan(plan.Id) == Some(plan)
                && catalogue.Products.ForAll(product => catalogue.ResourcePlan(product.Id, plan.Id).IsNone))));

    [Fact]
    public void A_new_installation_costs_nothing() =>
        Law.Holds(AnyCatalogue.Catalogue, catalogue =>
            catalogue.DefaultInstallationPlan.IsSome == catalogue.InstallationBilling.IsSome
            && catalogue.DefaultInstallationPlan.Bind(catalogue.InstallationPlan).ForAll(plan => !plan.PaymentMethodRequired));

    [Fact]
    public void A_plan_without_a_payment_method_never_costs_anything() =>
        Law.Holds(AnyCatalogue.Catalogue, catalogue => catalogue.Products
            .Bind(product => product.Plans)
            .Filter(plan => !plan.PaymentMethodRequired)
            .ForAll(plan => plan.Pricing.Base == Usd.Zero && plan.Pricing.Metered.ForAll(price => !price.Price.Costs)));

    [Fact]
    public void One_mistake_in_one_plan_is_named_there_and_nowhere_else() =>
        Law.Holds(
            from parts in AnyCatalogue.Parts
            from product in Gen.Choose(0, parts.Products.Count - 1)
            from plan in Gen.Choose(0, parts.Products[product].Plans.Count - 1)
            from mistake in Gen.Elements(Mistakes)
            select (parts, product, plan, mistake),
            given =>
            {
                var good = given.parts.Products[given.product];
                var bad = good with { Plans = Replaced(good.Plans, given.plan, given.mistake.Make(good.Plans[given.plan])) };
                var errors = Errors(Replaced(given.parts.Products, given.product, bad), given.parts.Billing);
                Assert.Equal([$"products[{given.product}].plans[{given.plan}].{given.mistake.Path}"], errors);
            });

    [Theory]
    [InlineData("id", "acme-keys")]
    [InlineData("name", " ")]
    [InlineData("provisioner", "")]
    [InlineData("repl.welcomeMessage", "\t")]
    public void One_mistake_in_a_product_is_named_there_and_nowhere_else(string field, string value) =>
        Law.Holds(AnyCatalogue.Parts, parts =>
        {
            var good = parts.Products[1];
            var bad = field switch
            {
                "id" => good with { Id = parts.Products[0].Id },
                "name" => good with { Name = value },
                "repl.welcomeMessage" => good with { Repl = new ProductRepl(SupportsReadOnlyMode: true, value) },
                _ => good with { Provisioner = value },
            };
            Assert.Equal([$"products[1].{field}"], Errors(Replaced(parts.Products, 1, bad), parts.Billing));
        });

    [Fact]
    public void One_price_of_an_installation_stands_for_what_all_products_measure_alike() =>
        Law.Holds(
            from parts in AnyCatalogue.Parts.Where(parts => parts.Billing.Exists(billing => billing.Plans.Count > 1))
            from units in Gen.Elements(true, false)
            select (parts, units),
            given =>
            {
                var billing = given.parts.Billing.IfNone(() => throw new InvalidOperationException("no plans"));
                var priced = billing with
                {
                    Plans = Seq(billing.Plans.Head, Metered(billing.Plans[1], price => price)),
                };
                var other = given.parts.Products[1];
                var storage = given.units
                    ? other.Metrics[0] with { Units = "GB" }
                    : other.Metrics[0] with { Kind = MetricKind.Interval };
                var unlike = Replaced(given.parts.Products, 1, other with { Metrics = Replaced(other.Metrics, 0, storage) });
                Assert.Empty(Errors(given.parts.Products, priced));
                Assert.Equal(["installationBilling.plans[1].pricing.metered[0].metric"], Errors(unlike, priced));
            });

    [Fact]
    public void An_installation_begins_with_a_plan_that_is_there_and_free() =>
        Law.Holds(AnyCatalogue.Parts.Where(parts => parts.Billing.IsSome), parts =>
        {
            var paid = parts.Billing.Map(billing => billing with { DefaultPlan = new PlanId("team-pro"), Plans = billing.Plans.Map(Unpriced).Strict() });
            var unknown = parts.Billing.Map(billing => billing with { DefaultPlan = new PlanId("free") });
            Assert.Equal(["installationBilling.defaultPlan"], Errors(parts.Products, paid));
            Assert.Equal(["installationBilling.defaultPlan"], Errors(parts.Products, unknown));
        });

    private static BillingPlan Paid(BillingPlan plan) => plan with
    {
        Type = PlanType.Subscription,
        PaymentMethodRequired = true,
        Pricing = new Pricing(new Usd(1m), Seq<MeteredPrice>()),
        Display = PlanDisplay.Plain,
    };

    private static BillingPlan Unpriced(BillingPlan plan) => Paid(plan) with { Pricing = Pricing.Free };

    private static readonly (string Path, Func<BillingPlan, BillingPlan> Make)[] Mistakes =
    [
        ("id", plan => plan with { Id = new PlanId(" ") }),
        ("name", plan => plan with { Name = "" }),
        ("description", plan => plan with { Description = "\t" }),
        ("scope", plan => plan with { Scope = PlanScope.Installation }),
        ("maxResources", plan => plan with { ResourcesMax = 0 }),
        ("pricing.base", plan => Paid(plan) with { Pricing = new Pricing(new Usd(-0.01m), Seq<MeteredPrice>()) }),
        ("pricing.base", plan => Paid(plan) with { Type = PlanType.Prepayment }),
        ("pricing.metered[0].metric", plan => Metered(plan, price => price with { Metric = new MetricId("storrage") })),
        ("pricing.metered[0].unitPrice", plan => Metered(plan, price => price with { Price = new QuantityPrice.PerUnit(new Usd(-0.00001m)) })),
        ("pricing.metered[0].units", plan => Metered(plan, price => price with { Units = "" })),
        ("pricing.metered[0].included", plan => Metered(plan, price => price with { Included = -1m })),
        ("pricing.metered[1].metric", plan => Metered(plan, price => price, price => price)),
        ("pricing.metered[0].package.size", plan => Metered(plan, price => price with { Price = new QuantityPrice.Package(0m, new Usd(1m)) })),
        ("pricing.metered[0].package.price", plan => Metered(plan, price => price with { Price = new QuantityPrice.Package(1m, new Usd(-1m)) })),
        ("pricing.metered[0].tiers.steps", plan => Metered(plan, price => price with { Price = new QuantityPrice.Volume(Seq<PriceStep>()) })),
        ("pricing.metered[0].tiers.steps[1].upTo", plan => Tiers(plan, 10m, 10m, None)),
        ("pricing.metered[0].tiers.steps[0].upTo", plan => Tiers(plan, None, None)),
        ("pricing.metered[0].tiers.steps[0].upTo", plan => Tiers(plan, 0m, None)),
        ("pricing.metered[0].tiers.steps[1].upTo", plan => Tiers(plan, 10m, 20m)),
        ("pricing.billed", plan => Around(plan, pricing => pricing with { Base = Usd.Zero, OneTime = new Usd(1m), Billed = BaseBilling.Advance })),
        ("pricing.oneTime", plan => Around(plan, pricing => pricing with { OneTime = new Usd(0.001m) })),
        ("pricing.minimum", plan => Around(plan, pricing => pricing with { Minimum = new Usd(1m) })),
        ("pricing.minimum", plan => Around(plan, pricing => pricing with { Minimum = new Usd(1.001m) })),
        ("pricing.discounts[0].name", plan => Discounted(plan, new Discount("", new DiscountValue.Percent(10m), None))),
        ("pricing.discounts[0].percent", plan => Discounted(plan, new Discount("Welcome", new DiscountValue.Percent(100.5m), None))),
        ("pricing.discounts[0].amount", plan => Discounted(plan, new Discount("Welcome", new DiscountValue.Amount(Usd.Zero), None))),
        ("pricing.discounts[0].periods", plan => Discounted(plan, new Discount("Welcome", new DiscountValue.Percent(10m), 0))),
        ("balance", plan => Paid(plan) with { Balance = new BalancePolicy(new Usd(1m), new AtZero.Stop()) }),
        ("balance.lowAt", plan => Burnt(plan, new BalancePolicy(Usd.Zero, new AtZero.Stop()))),
        ("balance.graceHours", plan => Burnt(plan, new BalancePolicy(None, new AtZero.Grace(TimeSpan.Zero)))),
        ("balance.overdraftMax", plan => Burnt(plan, new BalancePolicy(None, new AtZero.Overdraft(Usd.Zero)))),
        ("initialCharge", plan => Paid(plan) with { Display = PlanDisplay.Plain with { InitialCharge = new Usd(1m) } }),
        ("paymentMethodRequired", plan => Paid(plan) with { PaymentMethodRequired = false }),
        ("paymentMethodRequired", plan => Metered(plan, price => price) with { PaymentMethodRequired = false }),
        ("paymentMethodRequired",
            plan => Paid(plan) with { Type = PlanType.Prepayment, Pricing = Pricing.Free, PaymentMethodRequired = false }),
        ("initialCharge", plan => Shown(plan, PlanType.Subscription, display => display with { InitialCharge = new Usd(0.001m) })),
        ("initialCharge", plan => Shown(plan, PlanType.Subscription, display => display with { InitialCharge = new Usd(-1m) })),
        ("initialCharge", plan => Shown(plan, PlanType.Prepayment, display => display with { InitialCharge = new Usd(1m) })),
        ("preauthorizationAmount",
            plan => Shown(plan, PlanType.Prepayment, display => display with { PreauthorizationAmount = new Usd(1m) })),
        ("preauthorizationAmount",
            plan => Shown(plan, PlanType.Subscription, display => display with { PreauthorizationAmount = Usd.Zero })),
        ("minimumAmount", plan => Shown(plan, PlanType.Subscription, display => display with { MinimumAmount = new Usd(1m) })),
        ("minimumAmount", plan => Shown(plan, PlanType.Prepayment, display => display with { MinimumAmount = new Usd(0m) })),
        ("maximumAmount", plan => Shown(plan, PlanType.Subscription, display => display with { MaximumAmount = new Usd(1m) })),
        ("maximumAmount", plan => Shown(
            plan, PlanType.Prepayment, display => display with { MinimumAmount = new Usd(2m), MaximumAmount = new Usd(1.99m) })),
        ("maximumAmountAutoPurchasePerPeriod", plan => Shown(
            plan, PlanType.Subscription, display => display with { MaximumAutoPurchasePerPeriod = new Usd(1m) })),
        ("maximumAmountAutoPurchasePerPeriod", plan => Shown(
            plan, PlanType.Prepayment, display => display with { MinimumAmount = new Usd(2m), MaximumAutoPurchasePerPeriod = new Usd(1m) })),
    ];

    private static BillingPlan Metered(BillingPlan plan, params Func<MeteredPrice, MeteredPrice>[] prices) => Paid(plan) with
    {
        Pricing = new Pricing(
            Usd.Zero,
            prices.Select(price => price(new MeteredPrice(new MetricId("storage"), new Usd(0.00004m), "MB-hours", included: 0m))).ToSeq().Strict()),
    };

    private static BillingPlan Tiers(BillingPlan plan, params Option<decimal>[] ends) => Metered(plan, price => price with
    {
        Price = new QuantityPrice.Graduated(ends.ToSeq().Map(end => new PriceStep(end, new Usd(1m), Usd.Zero)).Strict()),
    });

    private static BillingPlan Around(BillingPlan plan, Func<Pricing, Pricing> around) => Paid(plan) with { Pricing = around(Paid(plan).Pricing) };

    private static BillingPlan Discounted(BillingPlan plan, Discount discount) =>
        Around(plan, pricing => pricing with { Discounts = Seq1(discount) });

    private static BillingPlan Burnt(BillingPlan plan, BalancePolicy policy) =>
        Paid(plan) with { Type = PlanType.Prepayment, Pricing = Pricing.Free, Balance = policy };

    private static BillingPlan Shown(BillingPlan plan, PlanType type, Func<PlanDisplay, PlanDisplay> display) =>
        Paid(plan) with { Type = type, Pricing = Pricing.Free, Display = display(PlanDisplay.Plain) };

    private static Seq<T> Replaced<T>(Seq<T> items, int place, T item) =>
        items.Select((old, at) => at == place ? item : old).ToSeq().Strict();

    private static string[] Errors(Seq<Product> products, Option<InstallationBilling> billing) =>
        CatalogueRules.Check(products, billing, BillingPolicy.Default).Select(error => error.Path).ToArray();
}
