using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Products;

/// <summary>A plan once sold never changes under a customer.</summary>
public sealed class PlanVersionLaws
{
    /// <summary>What a plan's card says of it, and whether it is still sold.</summary>
    private static readonly Seq<Func<BillingPlan, BillingPlan>> OfTheCard = Seq<Func<BillingPlan, BillingPlan>>(
        plan => plan with { Name = plan.Name + "!" },
        plan => plan with { Description = plan.Description + "!" },
        plan => plan with { Display = plan.Display with { Cost = "$1" } },
        plan => plan with { Display = plan.Display with { Details = Seq1(new PlanDetail("Support", None)) } },
        plan => plan with { Display = plan.Display with { HighlightedDetails = Seq1(new PlanDetail("Support", None)) } },
        plan => plan with { Display = plan.Display with { PreauthorizationAmount = new Usd(1m) } },
        plan => plan with { Display = plan.Display with { InitialCharge = new Usd(1m) } },
        plan => plan with { Display = plan.Display with { Disabled = !plan.Display.Disabled } });

    /// <summary>One term each, made other than it was.</summary>
    private static readonly Seq<(string Path, Func<BillingPlan, BillingPlan> Edit)> OfTheTerms = Seq<(string, Func<BillingPlan, BillingPlan>)>(
        ("type", plan => plan with { Type = plan.Type == PlanType.Subscription ? PlanType.Prepayment : PlanType.Subscription }),
        ("paymentMethodRequired", plan => plan with { PaymentMethodRequired = !plan.PaymentMethodRequired }),
        ("maxResources", plan => plan with { ResourcesMax = plan.ResourcesMax.Match(max => Some(max + 1), () => Some(1)) }),
        ("settings.limit", plan => plan with { Settings = plan.Settings.AddOrUpdate("limit", plan.Settings.Find("limit").IfNone("") + "1") }),
        ("changesAtPeriodEnd", plan => plan with { ChangesAtPeriodEnd = plan.ChangesAtPeriodEnd.Add(new PlanId($"other-{plan.ChangesAtPeriodEnd.Count}")) }),
        ("minimumAmount", plan => plan with { Display = plan.Display with { MinimumAmount = More(plan.Display.MinimumAmount) } }),
        ("maximumAmount", plan => plan with { Display = plan.Display with { MaximumAmount = More(plan.Display.MaximumAmount) } }),
        ("maximumAmountAutoPurchasePerPeriod", plan => plan with
        {
            Display = plan.Display with { MaximumAutoPurchasePerPeriod = More(plan.Display.MaximumAutoPurchasePerPeriod) },
        }),
        ("balance.lowAt", plan => plan with { Balance = plan.Balance with { LowAt = More(plan.Balance.LowAt) } }),
        ("balance.atZero", plan => plan with
        {
            Balance = plan.Balance with { AtZero = new AtZero.Overdraft(plan.Balance.AtZero is AtZero.Overdraft most ? most.Max + Cent : Cent) },
        }),
        ("pricing.base", Priced(pricing => pricing with { Base = pricing.Base + Cent })),
        ("pricing.billed", Priced(pricing => pricing with
        {
            Billed = pricing.Billed == BaseBilling.Advance ? BaseBilling.Arrears : BaseBilling.Advance,
        })),
        ("pricing.oneTime", Priced(pricing => pricing with { OneTime = pricing.OneTime + Cent })),
        ("pricing.minimum", Priced(pricing => pricing with { Minimum = pricing.Minimum + Cent })),
        ("pricing.metered[new].included", Priced(pricing => pricing with
        {
            Metered = pricing.Metered.Add(new MeteredPrice(new MetricId("new"), Cent, "calls", included: 0m)),
        })),
        ("pricing.perUnit[new].included", Priced(pricing => pricing with
        {
            Choices = pricing.Choices.Add(new ChoicePrice.PerUnit("new", Cent, "GB", 0m)),
        })),
        ("pricing.perValue[new].large", Priced(pricing => pricing with
        {
            Choices = pricing.Choices.Add(new ChoicePrice.PerValue("new", Map(("large", Cent)))),
        })),
        ("pricing.discounts[new].amount", Priced(pricing => pricing with
        {
            Discounts = pricing.Discounts.Add(new Discount("new", new DiscountValue.Amount(Cent), None)),
        })));

    private static Usd Cent => new(0.01m);

    private static readonly Gen<OfferedPlan> Offered =
        AnyCatalogue.Catalogue.SelectMany(catalogue => Gen.Elements(catalogue.Offered.AsEnumerable()));

    [Fact]
    public void Whatever_versions_follow_what_somebody_has_costs_the_same() =>
        Law.Holds(
            from story in AnyBilling.Story
            from later in AnyBilling.Product.ListOf(3)
            from count in Gen.Choose(1, 3)
            select (Story: story with { Product = Sellable(story.Product, 1) }, Later: later.Take(count).Select((product, at) => Sellable(product, at + 2)).ToList()),
            given =>
            {
                var before = CatalogueOf(given.Story.Product).Offered;
                foreach (var next in given.Later)
                {
                    var history = CatalogueHistory.Of(CatalogueOf(next), before);
                    Assert.Empty(history.Edits);
                    var sold = CatalogueOf(next).With(history.Superseded);
                    before += history.New;

                    var held = given.Story with { Product = sold.Products[0] };
                    Assert.Equal(given.Story.Charges.Lines, held.Charges.Lines);
                    Assert.Equal(given.Story.Charges.Discounts, held.Charges.Discounts);
                }
            });

    [Fact]
    public void Whatever_version_is_sold_every_earlier_one_is_known_and_none_of_them_is_sold() =>
        Law.Holds(
            from products in AnyBilling.Product.ListOf(3)
            select products.Take(3).Select((product, at) => Sellable(product, at + 1)).ToList(),
            products =>
            {
                var before = Seq<OfferedPlan>();
                foreach (var product in products)
                {
                    var history = CatalogueHistory.Of(CatalogueOf(product), before);
                    var sold = CatalogueOf(product).With(history.Superseded).Products[0];
                    Assert.Equal(before.Map(plan => plan.Plan.Id), sold.Superseded.Map(plan => plan.Id));
                    Assert.All(before, plan => Assert.Equal(plan.Terms, OfferedPlan.Of(sold.Id, sold.Plan(plan.Plan.Id).IfNone(plan.Plan with { Settings = Map(("lost", "")) }), sold.Metrics).Terms));
                    Assert.True(sold.Superseded.ForAll(plan => PlanHindrance.Of(plan, isUnpaid: false, _ => false) == new PlanHindrance.NotSold()));
                    before += history.New;
                }
            });

    /// <summary>Versions that it does not have, and terms that its file says otherwise.</summary>
    [Fact]
    public void Whatever_file_a_server_has_a_plan_means_what_was_offered() =>
        Law.Holds(
            from file in AnyBilling.Product
            from others in AnyBilling.Product.ListOf(3)
            select (File: CatalogueOf(Sellable(file, 1)), Offered: others.Select((other, at) => CatalogueOf(Sellable(other, at + 1))).Bind(other => other.Offered).ToSeq().Strict()),
            given =>
            {
                var known = given.File.Knowing(given.Offered).Products[0];
                Assert.All(given.Offered, offered => Assert.Equal(
                    offered.Terms, OfferedPlan.Of(known.Id, known.Plan(offered.Plan.Id).IfNone(() => throw new KeyNotFoundException(offered.Name)), known.Metrics).Terms));
                Assert.Equal(given.File.Products[0].Plans.Map(plan => plan.Id), known.Plans.Map(plan => plan.Id));
            });

    [Fact]
    public void An_edit_of_a_term_without_a_version_is_always_found_and_named() =>
        Law.Holds(
            from offered in Offered
            from edit in Gen.Elements(OfTheTerms.AsEnumerable())
            select (offered, edit),
            given =>
            {
                var edited = given.offered with { Plan = given.edit.Edit(given.offered.Plan) };
                var changes = TermChange.Between(given.offered.Terms, edited.Terms);
                Assert.Contains(given.edit.Path, changes.Map(change => change.Path));
                Assert.All(changes, change => Assert.NotEqual(change.Was, change.Is));
            });

    [Fact]
    public void What_a_card_says_and_whether_a_plan_is_sold_may_change_at_any_time() =>
        Law.Holds(
            from offered in Offered
            from edits in Gen.SubListOf(OfTheCard.AsEnumerable())
            select (offered, edits),
            given => (given.offered with { Plan = given.edits.Aggregate(given.offered.Plan, (plan, edit) => edit(plan)) }).Terms == given.offered.Terms);

    [Fact]
    public void What_is_measured_in_another_way_is_another_term() =>
        Law.Holds(
            from offered in Offered.Where(offered => !offered.Metrics.IsEmpty)
            from at in Gen.Choose(0, offered.Metrics.Count - 1)
            from edit in Gen.Elements<Func<Metric, Metric>>(
                metric => metric with { Units = metric.Units + "s" },
                metric => metric with { Kind = metric.Kind == MetricKind.Total ? MetricKind.Rate : MetricKind.Total },
                metric => metric with { ChosenAggregation = new Aggregation.Percentile(metric.Aggregation is Aggregation.Percentile one ? one.Rank + 1 : 1) })
            select (offered, at, edit),
            given => TermChange.Between(
                given.offered.Terms,
                (given.offered with { Metrics = given.offered.Metrics.Select((metric, at) => at == given.at ? given.edit(metric) : metric).ToSeq().Strict() }).Terms)
                .Exists(change => change.Path.StartsWith($"metrics[{given.offered.Metrics[given.at].Id}]", StringComparison.Ordinal)));

    /// <summary>Else somebody adds a field, and nobody notices that it changes under those who have the plan.</summary>
    [Fact]
    public void Every_field_of_a_plan_is_a_term_or_of_its_card()
    {
        Assert.Equal(
            ["Balance", "ChangesAtPeriodEnd", "Description", "Display", "Id", "Name", "NeedsPaymentMethod", "PaymentMethodRequired", "Pricing", "ResourcesMax",
                "Scope", "Settings", "Type"],
            Fields<BillingPlan>());
        Assert.Equal(
            ["Cost", "Details", "Disabled", "HighlightedDetails", "InitialCharge", "MaximumAmount", "MaximumAutoPurchasePerPeriod", "MinimumAmount",
                "PreauthorizationAmount"],
            Fields<PlanDisplay>());
        Assert.Equal(["Base", "Billed", "BillsAtOnce", "Choices", "Costs", "Discounts", "Metered", "Minimum", "OneTime"], Fields<Pricing>());
        Assert.Equal(["Included", "Metric", "Price", "Units"], Fields<MeteredPrice>());
        Assert.Equal(["AtZero", "LowAt"], Fields<BalancePolicy>());
        Assert.Equal(["Name", "Periods", "Value"], Fields<Discount>());
        Assert.Equal(["Aggregation", "ChosenAggregation", "Id", "Kind", "Name", "Units"], Fields<Metric>());
    }

    [Fact]
    public void What_leaves_the_catalogue_without_a_word_is_found_and_what_is_retired_stays() =>
        Law.Holds(
            from catalogue in AnyCatalogue.Catalogue
            from product in Gen.Choose(0, catalogue.Products.Count - 1)
            from plan in Gen.Choose(0, catalogue.Products[product].Plans.Count - 1)
            select (catalogue, product, plan),
            given =>
            {
                var (sold, gone) = (given.catalogue.Products[given.product], given.catalogue.Products[given.product].Plans[given.plan]);
                var left = sold with { Plans = sold.Plans.Filter(plan => plan.Id != gone.Id).Strict() };
                CatalogueHistory Of(Product product) => CatalogueHistory.Of(
                    Marketplace.Core.Products.Catalogue.Of(
                            given.catalogue.Products.Map(one => one.Id == product.Id ? product : one).Strict(), given.catalogue.InstallationBilling)
                        .IfFail(errors => throw new InvalidOperationException(string.Join("; ", errors))),
                    given.catalogue.Offered);

                Assert.Equal(gone.Id, Assert.IsType<PlanEdit.Removed>(Assert.Single(Of(left).Edits)).Was.Plan.Id);
                var retired = Of(left with { RetiredPlans = Seq1(gone.Id.Name) });
                Assert.Empty(retired.Edits);
                Assert.Equal(gone.Id, Assert.Single(retired.Superseded).Plan.Id);
            });

    [Fact]
    public void A_version_is_read_back_from_the_id_that_it_makes() =>
        Law.Holds(
            from name in Gen.Elements("pro", "team-pro", "a", "1", "p2")
            from version in Gen.Choose(1, 1000)
            select (name, version),
            given =>
            {
                var id = PlanId.Of(given.name, given.version);
                return (id.Name, id.Version) == given && new PlanId(id.Value) == id && id.IsVersionOf(new PlanId(given.name))
                    && !id.IsVersionOf(new PlanId(given.name + "x")) && (id.Value == given.name) == (given.version == 1);
            });

    /// <summary>The plans of a product that somebody could sell, in one version.</summary>
    private static Product Sellable(Product product, int version) => product with
    {
        Plans = product.Plans
            .Map(plan => plan.Type == PlanType.Prepayment ? plan with { Pricing = new Pricing(Usd.Zero, plan.Pricing.Metered), PaymentMethodRequired = true } : plan)
            .Map(plan => plan with { Id = PlanId.Of(plan.Id.Name, version) })
            .Strict(),
    };

    private static Catalogue CatalogueOf(Product product) => Marketplace.Core.Products.Catalogue.Of(Seq1(product), None)
        .IfFail(errors => throw new InvalidOperationException(string.Join("; ", errors)));

    private static Func<BillingPlan, BillingPlan> Priced(Func<Pricing, Pricing> edit) => plan => plan with { Pricing = edit(plan.Pricing) };

    private static Option<Usd> More(Option<Usd> amount) => amount.IfNone(Usd.Zero) + Cent;

    private static IEnumerable<string> Fields<T>() =>
        typeof(T).GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance)
            .Select(property => property.Name).Order(StringComparer.Ordinal);
}
