using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Installations;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Transfers;

/// <summary>Resources without a plan of their own come to an installation that is billed as a whole.</summary>
public sealed class CoveredTransferLaws
{
    private static readonly PlanId Starter = new("starter");

    private static readonly Gen<Seq<BillingPlan>> Plans =
        from starter in Plan(Starter, prices: 0)
        from company in Plan(new PlanId("company"), prices: 3)
        from largest in Plan(new PlanId("group"), prices: 3)
        from credits in Plan(new PlanId("credits"), prices: 0)
        select Seq(
            starter with { Display = PlanDisplay.Plain, PaymentMethodRequired = false }, company, largest,
            credits with { Type = PlanType.Prepayment, PaymentMethodRequired = true });

    private static readonly Gen<Given> Cases =
        from plans in Plans
        from own in Gen.Elements(plans.ToArray())
        from arriving in Gen.Choose(1, 3)
        from covered in Gen.Choose(0, 4)
        from registration in AnyInstallation.Registration
        from now in AnyTime.Moment
        select new Given(plans, own, arriving, covered, registration, now);

    [Fact]
    public void No_plan_covers_more_than_it_may() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms => given.Fits(terms.NewPlan.IfNone(given.Own)) && terms.Arrivals.ForAll(arrival => arrival.Plan.IsNone),
            Left: _ => true));

    [Fact]
    public void Where_the_targets_plan_covers_them_nothing_new_is_needed() =>
        Law.Holds(Cases.Where(given => given.Fits(given.Own)), given => given.Terms().Match(
            Right: terms => terms.NewPlan.IsNone && terms.Arrivals.Count == given.Arriving,
            Left: _ => false));

    [Fact]
    public void A_new_plan_can_be_chosen_is_paid_as_before_and_costs_no_less() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms => terms.NewPlan.ForAll(given.CanFollow) && terms.NewPlan.ForAll(plan =>
                given.Plans.Filter(given.CanFollow).ForAll(other => plan.Pricing.Base <= other.Pricing.Base)),
            Left: _ => true));

    [Fact]
    public void They_are_refused_only_where_no_plan_could_follow() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: _ => true,
            Left: why => why is TransferRejection.NoPlanFits && !given.Fits(given.Own) && !given.Plans.Exists(given.CanFollow)));

    [Fact]
    public void Who_owes_keeps_what_covers_everything_and_gets_no_new_plan_that_has_to_be_paid() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms => (given with { IsUnpaid = true }).Terms().Match(
                Right: owing => owing == terms && !terms.NewPlan.Exists(plan => plan.NeedsPaymentMethod),
                Left: why => terms.NewPlan.Exists(plan => plan.NeedsPaymentMethod && why == new TransferRejection.PaymentMissing(plan.Id))),
            Left: _ => (given with { IsUnpaid = true }).Terms().IsLeft));

    private static Gen<BillingPlan> Plan(PlanId id, int prices) =>
        from price in Gen.Choose(0, prices)
        from limit in Gen.OneOf(Gen.Constant(Option<int>.None), Gen.Choose(1, 5).Select(Some))
        from disabled in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select AnyBilling.PlanOf(id, price) with
        {
            Scope = PlanScope.Installation,
            ResourcesMax = limit,
            Display = PlanDisplay.Plain with { Disabled = disabled },
        };

    private sealed record Given(
        Seq<BillingPlan> Plans, BillingPlan Own, int Arriving, int Covered, Registration Registration, DateTimeOffset Now)
    {
        public bool IsUnpaid { get; init; }

        public bool Fits(BillingPlan plan) => plan.ResourcesMax.ForAll(max => Covered + Arriving <= max);

        public bool CanFollow(BillingPlan plan) =>
            Fits(plan) && !plan.Display.Disabled && plan.Type == Own.Type && plan.Pricing.Base >= Own.Pricing.Base;

        public Either<TransferRejection, TransferTerms> Terms()
        {
            var product = AnyBilling.ProductOf(AnyBilling.PlanOf(AnyBilling.Pro, 1));
            var resources = Enumerable.Range(0, Arriving).Select(number => (Resource)new Resource.Ready(new ResourceProfile(
                new ResourceId($"res_{number}"), product.Id, "db", Map<string, MetadataValue>(), None, None, None, Now))).ToSeq().Strict();
            var source = new InstallationId("icfg_1");
            var open = new Transfer.Offered(
                new TransferOffer(ClaimId.Of(source, "one"), source, resources.Map(resource => resource.Id), Now, Now.AddDays(1)),
                HashMap<InstallationId, ShownPlan>());
            var catalogue = Catalogue.Of(Seq1(product), Some(new InstallationBilling(Plans, Starter)))
                .IfFail(errors => throw new InvalidOperationException(errors.ToString()));
            return TransferTerms.For(
                open, new Installation.Active(new InstallationId("icfg_2"), Registration, Some(Own.Id), Now),
                resources.Map(resource => new TransferCandidate(resource.Id, Some(resource), IsChanging: false)),
                new TargetHoldings(HashMap<(ProductId, string), int>(), Covered, IsUnpaid), catalogue, Now);
        }
    }
}
