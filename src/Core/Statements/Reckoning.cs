using Marketplace.Core.Money;

namespace Marketplace.Core.Statements;

/// <summary>
/// How the charges of a period become the totals of its invoices, and those what was paid. Each amount comes from a place of its own, so
/// that the sum proves something.
/// </summary>
/// <param name="Charged">By the function that makes the lines, from what was measured.</param>
/// <param name="BilledBefore">Of the charges, what the invoices of the period before have billed in advance.</param>
/// <param name="BilledAhead">What the invoices of this period bill of the next one in advance.</param>
/// <param name="Corrections">For usage of earlier periods that came late.</param>
/// <param name="OneOffs">What the provider has charged beside its plans.</param>
/// <param name="Unused">What was billed too much of the charges, and is given back as a credit.</param>
/// <param name="BroughtForward">From earlier invoices that came to too little.</param>
/// <param name="CreditsGiven">What is given back on the invoices of this period.</param>
/// <param name="NotInvoiced">Of a period that is not closed: what is still to come. Nothing of one that is.</param>
/// <param name="Outcome">Of all invoices of the period.</param>
public sealed record Reckoning(
    Usd Charged, Usd BilledBefore, Usd BilledAhead, Usd Corrections, Usd OneOffs, Usd Unused, Usd BroughtForward, Usd CreditsGiven, Usd NotInvoiced,
    Outcome Outcome)
{
    /// <summary>What the invoices of the period have to come to.</summary>
    public Usd Due => Charged - BilledBefore + BilledAhead + Corrections + OneOffs + Unused + BroughtForward - CreditsGiven - NotInvoiced;

    /// <summary>What they do come to.</summary>
    public Usd Total => Outcome.Total;

    public Usd Difference => Total - Due;
}

/// <summary>What is still to be given back, before the period and after it.</summary>
/// <param name="Granted">On the invoices of the period.</param>
/// <param name="Given">Likewise.</param>
public sealed record CreditAccount(Usd Opening, Usd Granted, Usd Given)
{
    /// <summary>No invoice comes after the period, so that nothing can be deducted any more.</summary>
    public bool IsOver { get; init; }

    public Usd Closing => Opening + Granted - Given;

    /// <summary>What the customer has paid, did not use, and gets back by no invoice: only a refund can.</summary>
    public Usd NotGivenBack => IsOver ? Closing : Usd.Zero;
}
