using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;

namespace Marketplace.Properties.BillingPlans;

/// <summary>An installation that is billed as a whole, around one period, with resources that come, go, and take plans of their own.</summary>
/// <param name="Plans">Of the installation.</param>
internal sealed record WholeStory(
    BillingPeriod Period, Catalogue Catalogue, PlanPeriods Plans, Seq<CoveredStory> Resources, DateTimeOffset AsOf)
{
    public TimeRange Elapsed => new(Period.Start, AsOf < Period.End ? AsOf : Period.End);

    public Seq<BillingLine> Lines => LinesOf(Resources);

    public Seq<BillingPlan> WholePlans => Catalogue.InstallationBilling.Map(billing => billing.Plans).IfNone(Prelude.Seq<BillingPlan>());

    public BilledInstallation Billed => BilledOf(Resources);

    public Seq<BillingLine> LinesOf(Seq<CoveredStory> resources) => BillingLines.For(Period, AsOf, BilledOf(resources));

    public BilledInstallation BilledOf(Seq<CoveredStory> resources) =>
        BilledInstallation.Of("Blue Whale", Catalogue, Plans.Spans, resources.Map(BilledOf).Strict())
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    private BilledResource BilledOf(CoveredStory one) =>
        BilledResource.Of(one.Id, one.Id.Value, Catalogue.Products.Head, Catalogue.InstallationBilling, one.Plans.Spans, one.Measurements)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
}

/// <param name="Plans">The installation's while it covers the resource, and then perhaps one of its own.</param>
internal sealed record CoveredStory(ResourceId Id, PlanPeriods Plans, Seq<Measurement> Measurements);

internal static class AnyWholeInstallation
{
    public static readonly PlanId Starter = new("starter");
    public static readonly PlanId Company = new("company");
    public static readonly PlanId Group = new("group");

    public static readonly Gen<WholeStory> Story =
        from period in AnyTime.Period
        let around = new TimeRange(period.Start.AddDays(-20), period.End.AddDays(3))
        from product in AnyBilling.Product
        from company in Priced(Company)
        from grouped in Priced(Group)
        let catalogue = CatalogueOf(product, company, grouped)
        from begun in AnyTime.In(new TimeRange(around.Start, period.Start.AddDays(10)))
        from changes in Changes(around)
        let plans = changes.Aggregate(
            PlanPeriods.Open(PlanSubject.WholeInstallation, AnyBilling.On(Starter), begun),
            (known, change) => change.At > begun ? Accepted(known.Change(AnyBilling.On(change.Plan), change.At)) : known)
        from count in Gen.Choose(0, 3)
        from resources in Gen.CollectToList(
            Enumerable.Range(1, count), number => Covered(new ResourceId($"res_{number}"), plans, new TimeRange(begun, around.End)))
        from asOf in Gen.OneOf(AnyTime.In(period.Range), Gen.Constant(period.End))
        select new WholeStory(period, catalogue, plans, resources.ToSeq().Strict(), asOf);

    public static Catalogue CatalogueOf(Product product, params BillingPlan[] whole) =>
        Catalogue.Of(
                Prelude.Seq1(product with { Plans = product.Plans.Map(Sold).Strict() }),
                new InstallationBilling(
                    whole.Prepend(AnyBilling.PlanOf(Starter, 0m)).Select(plan => plan with { Scope = PlanScope.Installation }).ToSeq().Strict(),
                    Starter))
            .Match(Succ: catalogue => catalogue, Fail: errors => throw new InvalidOperationException(string.Join("; ", errors)));

    private static BillingPlan Sold(BillingPlan plan) => plan.Type == PlanType.Prepayment
        ? plan with { Pricing = Pricing.Free with { Metered = plan.Pricing.Metered }, PaymentMethodRequired = true }
        : plan;

    private static Gen<BillingPlan> Priced(PlanId id) =>
        from cents in Gen.Choose(0, 100_000)
        from storage in Metered(AnyBilling.Storage.Id, "MB-hours")
        from queries in Metered(AnyBilling.Queries.Id, "queries")
        from load in Metered(AnyBilling.Load.Id, "queries/s-hours")
        select AnyBilling.PlanOf(id, cents / 100m, storage, queries, load);

    private static Gen<MeteredPrice> Metered(MetricId metric, string units) =>
        from millionths in Gen.Choose(1, 3_000_000)
        from included in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 20_000))
        select new MeteredPrice(metric, new Usd(millionths / 1_000_000m), units, included);

    private static Gen<IEnumerable<(DateTimeOffset At, PlanId Plan)>> Changes(TimeRange around) =>
        from moments in Gen.ListOf(AnyTime.In(around), 3)
        from plans in Gen.ListOf(Gen.Elements(Starter, Company, Group), 3)
        select moments.Order().Zip(plans);

    /// <summary>Born under the installation's plan, which it follows until it takes one of its own, or dies.</summary>
    private static Gen<CoveredStory> Covered(ResourceId id, PlanPeriods whole, TimeRange life) =>
        from moments in Gen.ListOf(AnyTime.In(life), 3)
        from takesOwn in Gen.Elements(true, false)
        from dies in Gen.Elements(true, false)
        from own in AnyBilling.PlanId
        from readings in Gen.ListOf(
            from metric in Gen.Elements(AnyBilling.Storage.Id, AnyBilling.Queries.Id, AnyBilling.Load.Id)
            from at in AnyTime.In(life)
            from eighths in Gen.Choose(0, 8_000)
            select new Measurement(id, metric, at, eighths / 8m))
        let ordered = moments.Order().ToList()
        let plans = Timeline(id, whole, ordered[0], takesOwn ? (own, ordered[1]) : null, dies ? ordered[2] : null)
        where !plans.Spans.IsEmpty
        select new CoveredStory(id, plans, readings.ToSeq().Strict());

    private static PlanPeriods Timeline(
        ResourceId id, PlanPeriods whole, DateTimeOffset born, (PlanId Plan, DateTimeOffset From)? own, DateTimeOffset? died)
    {
        var coveredUntil = own?.From ?? died ?? DateTimeOffset.MaxValue;
        var plans = whole.Spans
            .Filter(span => span.Start > born && span.Start < coveredUntil)
            .Fold(
                PlanPeriods.Open(id, AnyBilling.On(whole.ActiveAt(born).IfNone(Starter)), born),
                (known, span) => Accepted(known.Change(span.Terms, span.Start)));
        if (own is { } taken)
        {
            plans = Accepted(plans.Change(AnyBilling.On(taken.Plan), taken.From));
        }

        return died is { } at ? Accepted(plans.Close(at)) : plans;
    }

    private static PlanPeriods Accepted(Either<PlanPeriodRejection, PlanPeriods> answer) =>
        answer.IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
}
