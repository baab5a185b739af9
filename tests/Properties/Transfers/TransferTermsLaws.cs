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

/// <summary>Resources with a plan each, an installation that has some already, and plans that are full sooner or later.</summary>
public sealed class TransferTermsLaws
{
    private static readonly InstallationId TargetId = new("icfg_2");

    private static readonly Gen<Option<int>> Limit = Gen.OneOf(Gen.Constant(Option<int>.None), Gen.Choose(1, 4).Select(Some));

    private static readonly Gen<BillingPlan> Plan =
        from id in Gen.Elements(AnyBilling.Free, AnyBilling.Pro, AnyBilling.Team)
        from price in Gen.Choose(0, 3)
        from limit in Limit
        from disabled in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select AnyBilling.PlanOf(id, price) with { ResourcesMax = limit, Display = PlanDisplay.Plain with { Disabled = disabled } };

    private static readonly Gen<Given> Cases =
        from plans in Plan.ListOf(4)
        let product = AnyBilling.ProductOf([.. plans.DistinctBy(plan => plan.Id)])
        from resources in (from plan in Gen.Elements(product.Plans.ToArray()) select plan.Id).ListOf(2)
        from waiting in Gen.OneOf(
            Gen.Constant(Option<PlanId>.None), Gen.Elements(product.Plans.ToArray()).Select(plan => Some(plan.Id))).ListOf(2)
        from waitsDays in Gen.Choose(-1, 1)
        from onPlan in Gen.Choose(0, 4).ListOf(product.Plans.Count)
        from registration in AnyInstallation.Registration
        from now in AnyTime.Moment
        select new Given(product, resources, toHashMap(product.Plans.Map(plan => plan.Id).Zip(onPlan)), registration, now)
        {
            Waiting = [.. waiting.Zip(resources, (next, own) => next.Filter(plan => plan != own).Map(plan => new NextPlan(plan, now.AddDays(waitsDays))))],
        };

    [Fact]
    public void No_plan_gets_fuller_than_it_may_be() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms => given.Product.Plans.ForAll(plan => plan.ResourcesMax.ForAll(max =>
            {
                var arriving = terms.Arrivals.Count(arrival => arrival.Plan == Some(plan.Id) || arrival.NextPlan.Exists(next => next.Plan == plan.Id));
                return arriving == 0 || given.OnPlan[plan.Id] + arriving <= max;
            })),
            Left: _ => true));

    [Fact]
    public void Where_there_is_room_each_resource_keeps_its_plan() =>
        Law.Holds(
            Cases.Where(given => given.Product.Plans.ForAll(plan =>
                plan.ResourcesMax.ForAll(max => given.OnPlan[plan.Id] + given.Resources.Count(one =>
                    one.Facts.Plan == plan.Id || one.Facts.NextPlan.Exists(next => next.Plan == plan.Id)) <= max))),
            given => given.Terms().Match(
                Right: terms => terms.NewPlan.IsNone && terms.Arrivals.ForAll(arrival =>
                {
                    var settled = SettledPlan.Begun(arrival.Resource, given.Now).Next.Facts;
                    return arrival.Plan == settled.Plan && arrival.NextPlan == settled.NextPlan;
                }),
                Left: _ => false));

    /// <summary>It was a choice on its old plan, at the source: another plan makes it void, and so does a plan that is full.</summary>
    [Fact]
    public void A_change_that_waits_goes_along_or_is_withdrawn_and_is_never_another() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms => terms.Arrivals.ForAll(arrival => arrival.NextPlan.ForAll(next =>
                arrival.Resource.Facts.NextPlan == Some(next) && next.EffectiveAt > given.Now && arrival.Plan == arrival.Resource.Facts.Plan)),
            Left: _ => true));

    [Fact]
    public void A_new_plan_can_be_chosen_and_costs_no_less() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms => terms.Arrivals
                .Filter(arrival => arrival.Plan != given.PlanOf(arrival.Resource))
                .ForAll(arrival => terms.NewPlan.Exists(plan =>
                    arrival.Plan == Some(plan.Id) && !plan.Display.Disabled
                    && plan.Pricing.Base >= given.Plan(given.PlanOf(arrival.Resource)).Pricing.Base)),
            Left: _ => true));

    /// <summary>Refused for want of a plan only where there really is none, or not the same for all.</summary>
    [Fact]
    public void A_single_resource_is_refused_only_where_no_plan_fits() =>
        Law.Holds(Cases, whole =>
        {
            var given = whole with { Plans = [whole.Plans[0]] };
            var own = given.Plan(given.PlanOf(given.Resources[0]));
            bool HasRoom(BillingPlan plan) => plan.ResourcesMax.ForAll(max => given.OnPlan[plan.Id] < max);
            var isPossible = HasRoom(own)
                || given.Product.Plans.Exists(plan => !plan.Display.Disabled && HasRoom(plan) && plan.Pricing.Base >= own.Pricing.Base);
            return given.Terms().Match(Right: _ => isPossible, Left: why => !isPossible && why is TransferRejection.NoPlanFits);
        });

    /// <summary>It was handed over meanwhile: a claim of the time before is worth nothing.</summary>
    [Fact]
    public void What_came_back_since_it_was_offered_is_offered_no_more() =>
        Law.Holds(from given in Cases from minutes in Gen.Choose(1, 10_000) select given with { CameBackAt = given.Now.AddMinutes(minutes) }, given =>
            given.Terms().Match(Right: _ => false, Left: why => why is TransferRejection.NotTheSources));

    [Fact]
    public void Who_owes_gets_nothing_that_has_to_be_paid_and_everything_else_as_before() =>
        Law.Holds(Cases, given => given.Terms().Match(
            Right: terms =>
            {
                var isPaid = terms.Arrivals.Exists(arrival => given.Plan(arrival.Plan).NeedsPaymentMethod);
                return (given with { IsUnpaid = true }).Terms().Match(
                    Right: owing => !isPaid && owing == terms,
                    Left: why => isPaid && why is TransferRejection.PaymentMissing { Plan: var plan } && given.Plan(plan).NeedsPaymentMethod);
            },
            Left: _ => (given with { IsUnpaid = true }).Terms().IsLeft));

    private sealed record Given(
        Product Product, IList<PlanId> Plans, HashMap<PlanId, int> OnPlan, Registration Registration, DateTimeOffset Now)
    {
        public DateTimeOffset CameBackAt { get; init; } = Now;

        public bool IsUnpaid { get; init; }

        public BillingPlan Plan(Option<PlanId> id) =>
            id.Bind(Product.Plan).IfNone(() => throw new InvalidOperationException("no such plan"));

        /// <summary>What each waits for.</summary>
        public IList<Option<NextPlan>> Waiting { get; init; } = [];

        public Seq<Resource> Resources => Plans.Select((plan, number) => (Resource)new Resource.Ready(new ResourceProfile(
            new ResourceId($"res_{number}"), Product.Id, "db", Map<string, MetadataValue>(), Some(plan), None, None, CameBackAt)
        {
            NextPlan = Waiting[number],
        })).ToSeq().Strict();

        /// <summary>At the moment, whether it is written down or not.</summary>
        public Option<PlanId> PlanOf(Resource resource) => SettledPlan.Begun(resource, Now).Next.Facts.Plan;

        public Either<TransferRejection, TransferTerms> Terms()
        {
            var resources = Resources;
            var source = new InstallationId("icfg_1");
            var open = new Transfer.Offered(
                new TransferOffer(ClaimId.Of(source, "one"), source, resources.Map(resource => resource.Id), Now, Now.AddDays(1)),
                HashMap<InstallationId, ShownPlan>());
            var catalogue = Catalogue.Of(Seq1(Product), None).IfFail(errors => throw new InvalidOperationException(errors.ToString()));
            return TransferTerms.For(
                open, new Installation.Active(TargetId, Registration, None, Now),
                resources.Map(resource => new TransferCandidate(resource.Id, Some(resource), IsChanging: false)),
                new TargetHoldings(toHashMap(OnPlan.Select(count => ((Product.Id, count.Key.Name), count.Value))), 0, IsUnpaid), catalogue, Now);
        }
    }
}
