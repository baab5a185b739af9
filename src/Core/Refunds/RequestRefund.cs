using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Refunds;

/// <summary>The request to pay an invoice back, with every field good in itself. Source: contract §D.8.</summary>
/// <param name="Amount">All that is left, when absent.</param>
public sealed record RequestRefund(Option<Usd> Amount, string Reason)
{
    /// <summary>Longer reasons are for the books, not for the customer.</summary>
    public const int ReasonCharactersMax = 500;

    /// <summary>The request, or every field that is wrong.</summary>
    public static Validation<FieldError, RequestRefund> Parse(Option<Usd> amount, Option<string> reason) =>
        (ParseAmount(amount), ParseReason(reason)).Apply((some, text) => new RequestRefund(some, text));

    /// <summary>The birth of a refund, or what is in its way.</summary>
    /// <param name="refunds">Every other one of the invoice.</param>
    public Either<RefundRejection, Transition<Refund, RefundEvent>> Decide(
        Installation installation, Invoice invoice, Seq<Refund> refunds, RefundId id, DateTimeOffset now)
    {
        if (installation is Installation.Finalized)
        {
            return new RefundRejection.InstallationFinal();
        }

        var name = invoice.Content.ExternalId;
        return refunds.Exists(refund => refund.IsOpen)
            ? new RefundRejection.AnotherUnderWay(name)
            : Refundable(invoice, RefundedSoFar(invoice, refunds)).Map(terms => Born(name, terms, id, now));
    }

    /// <summary>What has been paid back: as Vercel says, or as we know of our own, which Vercel may tell one by one.</summary>
    public static Usd RefundedSoFar(Invoice invoice, Seq<Refund> refunds)
    {
        var ours = Usd.Sum(refunds.Filter(refund => refund is Refund.Refunded).Map(refund => refund.Terms.Amount));
        return invoice is Invoice.Refunded refunded && refunded.Amount > ours ? refunded.Amount : ours;
    }

    private Either<RefundRejection, (Usd Amount, Usd Before)> Refundable(Invoice invoice, Usd before) =>
        invoice switch
        {
            { Content.Test.IsSome: true } or Invoice.Drafted or Invoice.Submitted or Invoice.Known or Invoice.Refused or Invoice.Skipped =>
                new RefundRejection.NeverInvoiced(invoice.Content.ExternalId),
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => Whole(invoice),
            Invoice.Paid or Invoice.Refunded => Part(invoice, before),
            Invoice.RefundRequested => new RefundRejection.AnotherUnderWay(invoice.Content.ExternalId),
            _ => throw new UnreachableException(invoice.GetType().Name),
        };

    private Either<RefundRejection, (Usd Amount, Usd Before)> Whole(Invoice invoice)
    {
        var total = invoice.Content.Total;
        return Amount.IfNone(total) == total
            ? (total, Usd.Zero)
            : new RefundRejection.CancelsTheWhole(invoice.Content.ExternalId, total);
    }

    private Either<RefundRejection, (Usd Amount, Usd Before)> Part(Invoice invoice, Usd before)
    {
        var left = invoice.Content.Total - before;
        var amount = Amount.IfNone(left);
        return amount > Usd.Zero && amount <= left
            ? (amount, before)
            : new RefundRejection.MoreThanIsLeft(invoice.Content.ExternalId, left);
    }

    private Transition<Refund, RefundEvent> Born(ExternalInvoiceId invoice, (Usd Amount, Usd Before) terms, RefundId id, DateTimeOffset now) =>
        new(new Refund.Requested(new RefundTerms(id, invoice, terms.Amount, Reason, terms.Before, now)),
            Seq1<RefundEvent>(new RefundEvent.Requested(id, invoice, terms.Amount, Reason, now)));

    private static Validation<FieldError, Option<Usd>> ParseAmount(Option<Usd> amount) =>
        amount.Match<Validation<FieldError, Option<Usd>>>(
            some => some <= Usd.Zero ? new FieldError("amount", "An amount is more than nothing.")
                : some != some.ToCents() ? new FieldError("amount", "An amount is in whole cents.")
                : amount,
            () => amount);

    private static Validation<FieldError, string> ParseReason(Option<string> reason) =>
        reason.Map(text => text.Trim()).Filter(text => text.Length > 0).Match<Validation<FieldError, string>>(
            text => text.Length <= ReasonCharactersMax
                ? text
                : new FieldError("reason", $"A reason has at most {ReasonCharactersMax} characters."),
            () => new FieldError("reason", "A refund has a reason."));
}
