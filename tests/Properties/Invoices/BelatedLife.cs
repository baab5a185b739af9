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
using Marketplace.Core.UsageEvents;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;

namespace Marketplace.Properties.Invoices;

/// <summary>Something that a backend reports, and when it does: in time, or weeks later.</summary>
internal sealed record Belated(UsageEvent Usage, DateTimeOffset ArrivesAt);

/// <summary>A worker's look: it may die between closing a period and drafting its invoices, and Vercel may refuse what it sends.</summary>
internal sealed record BelatedLook(DateTimeOffset At, bool Dies, bool IsRefused);

/// <summary>A life whose use is reported by events, in any order and at any time, and worked off by workers that die.</summary>
internal sealed record BelatedLife(InvoicedLife Life, Seq<Belated> Reported, Seq<BelatedLook> Looks)
{
    /// <summary>Everything, worked off in the order of time and at last when all is over.</summary>
    public BelatedBooks Books()
    {
        var books = new BelatedBooks(Life);
        var looks = Looks.Add(new BelatedLook(Life.End, Dies: false, IsRefused: false)).Map(look => (look.At, Do: (Action)(() => books.Look(look))));
        var reports = Reported.Map(one => (At: one.ArrivesAt, Do: (Action)(() => books.Take(one))));
        foreach (var next in reports.Concat(looks).Where(next => next.At <= Life.End).OrderBy(next => next.At))
        {
            next.Do();
        }

        return books;
    }
}

/// <summary>What the store of such a life knows; it forgets nothing when a worker dies.</summary>
internal sealed class BelatedBooks(InvoicedLife life)
{
    private readonly List<(UsageEvent Usage, DateTimeOffset LateIn)> taken = [];
    private DateTimeOffset closedUntil = DateTimeOffset.MinValue;

    public Seq<Invoice> History { get; private set; } = Seq<Invoice>.Empty;

    /// <summary>What was drafted anew though nothing was mended, and says something else.</summary>
    public Seq<(InvoiceContent Before, InvoiceContent Again)> Changed { get; private set; } = Seq<(InvoiceContent, InvoiceContent)>.Empty;

    public bool HasLate => taken.Exists(one => one.LateIn > DateTimeOffset.MinValue);

    public InvoicedInstallation AtTheEnd => Account(life.End, Last.Start);

    /// <summary>What the charges say of everything that was to be billed by now.</summary>
    public Usd Charged => Usd.Sum(life.Periods.Map(period =>
        BillingCharges.For(period, life.Life.NoLaterThan(period.End), AtTheEnd.Billed).Total));

    private BillingPeriod Last => life.Periods.Last;

    public void Take(Belated one)
    {
        var homes = life.Plans.Filter(known => known.Id == one.Usage.Resource)
            .Map(known => new MeteredHome(
                AnyInvoice.Installation, known.Id, life.Product, known.Plans.Map(span => span.Span).Strict(), closedUntil));
        UsageIntake.Judge(one.Usage, [.. homes], LateUsagePolicy.Carry, TimeSpan.FromDays(92), one.ArrivesAt).IfRight(home =>
            taken.Add((one.Usage, home.LateIn(home.Kind(one.Usage.Metric), one.Usage.UsedAt))));
    }

    public void Look(BelatedLook look)
    {
        Mend(look.At);
        while (InvoicesDue.At(Account(look.At, DateTimeOffset.MaxValue), look.At).HeadOrNone().Case is SomeCase<InvoiceDue>(var due))
        {
            var account = Account(look.At, DateTimeOffset.MaxValue);
            if (due is InvoiceDue.PeriodEnd end)
            {
                if (InvoiceDraft.For(account, due, look.At).IsLeft)
                {
                    return;
                }

                closedUntil = end.Final ? DateTimeOffset.MaxValue : end.Period.End > closedUntil ? end.Period.End : closedUntil;
                if (look.Dies)
                {
                    return;
                }

                account = AsClosed(look.At, end.Period);
            }

            var drafted = InvoiceDraft.For(account, due, look.At);
            if (drafted.Case is LeftCase<Seq<InvoiceLimit>, Seq<Transition<Invoice, InvoiceEvent>>>(var limits))
            {
                throw new InvalidOperationException($"{due}: {limits}");
            }

            History = (History + drafted.IfLeft(Seq<Transition<Invoice, InvoiceEvent>>.Empty).Map(one => Sent(one.Next, look))).Strict();
        }
    }

    private static Invoice Sent(Invoice drafted, BelatedLook look) =>
        drafted is Invoice.Drafted && look.IsRefused ? new Invoice.Refused(drafted.Content, Prelude.Seq1("no"), look.At) : drafted;

    /// <summary>Nobody has mended anything: what is drafted anew says the same, whatever has come since.</summary>
    private void Mend(DateTimeOffset now)
    {
        foreach (var refused in History.OfType<Invoice.Refused>())
        {
            InvoiceDraft.Again(AsClosed(now, refused.Content.BillingPeriod), refused.Content)
                .Map(redraft => redraft.Content)
                .Filter(again => (again.Lines, again.Discounts, again.Total) != (refused.Content.Lines, refused.Content.Discounts, refused.Content.Total))
                .IfSome(again => Changed = Changed.Add((refused.Content, again)));
        }
    }

    private InvoicedInstallation AsClosed(DateTimeOffset now, BillingPeriod period)
    {
        var late = taken.Where(one => one.LateIn == period.Start)
            .Select(one => one.Usage.Metric == AnyBilling.Queries.Id
                ? (HourSlot.Of(one.Usage.UsedAt).Start, Lasts: false)
                : (HourSlot.Of(one.Usage.UsedAt.AddTicks(-1)).Start, Lasts: true))
            .ToSeq()
            .Strict();
        return Account(now, period.Start) with
        {
            Late = LateUsage.PeriodsOf(late, period.Start, life.Anchor)
                .Map(earlier => new LateUsage(
                    earlier, Account(now, period.Start.AddTicks(-1)).Billed, Account(now, period.Start).Billed))
                .Strict(),
        };
    }

    /// <summary>By what was taken in time, and what came late for periods that begin by then.</summary>
    private InvoicedInstallation Account(DateTimeOffset now, DateTimeOffset lateIn)
    {
        var known = taken.Where(one => one.LateIn <= lateIn).Select(one => one.Usage).ToList();
        var usage = new MeteredUsage(
            known.Where(one => one.Metric != AnyBilling.Queries.Id).Select(one => new Measurement(one.Resource, one.Metric, one.UsedAt, one.Quantity)).ToSeq().Strict(),
            Seq<MeterHour>.Empty,
            known.Where(one => one.Metric == AnyBilling.Queries.Id).Select(one => new UsageAmount(one.Resource, one.Metric, one.UsedAt, one.Quantity)).ToSeq().Strict());
        return life.At(now, History) with { Billed = life.BilledBy(now, usage) };
    }
}

internal static class AnyBelatedLife
{
    public static readonly Gen<BelatedLife> Life =
        from whole in AnyInvoicedLife.Life
        let life = whole with { Product = WithLevels(whole.Product), Measurements = Seq<Measurement>.Empty }
        from reported in Gen.ListOf(Report(life))
        from looks in Gen.ListOf(
            from hours in Gen.Choose(0, (int)(life.End - life.Life.Start).TotalHours)
            from dies in Gen.Elements(true, false, false)
            from refused in Gen.Elements(true, false, false)
            select new BelatedLook(life.Life.Start.AddHours(hours), dies, refused))
        select new BelatedLife(life, reported.DistinctBy(one => (one.Usage.Resource, one.Usage.Metric, one.Usage.UsedAt)).ToSeq().Strict(), looks.ToSeq().Strict());

    /// <summary>Of a moment of the life, or the very edge of a period, and told at once, days, or months later.</summary>
    private static Gen<Belated> Report(InvoicedLife life) =>
        from resource in Gen.Elements("res_a", "res_b")
        from metric in Gen.Elements(AnyBilling.Queries.Id, AnyBilling.Storage.Id)
        from at in Gen.Frequency(
            (5, AnyTime.In(new TimeRange(life.Life.Start, life.Until))),
            (1, AnyTime.In(new TimeRange(life.Life.Start, life.Until)).Select(moment => BillingPeriod.Containing(moment, life.Anchor).End)))
        from quantity in Gen.Choose(0, 4_000)
        from hours in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 72), Gen.Choose(0, 80 * 24))
        select new Belated(new UsageEvent(new ResourceId(resource), metric, quantity, at), at.AddHours(hours));

    private static Product WithLevels(Product product) =>
        product with
        {
            Plans = product.Plans.Map(plan => plan.Pricing.Metered.IsEmpty ? plan : plan with
            {
                Pricing = plan.Pricing with
                {
                    Metered = plan.Pricing.Metered.Add(new MeteredPrice(AnyBilling.Storage.Id, new Usd(0.000025m), "MB-hours", 10m)),
                },
            }).Strict(),
        };
}
