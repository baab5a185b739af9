using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Time;

namespace Marketplace.Core.Statements;

/// <summary>
/// What the invoices say of one period. What was carried from one invoice to another is on both of them; it counts with the period in
/// which it was invoiced first.
/// </summary>
internal sealed class PeriodBooks
{
    private readonly BillingPeriod period;
    private readonly Seq<InvoiceContent> known;
    private readonly Seq<InvoiceContent> own;
    private readonly Seq<InvoiceContent> carried;

    private PeriodBooks(BillingPeriod period, Seq<InvoiceContent> known, bool isTest, bool isFinal)
    {
        (this.period, this.known, IsTest) = (period, known, isTest);
        own = known.Filter(content => content.BillingPeriod == period).Strict();
        carried = CarriedTo(own);
        IsClosed = isFinal || own.Exists(content => content.ClosesPeriod);
    }

    public bool IsTest { get; }

    /// <summary>Nothing of the period is invoiced any more.</summary>
    public bool IsClosed { get; }

    /// <summary>Tests and real invoices know nothing of each other: those count that closed the period.</summary>
    /// <param name="isTest">Which are made now, for a period that is not closed.</param>
    /// <param name="isFinal">Nothing of any period is invoiced any more.</param>
    public static PeriodBooks Of(BillingPeriod period, Seq<InvoiceContent> invoices, bool isTest, bool isFinal)
    {
        var closing = invoices.Find(content => content.BillingPeriod == period && content.ClosesPeriod);
        var counts = closing.Match(content => content.Test.IsSome, () => isTest);
        return new PeriodBooks(period, invoices.Filter(content => content.Test.IsSome == counts).Strict(), counts, isFinal);
    }

    /// <summary>Everybody who is billed, or was.</summary>
    public Seq<PlanSubject> Subjects =>
        known.SelectMany(content => content.Bills.Select(who => who.Subject).Concat(content.Granted.Select(credit => credit.Source.Subject)))
            .Distinct()
            .ToSeq()
            .Strict();

    /// <summary>On the invoices of the period and on none before, without what is given back.</summary>
    public Usd First(PlanSubject subject) => Net(own, subject) - Net(carried, subject);

    public Usd BilledBefore(PlanSubject subject) => Net(
        known.Filter(content => content.BillingPeriod.Start < period.Start).Strict(), subject,
        start => start.Exists(period.Contains), (content, start) => start.Exists(at => at >= content.BillingPeriod.End));

    public Usd BilledAhead(PlanSubject subject) => Net(own, subject, start => start.Exists(at => at >= period.End), (_, _) => true);

    public Usd Corrections(PlanSubject subject) => Corrected(own, subject) - Corrected(carried, subject);

    /// <summary>Beside the plans.</summary>
    public Usd OneOffs(PlanSubject subject) => OfKind(own, subject, LineKind.OneOff);

    public Usd Unused(PlanSubject subject) => Granted(subject, CreditKind.Unused);

    /// <summary>Of corrections by which an earlier period became cheaper.</summary>
    public Usd Corrected(PlanSubject subject) => Granted(subject, CreditKind.Correction);

    public Usd BroughtForward => Usd.Sum(carried.Map(content => content.Total));

    public CreditAccount Credits
    {
        get
        {
            var before = known.Filter(content => content.BillingPeriod.Start < period.Start).Strict();
            return new CreditAccount(
                Granted(before) - Given(before, CarriedTo(before)), Granted(own), Given(own, carried));
        }
    }

    /// <summary>Where more was given back than there was, up to the end of the period.</summary>
    public IEnumerable<Difference> Overdrawn
    {
        get
        {
            var made = known.Filter(content => content.BillingPeriod.Start <= period.Start).Strict();
            var again = CarriedTo(made).Bind(content => content.Credits).ToLookup(use => use.Source, use => use.Amount);
            var given = made.Bind(content => content.Credits).ToLookup(use => use.Source, use => use.Amount);
            var granted = made.Bind(content => content.Granted).ToLookup(credit => credit.Source, credit => credit.Amount);
            return given
                .Select(same => (Source: same.Key, Granted: Usd.Sum(granted[same.Key]), Given: Usd.Sum(same) - Usd.Sum(again[same.Key])))
                .Where(one => one.Given > one.Granted)
                .Select(one => new Difference.OfCredit(one.Source, one.Granted, one.Given));
        }
    }

    /// <summary>What the invoices of the period have taken over and do not say.</summary>
    public IEnumerable<Difference> Lost
    {
        get
        {
            var found = own.Filter(content => content.ClosesPeriod).Bind(content => content.Lines).ToList();
            return carried
                .Select(content => new Difference.OfCarried(
                    content.ExternalId, Usd.Sum(content.Lines.Map(line => line.Total)),
                    Usd.Sum(content.Lines.Where(line => Take(found, line)).Select(line => line.Total))))
                .Where(difference => difference.Amount != Usd.Zero)
                .ToList();
        }
    }

    /// <summary>The same line, which may be billed by another plan of its subject; its details then say so at their end.</summary>
    private static bool Take(List<BillingLine> found, BillingLine line)
    {
        var at = found.FindIndex(other =>
            (other.Subject, other.Kind, other.Name, other.Total) == (line.Subject, line.Kind, line.Name, line.Total)
            && other.Details.StartsWith(line.Details, StringComparison.Ordinal));
        if (at >= 0)
        {
            found.RemoveAt(at);
        }

        return at >= 0;
    }

    private Seq<InvoiceContent> CarriedTo(Seq<InvoiceContent> invoices)
    {
        var names = invoices.Bind(content => content.Carries).ToHashSet();
        return known.Filter(content => names.Contains(content.ExternalId)).Strict();
    }

    private Usd Granted(PlanSubject subject, CreditKind kind) =>
        Usd.Sum(own.Bind(content => content.Granted)
            .Filter(credit => credit.Source.Kind == kind && credit.Source.Subject == subject)
            .Map(credit => credit.Amount));

    private static Usd Granted(Seq<InvoiceContent> invoices) =>
        Usd.Sum(invoices.Bind(content => content.Granted).Map(credit => credit.Amount));

    private static Usd Given(Seq<InvoiceContent> invoices, Seq<InvoiceContent> again) =>
        Usd.Sum(invoices.Bind(content => content.Credits).Map(use => use.Amount))
        - Usd.Sum(again.Bind(content => content.Credits).Map(use => use.Amount));

    private static Usd Net(Seq<InvoiceContent> invoices, PlanSubject subject) => Net(invoices, subject, _ => true, (_, _) => true);

    /// <summary>Lines without discounts of those whose time is meant.</summary>
    private static Usd Net(
        Seq<InvoiceContent> invoices, PlanSubject subject, Func<Option<DateTimeOffset>, bool> isMeant,
        Func<InvoiceContent, Option<DateTimeOffset>, bool> isMeantThere) =>
        Usd.Sum(invoices.SelectMany(content => content.Lines
            .Filter(line => line.Subject == subject && isMeant(line.Start) && isMeantThere(content, line.Start))
            .Map(line => line.Total)))
        - Usd.Sum(invoices.SelectMany(content => content.Discounts
            .Filter(discount => discount.Subject == subject && isMeant(discount.Start) && isMeantThere(content, discount.Start))
            .Map(discount => discount.Amount)));

    private static Usd Corrected(Seq<InvoiceContent> invoices, PlanSubject subject) => OfKind(invoices, subject, LineKind.Correction);

    private static Usd OfKind(Seq<InvoiceContent> invoices, PlanSubject subject, LineKind kind) =>
        Usd.Sum(invoices.Bind(content => content.Lines)
            .Filter(line => line.Subject == subject && line.Kind == kind)
            .Map(line => line.Total));
}
