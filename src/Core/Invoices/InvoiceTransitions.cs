using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>The life of an invoice after its draft. Source: contract §D.8, §E.14, §F.</summary>
public static class InvoiceTransitions
{
    /// <summary>Answers one command on an invoice. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> Apply(
        Invoice current, InvoiceCommand command, DateTimeOffset now) =>
        command switch
        {
            InvoiceCommand.Submit => Submit(current, now),
            InvoiceCommand.Observe observe => Observe(current, observe, now),
            InvoiceCommand.Refuse refuse => Refuse(current, refuse.Reasons, now),
            InvoiceCommand.FindThere => FindThere(current, now),
            InvoiceCommand.Redraft redraft => Redraft(current, redraft, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    private static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> Submit(
        Invoice current, DateTimeOffset now) =>
        current switch
        {
            Invoice.Drafted i => Moved(new Invoice.Submitted(i.Content, now),
                                       new InvoiceEvent.Submitted(i.Content.ExternalId, now)),
            Invoice.Submitted or Invoice.Known => Unchanged(current),
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => Unchanged(current),
            Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => Unchanged(current),
            Invoice.Refused i => new InvoiceRejection.WasRefused(i.Content.ExternalId),
            Invoice.Skipped i => new InvoiceRejection.WasSkipped(i.Content.ExternalId),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> FindThere(
        Invoice current, DateTimeOffset now) =>
        current switch
        {
            Invoice.Drafted i => new InvoiceRejection.NeverSubmitted(i.Content.ExternalId),
            Invoice.Submitted or Invoice.Refused => Moved(
                new Invoice.Known(current.Content, now), new InvoiceEvent.FoundThere(current.Content.ExternalId, now)),
            Invoice.Known => Unchanged(current),
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => Unchanged(current),
            Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => Unchanged(current),
            Invoice.Skipped i => new InvoiceRejection.WasSkipped(i.Content.ExternalId),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> Refuse(
        Invoice current, Seq<string> reasons, DateTimeOffset now) =>
        current switch
        {
            Invoice.Drafted i => new InvoiceRejection.NeverSubmitted(i.Content.ExternalId),
            Invoice.Submitted i => Moved(new Invoice.Refused(i.Content, reasons, now),
                                         new InvoiceEvent.Refused(i.Content.ExternalId, reasons, now)),
            Invoice.Refused same when same.Reasons == reasons => Unchanged(same),
            Invoice.Refused i => Moved(new Invoice.Refused(i.Content, reasons, now),
                                       new InvoiceEvent.Refused(i.Content.ExternalId, reasons, now)),
            Invoice.Known i => new InvoiceRejection.AlreadyThere(i.Content.ExternalId),
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => AlreadyAccepted(current),
            Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => AlreadyAccepted(current),
            Invoice.Skipped i => new InvoiceRejection.WasSkipped(i.Content.ExternalId),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> Redraft(
        Invoice current, InvoiceCommand.Redraft draft, DateTimeOffset now) =>
        current switch
        {
            _ when draft.Content.ExternalId != current.Content.ExternalId =>
                new InvoiceRejection.OtherContent(current.Content.ExternalId, draft.Content.ExternalId),
            Invoice.Drafted same when draft.Rest.IsNone && same.Content == draft.Content => Unchanged(same),
            Invoice.Skipped same when draft.Rest == Some(same.Rest) && same.Content == draft.Content => Unchanged(same),
            Invoice.Drafted or Invoice.Refused => new Draft(draft.Content, draft.Rest).Born(now),
            Invoice.Submitted i => new InvoiceRejection.OutcomeUnknown(i.Content.ExternalId),
            Invoice.Known i => new InvoiceRejection.AlreadyThere(i.Content.ExternalId),
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => AlreadyAccepted(current),
            Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => AlreadyAccepted(current),
            Invoice.Skipped i => new InvoiceRejection.WasSkipped(i.Content.ExternalId),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>Vercel's word wins over our record: what it speaks of exists there, even if we thought it refused.</summary>
    private static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> Observe(
        Invoice current, InvoiceCommand.Observe news, DateTimeOffset now)
    {
        var told = InvoiceStages.Told(current.Content, news.VercelId, news.Observation);
        return current switch
        {
            Invoice.Skipped i => new InvoiceRejection.WasSkipped(i.Content.ExternalId),
            Invoice.Drafted or Invoice.Submitted or Invoice.Known or Invoice.Refused => Arrived(told, news, now),
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => Settled(current, told, news, now),
            Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => Settled(current, told, news, now),
            _ => throw new UnreachableException(current.GetType().Name),
        };
    }

    /// <summary>The first news of an invoice says as well that Vercel took it.</summary>
    private static Transition<Invoice, InvoiceEvent> Arrived(
        Invoice told, InvoiceCommand.Observe news, DateTimeOffset now)
    {
        var accepted = new InvoiceEvent.Accepted(told.Content.ExternalId, news.VercelId, now);
        return new(told, told is Invoice.Accepted ? Seq1<InvoiceEvent>(accepted) : Seq(accepted, Heard(told, news, now)));
    }

    private static Either<InvoiceRejection, Transition<Invoice, InvoiceEvent>> Settled(
        Invoice current, Invoice told, InvoiceCommand.Observe news, DateTimeOffset now)
    {
        var known = NameAtVercel(current);
        if (known != news.VercelId)
        {
            return new InvoiceRejection.OtherInvoice(current.Content.ExternalId, known, news.VercelId);
        }

        var next = InvoiceStages.Join(current, told);
        if (next == current)
        {
            return Unchanged(current);
        }

        var isNews = next.GetType() != current.GetType() || (current, next) switch
        {
            (Invoice.NotPaid before, Invoice.NotPaid after) => after.LastAttemptAt > before.LastAttemptAt,
            // A second refund of the same invoice: each says what is paid back by then.
            (Invoice.Refunded before, Invoice.Refunded after) => after.Amount > before.Amount,
            _ => false,
        };
        return Moved(next, isNews ? Heard(next, news, now) : new InvoiceEvent.Completed(current.Content.ExternalId, now));
    }

    private static InvoiceEvent Heard(Invoice next, InvoiceCommand.Observe news, DateTimeOffset now)
    {
        var id = next.Content.ExternalId;
        return next switch
        {
            Invoice.Accepted => new InvoiceEvent.Accepted(id, news.VercelId, now),
            Invoice.NotPaid i => new InvoiceEvent.PaymentFailed(id, i.LastAttemptAt, now),
            Invoice.Overdue => new InvoiceEvent.BecameOverdue(id, now),
            Invoice.Paid i => new InvoiceEvent.Paid(id, i.PaidAt, now),
            Invoice.RefundRequested => new InvoiceEvent.RefundRequested(id, now),
            Invoice.Refunded i => new InvoiceEvent.Refunded(id, i.Amount, i.Reason, now),
            _ => throw new UnreachableException(next.GetType().Name),
        };
    }

    private static InvoiceRejection AlreadyAccepted(Invoice invoice) =>
        new InvoiceRejection.AlreadyAccepted(invoice.Content.ExternalId, NameAtVercel(invoice));

    private static VercelInvoiceId NameAtVercel(Invoice invoice) =>
        invoice.KnownAs.IfNone(() => throw new UnreachableException(invoice.GetType().Name));

    private static Transition<Invoice, InvoiceEvent> Moved(Invoice next, InvoiceEvent happened) =>
        new(next, Seq1(happened));

    private static Transition<Invoice, InvoiceEvent> Unchanged(Invoice same) => new(same, Empty);
}
