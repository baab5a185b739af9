using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Statements;

/// <summary>Where a statement does not add up.</summary>
/// <param name="Amount">Too much where it is above zero, too little below; never zero, but where nobody can say.</param>
public abstract record Difference(Usd Amount)
{
    /// <summary>An invoice's total is not what its lines come to without its deductions.</summary>
    public sealed record OfInvoice(ExternalInvoiceId Invoice, Usd Recorded, Usd Said) : Difference(Recorded - Said);

    /// <summary>What a subject was billed for the period is not what it is charged.</summary>
    /// <param name="Charged">By the measurements and the catalogue, as they are now.</param>
    /// <param name="Billed">By the invoices, whichever they are on.</param>
    public sealed record OfCharges(PlanSubject Subject, Usd Charged, Usd Billed) : Difference(Billed - Charged);

    /// <summary>What a subject was billed for usage of earlier periods that came late, or given back for it, is not what that makes.</summary>
    public sealed record OfCorrections(PlanSubject Subject, Usd Late, Usd Billed) : Difference(Billed - Late);

    /// <summary>What was carried to a later invoice is not on it.</summary>
    /// <param name="Said">By the invoice that came to too little.</param>
    /// <param name="Found">Of that, where it was carried to.</param>
    public sealed record OfCarried(ExternalInvoiceId Invoice, Usd Said, Usd Found) : Difference(Found - Said);

    /// <summary>What the charges were cannot be worked out any more.</summary>
    public sealed record ChargesNotKnown(string Reason) : Difference(Usd.Zero);

    /// <summary>Vercel has it and has not told its own name for it in time, so that nobody knows what became of it.</summary>
    public sealed record OutcomeNotTold(ExternalInvoiceId Invoice, DateTimeOffset Since) : Difference(Usd.Zero);

    /// <summary>More was paid back than was invoiced.</summary>
    public sealed record OfRefunds(ExternalInvoiceId Invoice, Usd Total, Usd Refunded) : Difference(Refunded - Total);

    /// <summary>More was given back than there was to give.</summary>
    public sealed record OfCredit(CreditSource Source, Usd Granted, Usd Given) : Difference(Given - Granted);

    /// <summary>A balance is not what it was with what was entered since.</summary>
    public sealed record OfBalance(Option<ResourceId> Balance, Usd Entered, Usd Recorded) : Difference(Recorded - Entered);

    /// <summary>What was burnt of a use that is over is not what it costs.</summary>
    public sealed record OfBurn(PrepaidUse Use, Usd Charged, Usd Burnt) : Difference(Burnt - Charged);
}
