using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Statements;

/// <summary>One period of one installation from what was measured to what was paid, adding up to the cent or saying where it does not.</summary>
/// <param name="AsOf">What happened later is not in it.</param>
/// <param name="IsClosed">Nothing of it is invoiced any more: its last invoice is made, or the installation has ended without one.</param>
/// <param name="Charges">Without the lines that come to nothing.</param>
/// <param name="Differences">None where everything adds up.</param>
public sealed record Statement(
    InstallationId Installation,
    BillingPeriod Period,
    DateTimeOffset AsOf,
    bool IsClosed,
    Seq<StatedUsage> Usage,
    BillingCharges Charges,
    Seq<StatedInvoice> Invoices,
    Reckoning Reckoning,
    CreditAccount Credits,
    Seq<LedgerPage> Balances,
    Seq<StatedBurn> Burns,
    Seq<Difference> Differences)
{
    public static Statement Of(StatementSources sources, DateTimeOffset now)
    {
        var (period, asOf) = (sources.Period, AsOfIn(sources, now));
        var books = PeriodBooks.Of(period, sources.Invoices.Map(recorded => recorded.Content).Strict(), sources.IsTest, sources.IsFinal);
        var charges = sources.Use.Map(use => BillingCharges.For(period, asOf, use.AtClosing));
        var invoices = sources.Invoices
            .Filter(recorded => recorded.Content.BillingPeriod == period)
            .Map(recorded => StatedInvoice.Of(recorded, sources.Refunds))
            .Strict();
        var burns = sources.Use.Match(use => PrepaidCharges.For(period, asOf, use.Since), _ => Seq<PrepaidCharge>.Empty)
            .Map(charge => StatedBurn.Of(charge, sources.Burns))
            .Strict();
        return new Statement(
            sources.Installation, period, asOf, books.IsClosed,
            sources.Use.Match(use => UsageOf(use.AtClosing, period, asOf, sources.Meters), _ => Seq<StatedUsage>.Empty),
            charges.Match(known => known with { Lines = known.Lines.Filter(line => line.Total > Usd.Zero).Strict() }, _ => BillingCharges.None),
            invoices, Reckon(books, charges, invoices),
            books.Credits with { IsOver = books.IsClosed && sources.Life.End.Exists(end => end <= period.End) }, sources.Pages, burns,
            charges.Match(known => Unbilled(books, known), unknown => [new Difference.ChargesNotKnown(unknown.Reason)])
                .Concat(sources.Use.Match(use => Uncorrected(books, use.Late, sources.Life), _ => []))
                .Concat(invoices.SelectMany(invoice => Wrong(invoice, now)))
                .Concat(books.Lost)
                .Concat(books.Overdrawn)
                .Concat(sources.Pages.SelectMany(Wrong))
                .Concat(books.IsClosed ? burns.SelectMany(Wrong) : [])
                .ToSeq()
                .Strict());
    }

    private static DateTimeOffset AsOfIn(StatementSources sources, DateTimeOffset now)
    {
        var seen = now < sources.Period.End ? now : sources.Period.End;
        return sources.Life.NoLaterThan(seen);
    }

    private static Seq<StatedUsage> UsageOf(BilledInstallation billed, BillingPeriod period, DateTimeOffset asOf, Seq<MeterCount> meters) =>
        MetricUsage.Of(billed, period, UsageDay.Of(asOf < period.End ? asOf : period.LastSecond), asOf)
            .Map(usage => StatedUsage.Of(usage, meters))
            .Strict();

    private static Reckoning Reckon(PeriodBooks books, Either<ChargesUnknown, BillingCharges> charges, Seq<StatedInvoice> invoices)
    {
        var subjects = books.Subjects;
        Usd All(Func<PlanSubject, Usd> amount) => Usd.Sum(subjects.Map(amount));
        var outcome = invoices
            .Filter(invoice => invoice.Invoice.Content.Test.IsSome == books.IsTest)
            .Fold(Outcome.None, (sum, invoice) => sum + invoice.Outcome);
        var reckoning = new Reckoning(
            Usd.Zero, All(books.BilledBefore), All(books.BilledAhead), All(books.Corrections), All(books.OneOffs), All(books.Unused), books.BroughtForward,
            books.Credits.Given, Usd.Zero, outcome);
        // Where nobody knows the charges, the invoices are believed.
        var charged = charges.Match(known => known.Total, _ => reckoning.Difference);
        return reckoning with
        {
            Charged = charged, NotInvoiced = books.IsClosed ? Usd.Zero : charged - reckoning.Difference,
        };
    }

    /// <summary>As long as a period is not closed, something is still to come.</summary>
    private static IEnumerable<Difference> Unbilled(PeriodBooks books, BillingCharges charges) =>
        !books.IsClosed
            ? []
            : charges.Lines.Map(line => line.Subject)
                .Concat(books.Subjects)
                .Distinct()
                .Select(subject => new Difference.OfCharges(
                    subject, Charged(charges, subject),
                    books.First(subject) + books.BilledBefore(subject) - books.BilledAhead(subject) - books.Corrections(subject)
                        - books.OneOffs(subject) - books.Unused(subject)))
                .Where(difference => difference.Amount != Usd.Zero);

    private static IEnumerable<Difference> Uncorrected(PeriodBooks books, Seq<LateUsage> usage, Lifetime life)
    {
        var late = usage.Map(one => one.Corrections(life)).ToList();
        Usd Late(PlanSubject subject) =>
            Usd.Sum(late.SelectMany(one => one.More).Where(line => line.Subject == subject).Select(line => line.Total))
            - Usd.Sum(late.SelectMany(one => one.Less).Where(credit => credit.Source.Subject == subject).Select(credit => credit.Amount));
        return !books.IsClosed
            ? []
            : late.SelectMany(one => one.More.Select(line => line.Subject).Concat(one.Less.Select(credit => credit.Source.Subject)))
                .Concat(books.Subjects)
                .Distinct()
                .Select(subject => new Difference.OfCorrections(subject, Late(subject), books.Corrections(subject) - books.Corrected(subject)))
                .Where(difference => difference.Amount != Usd.Zero);
    }

    private static Usd Charged(BillingCharges charges, PlanSubject subject) =>
        Usd.Sum(charges.Lines.Filter(line => line.Subject == subject).Map(line => line.Total))
        - Usd.Sum(charges.Discounts.Filter(discount => discount.Subject == subject).Map(discount => discount.Amount));

    private static IEnumerable<Difference> Wrong(StatedInvoice invoice, DateTimeOffset now)
    {
        var (id, recorded, said) = (invoice.Invoice.Content.ExternalId, invoice.Recorded.Total, invoice.Invoice.Content.Total);
        if (recorded != said)
        {
            yield return new Difference.OfInvoice(id, recorded, said);
        }

        if (invoice.Invoice is Invoice.Known silent && silent.IsSilent(now))
        {
            yield return new Difference.OutcomeNotTold(id, silent.KnownSince);
        }

        if (invoice.Outcome.Refunded > said)
        {
            yield return new Difference.OfRefunds(id, said, invoice.Outcome.Refunded);
        }
    }

    private static IEnumerable<Difference> Wrong(LedgerPage page)
    {
        var entered = page.Opening + Usd.Sum(page.Entries.Map(entry => entry.Amount));
        if (entered != page.Closing)
        {
            yield return new Difference.OfBalance(page.Balance, entered, page.Closing);
        }
    }

    private static IEnumerable<Difference> Wrong(StatedBurn burn)
    {
        if (burn.Left != Usd.Zero)
        {
            yield return new Difference.OfBurn(burn.Use, burn.Charged, burn.Burnt);
        }
    }
}
