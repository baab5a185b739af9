using System.Diagnostics;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>How invoices stand, in an operator's words.</summary>
internal static class InvoiceWords
{
    public static readonly IReadOnlyList<FilterChoice> States =
    [
        new("refused", "Refused"), new("overdue", "Overdue"), new("notpaid", "Payment failed"), new("drafted", "Drafted"),
        new("submitted", "Sent, no answer"), new("known", "Known to Vercel"), new("accepted", "Accepted"), new("paid", "Paid"),
        new("refund_requested", "Refund under way"), new("refunded", "Refunded"), new("skipped", "Not sent"),
    ];

    public static readonly IReadOnlyList<FilterChoice> Kinds =
    [
        new("period", "Period"), new("take-up", "Sign-up"), new("final", "Final"), new("one-off", "One-off"), new("test", "Test"),
    ];

    public static string Kind(string kind) => Kinds.Single(choice => choice.Value == kind).Label;

    public static string KindOf(InvoiceContent content) => Kind(
        content.Test.IsSome ? "test" : content.IsOneOff ? "one-off" : content.IsTakeUp ? "take-up" : content.Final ? "final" : "period");

    public static Mark Mark(string state, string? rest = null) =>
        new(rest switch { "carried" => "Carried over", "waived" => "Waived", "nothing" => "Nothing to pay", _ => Label(state) }, Tone(state));

    /// <summary>What it waits for, or what there is to do.</summary>
    public static string? Advice(Invoice invoice, DateTimeOffset now) =>
        invoice switch
        {
            Invoice.Drafted => "The worker sends it within seconds.",
            Invoice.Submitted => "It was sent, and no answer has come. It is sent again under the same name, and Vercel says whether it has it.",
            Invoice.Known known when known.IsSilent(now) => "Vercel has it, and its webhook never came: look there what became of it.",
            Invoice.Known => "Vercel has it from a submission whose answer was lost; its webhook tells the rest.",
            Invoice.Refused => "Vercel did not take it. Mend the catalogue, and it is drafted anew by itself; mend something else, and have it drafted anew here.",
            Invoice.Accepted => "Vercel has it and has not charged it yet.",
            Invoice.NotPaid failed => $"The last attempt to charge it that we know of failed on {Shown.Moment(failed.LastAttemptAt)}. Vercel goes on trying.",
            Invoice.Overdue => "Vercel has stopped trying to charge it. The customer settles it on Vercel.",
            Invoice.Skipped { Rest: SmallTotal.Carried } => "It comes to too little for Vercel, and is on a later invoice.",
            Invoice.Skipped { Rest: SmallTotal.Waived } => "It comes to too little for Vercel, and is given away.",
            Invoice.Skipped or Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => null,
            _ => throw new UnreachableException(invoice.GetType().Name),
        };

    /// <summary>What a refund would do; null where there can be none.</summary>
    public static string? Refund(Invoice invoice) =>
        invoice switch
        {
            { Content.Test.IsSome: true } => null,
            Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue => "It is not paid: a refund cancels it, which can be done to the whole of it alone.",
            Invoice.Paid or Invoice.Refunded => "The amount goes back to the customer by Vercel. Leave it empty for all that is left.",
            _ => null,
        };

    public static Mark Mark(Refund refund) =>
        refund switch
        {
            Core.Refunds.Refund.Requested => new Mark("Asked for", Dashboard.Tone.Busy),
            Core.Refunds.Refund.Sent => new Mark("Sent, no answer", Dashboard.Tone.Busy),
            Core.Refunds.Refund.Accepted => new Mark("Accepted", Dashboard.Tone.Busy),
            Core.Refunds.Refund.Refunded => new Mark("Refunded", Dashboard.Tone.Good),
            Core.Refunds.Refund.Failed => new Mark("Failed", Dashboard.Tone.Bad),
            Core.Refunds.Refund.Unknown => new Mark("Nobody knows", Dashboard.Tone.Warn),
            _ => throw new UnreachableException(refund.GetType().Name),
        };

    private static string Label(string state) => States.Single(choice => choice.Value == state).Label;

    private static Tone Tone(string state) =>
        state switch
        {
            "refused" or "overdue" or "notpaid" => Dashboard.Tone.Bad,
            "paid" => Dashboard.Tone.Good,
            "refunded" or "skipped" => Dashboard.Tone.Quiet,
            _ => Dashboard.Tone.Busy,
        };
}
