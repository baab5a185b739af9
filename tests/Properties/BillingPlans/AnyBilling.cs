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

/// <summary>One resource around one period: its plans, what was measured, and a moment at which somebody looks.</summary>
internal sealed record BillingStory(
    BillingPeriod Period,
    Product Product,
    PlanPeriods Plans,
    Seq<Measurement> Measurements,
    DateTimeOffset AsOf)
{
    public ResourceId Id => ((PlanSubject.Resource)Plans.Subject).Id;

    public BilledResource Resource => ResourceOf(Measurements);

    public Seq<BillingLine> Lines => LinesAt(AsOf);

    public BillingCharges Charges => ChargesAt(AsOf);

    public BillingCharges ChargesAt(DateTimeOffset asOf) => BillingCharges.For(Period, asOf, BilledInstallation.PerResource(Prelude.Seq1(Resource)));

    public Seq<BillingLine> LinesAt(DateTimeOffset asOf) => BillingLines.For(Period, asOf, BilledInstallation.PerResource(Prelude.Seq1(Resource)));

    public Seq<Allowance> Allowances => BillingLines.Allowances(Period, AsOf, BilledInstallation.PerResource(Prelude.Seq1(Resource)));

    public BilledResource ResourceOf(Seq<Measurement> measurements) =>
        BilledResource.Of(Id, "my-db", Product, Option<InstallationBilling>.None, Plans.Spans, measurements)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    /// <summary>With another plan in between, or away for a while: other choices on the same plan are no break.</summary>
    public bool IsTakenAgain(PlanId plan) =>
        Plans.Spans.Zip(Plans.Spans.Tail).Count(pair =>
                pair.Item2.Plan == plan && (pair.Item1.Plan != plan || pair.Item1.End != Prelude.Some(pair.Item2.Start)))
            + (Plans.Spans.Head.Plan == plan ? 1 : 0) > 1;

    /// <summary>Whether what a plan comes to can only grow: nothing included comes back, and nothing paid in advance is given back.</summary>
    public bool OnlyGrows(PlanId id) =>
        !IsTakenAgain(id) && Product.Plan(id).ForAll(plan => plan.Pricing.Billed == BaseBilling.Arrears);

    public TimeRange Elapsed => new(Period.Start, AsOf < Period.End ? AsOf : Period.End);
}

/// <summary>Products with two plans that cost, one that is free and one that is paid before use; and stories of their resources.</summary>
internal static class AnyBilling
{
    public static readonly PlanId Free = new("free");
    public static readonly PlanId Pro = new("pro");
    public static readonly PlanId Team = new("team");
    public static readonly PlanId Prepaid = new("prepaid");

    public static readonly Metric Storage = new(new MetricId("storage"), "Storage", MetricKind.Total, "MB");
    public static readonly Metric Queries = new(new MetricId("queries"), "Queries", MetricKind.Interval, "queries");
    public static readonly Metric Load = new(new MetricId("load"), "Load", MetricKind.Rate, "queries/s");

    public static readonly Gen<PlanId> PlanId = Gen.Elements(Free, Pro, Team, Prepaid);

    /// <summary>A slider and a choice of sizes, which the plans that cost may price.</summary>
    public static readonly MetadataSchema Form = new(Prelude.Seq(
        Field("disk", "Disk", new MetadataControl.Slider(NumberLimits.None with { Min = 0m, Max = 1000m }, Option<Seq<decimal>>.None)),
        Field("size", "Size", new MetadataControl.Select(Prelude.Seq("small", "large"), Option<string>.None))));

    /// <summary>What was chosen; now and then nothing.</summary>
    public static readonly Gen<Map<string, MetadataValue>> Metadata =
        from disk in Gen.OneOf(Gen.Constant(Option<decimal>.None), Gen.Choose(0, 2000).Select(half => Prelude.Some(half / 2m)))
        from size in Gen.Elements(Option<string>.None, Prelude.Some("small"), Prelude.Some("large"))
        select Prelude.toMap(
            disk.Map(gigabytes => ("disk", (MetadataValue)new MetadataValue.Numbers(Prelude.Seq1(gigabytes)))).ToSeq()
            + size.Map(one => ("size", (MetadataValue)new MetadataValue.Text(one))).ToSeq());

    public static readonly Gen<PlanTerms> Terms =
        from plan in PlanId from metadata in Gen.OneOf(Gen.Constant(Map<string, MetadataValue>.Empty), Metadata) select new PlanTerms(plan, metadata);

    public static readonly Gen<Product> Product =
        from pro in Plan(Pro)
        from team in Plan(Team)
        select ProductOf(Costless(Free), pro, team, pro with { Id = Prepaid, Type = PlanType.Prepayment });

    public static readonly Gen<BillingStory> Story = StoryOf(
        from resource in Gen.Elements("res_1", "res_2") select new ResourceId(resource));

    /// <summary>A few resources of one product in one period, each with its own life.</summary>
    public static readonly Gen<(BillingPeriod Period, DateTimeOffset AsOf, BillingStory[] Stories)> Stories =
        from one in StoryOf(Gen.Constant(new ResourceId("res_b")))
        from two in StoryOf(Gen.Constant(new ResourceId("res_a")))
        from three in StoryOf(Gen.Constant(new ResourceId("res_c")))
        select (one.Period, one.AsOf, new[] { one, two, three });

    public static BillingPlan PlanOf(PlanId id, decimal monthly, params MeteredPrice[] metered) =>
        new(id, PlanType.Subscription, id.Value, id.Value, PlanScope.Resource, monthly > 0m || metered.Length > 0,
            new Pricing(new Usd(monthly), metered.ToSeq().Strict()),
            new PlanDisplay(
                Option<string>.None, LanguageExt.Seq<PlanDetail>.Empty, LanguageExt.Seq<PlanDetail>.Empty, Option<Usd>.None,
                Option<Usd>.None, Option<Usd>.None, Option<Usd>.None, Option<Usd>.None, Disabled: false),
            Option<int>.None, LanguageExt.Map<string, string>.Empty);

    public static Product ProductOf(params BillingPlan[] plans) =>
        new(new ProductId("acme-postgres"), "Acme Postgres", "postgres",
            Form,
            Prelude.Seq(Storage, Queries, Load), plans.ToSeq().Strict());

    /// <summary>A plan as it is when nothing was chosen.</summary>
    public static PlanTerms On(PlanId plan) => new(plan, Map<string, MetadataValue>.Empty);

    private static MetadataField Field(string key, string label, MetadataControl control) =>
        new(key, label, control, Required: false, FieldRule.Never, FieldRule.Never);

    private static BillingPlan Costless(PlanId id) => PlanOf(id, 0m);

    private static Gen<BillingPlan> Plan(PlanId id) =>
        from cents in Gen.OneOf(Gen.Choose(0, 100_000), Gen.Constant(1900))
        from storage in Metered(Storage.Id, "MB-hours")
        from queries in Metered(Queries.Id, "queries")
        from load in Metered(Load.Id, "queries/s-hours")
        from choices in Gen.OneOf(Gen.Constant(Seq<ChoicePrice>.Empty), Choices)
        from around in AnyPricing.Around
        let plan = PlanOf(id, cents / 100m, storage, queries, load)
        select plan with { Pricing = around(plan.Pricing) with { Choices = choices } };

    private static Gen<Seq<ChoicePrice>> Choices =>
        from thousandths in Gen.Choose(0, 500)
        from included in Gen.Choose(0, 100)
        from cents in Gen.Choose(0, 5_000)
        select Prelude.Seq<ChoicePrice>(
            new ChoicePrice.PerUnit("disk", new Usd(thousandths / 1000m), "GB", included),
            new ChoicePrice.PerValue("size", Prelude.Map(("large", new Usd(cents / 100m)))));

    private static Gen<MeteredPrice> Metered(MetricId metric, string units) =>
        from price in AnyPricing.Rising
        from included in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 20_000))
        select new MeteredPrice(metric, price, units, included);

    private static Gen<BillingStory> StoryOf(Gen<ResourceId> id) =>
        from resource in id
        from period in AnyTime.Period
        from product in Product
        let around = new TimeRange(period.Start.AddDays(-20), period.End.AddDays(3))
        from plans in Plans(resource, around)
        from measurements in Measurements(resource, new TimeRange(period.Start.AddDays(-2), period.End.AddDays(2)))
        from asOf in Gen.OneOf(AnyTime.In(period.Range), Gen.Constant(period.End))
        select new BillingStory(
            period, product, plans, measurements, asOf);

    /// <summary>Plan after plan; now and then the resource is away for a while, or for good.</summary>
    private static Gen<PlanPeriods> Plans(ResourceId resource, TimeRange around) =>
        from first in Terms
        from steps in Gen.ListOf(Gen.Frequency((3, Terms.Select(Prelude.Some)), (1, Gen.Constant(Option<PlanTerms>.None))), 5)
        from moments in Gen.ListOf(AnyTime.In(around), 6)
        from changes in Gen.Choose(0, 5)
        let ordered = moments.Distinct().Order().ToList()
        select ordered.Skip(1).Zip(steps).Take(changes).Aggregate(
            PlanPeriods.Open(resource, first, ordered[0]),
            (known, step) => Accepted(step.Item2.Match(
                Some: terms => known.Return(terms, step.Item1), None: () => known.Close(step.Item1))));

    private static PlanPeriods Accepted(Either<PlanPeriodRejection, PlanPeriods> answer) =>
        answer.IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

    private static Gen<Seq<Measurement>> Measurements(ResourceId resource, TimeRange around) =>
        from readings in Gen.ListOf(
            from metric in Gen.Elements(Storage.Id, Queries.Id, Load.Id)
            from at in AnyTime.In(around)
            from eighths in Gen.Choose(0, 8_000)
            select new Measurement(resource, metric, at, eighths / 8m))
        select readings.ToSeq().Strict();
}
