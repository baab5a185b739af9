using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;

namespace Marketplace.Core.NonPayment;

/// <summary>What the unpaid invoices of an installation have led to so far. Source: contract §E.14.</summary>
public abstract record PaymentStanding
{
    private PaymentStanding() { }

    /// <summary>Nothing is owed of which a charge has failed.</summary>
    public sealed record Good : PaymentStanding;

    /// <summary>The customer is told that a charge has failed.</summary>
    public sealed record Warned(Arrears Arrears) : PaymentStanding;

    /// <summary>The customer is told in the strongest words.</summary>
    public sealed record Degraded(Arrears Arrears) : PaymentStanding;

    /// <summary>What is billed by invoice is out of service. What exists is kept, for as long as it takes.</summary>
    public sealed record Suspended(Arrears Arrears) : PaymentStanding;

    /// <summary>What is owed; none in good standing.</summary>
    public Option<Arrears> Owes =>
        this switch
        {
            Good => Option<Arrears>.None,
            Warned warned => warned.Arrears,
            Degraded degraded => degraded.Arrears,
            Suspended suspended => suspended.Arrears,
            _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
        };
}

/// <summary>What is owed, of invoices of which a charge has failed.</summary>
/// <param name="Owed">Of all of them.</param>
/// <param name="Since">The first failure of the one that has waited longest.</param>
public sealed record Arrears(Usd Owed, int Invoices, DateTimeOffset Since)
{
    /// <summary>None where every charge went through, or may still.</summary>
    public static Option<Arrears> Of(Seq<Invoice> invoices)
    {
        var unpaid = invoices.Bind(invoice => UnpaidSince(invoice).Map(since => (invoice.Content.Total, Since: since)).ToSeq()).Strict();
        return unpaid.IsEmpty
            ? Option<Arrears>.None
            : new Arrears(Usd.Sum(unpaid.Map(one => one.Total)), unpaid.Count, unpaid.Min(one => one.Since));
    }

    /// <summary>One that is overdue has failed for as long as Vercel tries, whether we heard of it or not.</summary>
    private static Option<DateTimeOffset> UnpaidSince(Invoice invoice) =>
        invoice switch
        {
            // Nobody pays a test, and nobody owes it.
            { Content.Test.IsSome: true } => Option<DateTimeOffset>.None,
            Invoice.NotPaid i => i.Since,
            Invoice.Overdue i when i.OverdueAt - Invoice.Dunning < i.Since => i.OverdueAt - Invoice.Dunning,
            Invoice.Overdue i => i.Since,
            Invoice.Drafted or Invoice.Submitted or Invoice.Known or Invoice.Refused or Invoice.Skipped => Option<DateTimeOffset>.None,
            Invoice.Accepted or Invoice.Paid or Invoice.RefundRequested or Invoice.Refunded => Option<DateTimeOffset>.None,
            _ => throw new System.Diagnostics.UnreachableException(invoice.GetType().Name),
        };
}
