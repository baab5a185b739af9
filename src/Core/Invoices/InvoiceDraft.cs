using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>The birth of invoices: all that is billed of a period, or of plans that were taken up.</summary>
public static class InvoiceDraft
{
    /// <summary>
    /// Drafts what is due, or skips what comes to less than <see cref="Invoice.MinimumTotal"/>. Refused with all that speaks against it;
    /// the usage of a period has to be reported first, even if nothing is billed.
    /// </summary>
    /// <returns>At least one: also a period of which nothing is billed is on record as closed.</returns>
    public static Either<Seq<InvoiceLimit>, Seq<Transition<Invoice, InvoiceEvent>>> For(
        InvoicedInstallation account, InvoiceDue due, DateTimeOffset now)
    {
        var drafts = Drafts(account, due);
        var limits = drafts
            .Bind(draft => draft.Rest.IsNone
                ? InvoiceLimits.Check(draft.Content, due, account, now)
                : InvoiceLimits.OfTime(draft.Content, due, account, now))
            .Distinct()
            .ToSeq()
            .Strict();
        return limits.IsEmpty ? drafts.Map(draft => draft.Born(now)).Strict() : limits;
    }

    /// <summary>
    /// What the invoice would say if it were made now, from the same data: the catalogue may have been mended since Vercel refused it.
    /// None of a one-off, where there would be no such invoice, and where later ones follow from what this one says. What comes to too little by now is not
    /// sent.
    /// </summary>
    public static Option<InvoiceCommand.Redraft> Again(InvoicedInstallation account, InvoiceContent refused)
    {
        // Nobody but whoever asked for it knows what else it could say.
        if (refused.IsOneOff)
        {
            return None;
        }

        if (refused.IsBuiltOn && account.History.Exists(later => later.Content.InvoiceDate > refused.InvoiceDate))
        {
            return None;
        }

        var before = account.Before(refused);
        var due = refused.IsTakeUp
            ? TakeUp.In(refused.BillingPeriod, before)
                .Filter(taken => before.Named(ExternalInvoiceId.TakenUp(account.Installation, taken.At)) == refused.ExternalId)
                .Map(taken => (InvoiceDue)new InvoiceDue.TakenUp(refused.BillingPeriod, taken))
                .HeadOrNone()
            : Some<InvoiceDue>(new InvoiceDue.PeriodEnd(
                refused.BillingPeriod, account.Life.End.Exists(end => end <= refused.BillingPeriod.End)));
        return due
            .Bind(one => Drafts(before, one).Find(draft => draft.Content.ExternalId == refused.ExternalId))
            .Bind(draft => Again(draft, refused))
            .Filter(again => again.Content.Bills.ForAll(who => refused.Bills.Contains(who)));
    }

    /// <summary>What is not sent gives back what it would have as a first draft: where it differs, nothing follows from it yet.</summary>
    private static Option<InvoiceCommand.Redraft> Again(Draft draft, InvoiceContent refused)
    {
        if (draft.Rest.IsSome)
        {
            return new InvoiceCommand.Redraft(draft.Content with { Carries = refused.Carries }) { Rest = draft.Rest };
        }

        var content = draft.Content.WithCreditsOf(refused);
        return content.Total >= Invoice.MinimumTotal ? new InvoiceCommand.Redraft(content) : Option<InvoiceCommand.Redraft>.None;
    }

    private static Seq<Draft> Drafts(InvoicedInstallation account, InvoiceDue due) =>
        due switch
        {
            InvoiceDue.PeriodEnd end => PeriodClosing.Drafts(account, end),
            InvoiceDue.TakenUp taken => Seq1(TakeUpDraft.Of(account, taken)),
            _ => throw new UnreachableException(due.GetType().Name),
        };
}

/// <summary>What an invoice will say, and what becomes of it where it comes to too little.</summary>
/// <param name="Rest">None on an invoice that is sent.</param>
internal sealed record Draft(InvoiceContent Content, Option<SmallTotal> Rest)
{
    /// <summary>By its total alone.</summary>
    /// <param name="policy">For less than what is sent, and more than nothing.</param>
    public static Draft Of(InvoiceContent content, SmallTotal policy) =>
        new(content, content.Total >= Invoice.MinimumTotal ? None : Some(content.Total == Usd.Zero ? SmallTotal.Nothing : policy));

    public Transition<Invoice, InvoiceEvent> Born(DateTimeOffset now) =>
        Rest.Match(
            rest => new Transition<Invoice, InvoiceEvent>(
                new Invoice.Skipped(Content, rest, now),
                Seq1<InvoiceEvent>(new InvoiceEvent.Skipped(Content.ExternalId, Content.Total, rest, now))),
            () => new Transition<Invoice, InvoiceEvent>(
                new Invoice.Drafted(Content, now),
                Seq1<InvoiceEvent>(new InvoiceEvent.Drafted(Content.ExternalId, Content.Total, now))));
}
