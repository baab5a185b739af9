using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;

namespace Marketplace.Properties.Invoices;

/// <summary>An installation from its install to its end or to a day on which somebody adds up, with plans of every kind.</summary>
/// <param name="Plans">Of each resource, with gaps where it was given away and came back.</param>
/// <param name="Until">Everything that is told happened before.</param>
internal sealed record InvoicedLife(
    Lifetime Life, BillingAnchor Anchor, SmallTotalPolicy SmallTotals, Product Product, Seq<(ResourceId Id, Seq<PlanPeriod> Plans)> Plans,
    Seq<Measurement> Measurements, DateTimeOffset Until)
{
    /// <summary>When all that can still be invoiced is: no hour is waited for any more.</summary>
    public DateTimeOffset End => BillingPeriod.Containing(Until, Anchor).End.AddDays(3);

    public Seq<BillingPeriod> Periods =>
        TimeRange.Between(Life.Start, Life.NoLaterThan(End.AddDays(-3)))
            .Match(lived => BillingPeriod.Overlapping(lived, Anchor), () => Seq<BillingPeriod>.Empty);

    /// <summary>What the charges say, once all is known.</summary>
    public Usd Charged => Usd.Sum(Periods.Map(period => BillingCharges.For(period, Life.NoLaterThan(period.End), Known(End)).Total));

    /// <summary>Somebody looks at these moments, and at last when all is over.</summary>
    public Seq<Invoice> Invoiced(IEnumerable<DateTimeOffset> looks, Option<InvoiceTest> test = default) =>
        looks.Order().Append(End).Aggregate(Seq<Invoice>.Empty, (history, now) => Looked(history, now, test));

    /// <summary>The same where the provider charges something beside the plans, as soon as what is due by then is made; and what it could charge.</summary>
    public (Seq<Invoice> History, Seq<ChargeOnce> Charged) Invoiced(
        IEnumerable<DateTimeOffset> looks, IEnumerable<(DateTimeOffset At, ChargeOnce Asked)> charges)
    {
        var (history, done) = (Seq<Invoice>.Empty, Seq<ChargeOnce>.Empty);
        foreach (var (at, asked) in looks.Append(End).Select(at => (at, asked: (ChargeOnce?)null)).Concat(charges.Select(one => (at: one.At, asked: (ChargeOnce?)one.Asked))).OrderBy(one => one.at))
        {
            history = Looked(history, at, default);
            asked?.Decide(At(at, history), at).IfRight(made =>
            {
                history = history.Add(made.Next);
                done = done.Add(asked);
            });
        }

        return (history, done);
    }

    /// <summary>What the store holds at a moment.</summary>
    public InvoicedInstallation At(DateTimeOffset now, Seq<Invoice> history) =>
        new(AnyInvoice.Installation, Life.AsOf(now), Anchor, Known(now), history, Seq<UsageSlot>.Empty) { SmallTotals = SmallTotals };

    private Seq<Invoice> Looked(Seq<Invoice> history, DateTimeOffset now, Option<InvoiceTest> test)
    {
        while (InvoicesDue.At(At(now, history) with { Test = test }, now).HeadOrNone().Case is SomeCase<InvoiceDue>(var due))
        {
            var drafted = InvoiceDraft.For(At(now, history) with { Test = test }, due, now);
            if (drafted.Case is LeftCase<Seq<InvoiceLimit>, Seq<Transition<Invoice, InvoiceEvent>>>(var limits))
            {
                // An hour that can still be told is waited for. Nothing else may ever stand against a draft.
                return limits.ForAll(limit => limit is InvoiceLimit.UsageNotReported) && now < End
                    ? history
                    : throw new InvalidOperationException($"{due}: {limits}");
            }

            history = (history + drafted.IfLeft(Seq<Transition<Invoice, InvoiceEvent>>.Empty).Map(one => one.Next)).Strict();
        }

        return history;
    }

    private BilledInstallation Known(DateTimeOffset now) =>
        BilledBy(now, MeteredUsage.Of(Measurements.Filter(read => read.MeasuredAt <= now).Strict()));

    /// <summary>What is known of its plans, with what it has used.</summary>
    public BilledInstallation BilledBy(DateTimeOffset now, MeteredUsage usage) =>
        BilledInstallation.PerResource(Plans
            .Map(one => (one.Id, Plans: one.Plans
                .Filter(span => span.Start <= now)
                .Map(span => span with { End = span.End.Filter(end => end <= now) })
                .Strict()))
            .Filter(one => !one.Plans.IsEmpty)
            .Map(one => BilledResource.Of(
                    one.Id, one.Id.Value, Product, Option<InstallationBilling>.None, one.Plans, usage)
                .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString())))
            .Strict());
}

internal static class AnyInvoicedLife
{
    private static readonly PlanId[] Plans = [AnyBilling.Free, AnyBilling.Pro, AnyBilling.Pro, AnyBilling.Team, AnyBilling.Prepaid];

    /// <summary>Pro is billed in advance, team in arrears; both may have any of the other prices.</summary>
    private static readonly Gen<Product> Product =
        from pro in Plan(AnyBilling.Pro, BaseBilling.Advance)
        from team in Plan(AnyBilling.Team, BaseBilling.Arrears)
        select AnyBilling.ProductOf(
            AnyBilling.PlanOf(AnyBilling.Free, 0m), pro, team,
            AnyBilling.PlanOf(AnyBilling.Prepaid, 0m, new MeteredPrice(AnyBilling.Queries.Id, new Usd(0.01m), "queries", 0m)) with
            {
                Type = PlanType.Prepayment,
            });

    public static readonly Gen<InvoicedLife> Life =
        from start in AnyTime.Moment
        from anchor in Gen.OneOf(AnyTime.Anchor, Gen.Constant(BillingAnchor.Anniversary(start)))
        from days in Gen.Choose(1, 110)
        let until = start.AddDays(days)
        from end in Gen.OneOf(Gen.Constant(Option<DateTimeOffset>.None), AnyTime.In(new TimeRange(start.AddSeconds(1), until)).Select(Prelude.Some))
        let lived = new TimeRange(start, end.IfNone(until))
        from policy in Gen.Elements(SmallTotalPolicy.Carry, SmallTotalPolicy.Waive)
        from product in Product
        from one in Spans("res_a", lived, anchor, end.IsSome)
        from two in Spans("res_b", lived, anchor, end.IsSome)
        from readings in Gen.ListOf(
            from resource in Gen.Elements("res_a", "res_b")
            from at in AnyTime.In(lived)
            from value in Gen.Choose(0, 4_000)
            select new Measurement(new ResourceId(resource), AnyBilling.Queries.Id, at, value))
        select new InvoicedLife(
            new Lifetime(start, end), anchor, policy, product, Prelude.Seq(one, two),
            readings.DistinctBy(read => (read.Resource, read.MeasuredAt)).ToSeq().Strict(), until);

    /// <summary>When a worker looks: mostly in time, now and then days late.</summary>
    public static Gen<DateTimeOffset[]> Looks(InvoicedLife life) =>
        from hours in Gen.ListOf(Gen.Choose(0, (int)(life.End - life.Life.Start).TotalHours))
        select hours.Select(after => life.Life.Start.AddHours(after)).ToArray();

    /// <summary>Changes of plan, of choices, and back; now and then at the very edge of a period; and time away.</summary>
    private static Gen<(ResourceId Id, Seq<PlanPeriod> Plans)> Spans(string id, TimeRange lived, BillingAnchor anchor, bool ends) =>
        from moments in Gen.ListOf(Gen.Frequency(
            (4, AnyTime.In(lived)),
            (1, AnyTime.In(lived).Select(at => BillingPeriod.Containing(at, anchor).Start)),
            (1, AnyTime.In(lived).Select(at => at.AddSeconds(40)))), 6)
        from plans in Gen.ListOf(Gen.OneOf(Gen.Constant(Option<PlanId>.None), Gen.Elements(Plans).Select(Prelude.Some)), 6)
        from metadata in Gen.ListOf(Gen.OneOf(Gen.Constant(Map<string, MetadataValue>.Empty), AnyBilling.Metadata), 6)
        let ordered = moments.Where(at => at >= lived.Start && at < lived.End).Distinct().Order().ToArray()
        select (new ResourceId(id), ordered
            .Select((at, i) => (Start: at, End: i + 1 < ordered.Length ? ordered[i + 1] : lived.End, Plan: plans[i], Metadata: metadata[i], IsLast: i + 1 == ordered.Length))
            .SelectMany(span => span.Plan.Map(plan => new PlanPeriod(
                PlanSubject.Of(new ResourceId(id)), new PlanTerms(plan, span.Metadata), span.Start,
                span.IsLast && !ends ? Option<DateTimeOffset>.None : span.End)))
            .ToSeq()
            .Strict());

    private static Gen<BillingPlan> Plan(PlanId id, BaseBilling billed) =>
        from cents in Gen.OneOf(Gen.Constant(0), Gen.Constant(30), Gen.Choose(0, 9_000))
        from oneTime in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 2_000))
        from minimum in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 3_000))
        from millionths in Gen.Choose(0, 20_000)
        from included in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 2_000))
        from percent in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 100))
        from off in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 4_000))
        from periods in Gen.OneOf(Gen.Constant(Option<int>.None), Gen.Choose(1, 3).Select(Prelude.Some))
        from choice in Gen.Choose(0, 3_000)
        let plan = AnyBilling.PlanOf(
            id, cents / 100m, new MeteredPrice(AnyBilling.Queries.Id, new Usd(millionths / 1_000_000m), "queries", included))
        select plan with
        {
            Pricing = plan.Pricing with
            {
                Billed = billed,
                OneTime = new Usd(oneTime / 100m),
                Minimum = new Usd(minimum / 100m),
                Choices = Prelude.Seq1<ChoicePrice>(new ChoicePrice.PerValue("size", Prelude.Map(("large", new Usd(choice / 100m))))),
                Discounts = Prelude.Seq<Discount>(
                        new Discount("Partner", new DiscountValue.Percent(Math.Max(1, percent)), periods),
                        new Discount("Welcome", new DiscountValue.Amount(new Usd(Math.Max(1, off) / 100m)), periods))
                    .Filter(discount => discount.Value is DiscountValue.Percent ? percent > 0 : off > 0)
                    .Strict(),
            },
        };
}
