using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>What an invoice says; the same from draft to refund.</summary>
/// <param name="Period">
/// As Vercel is told. No two invoices that bill a subject by the same plan share time, so it is shorter than the billing period where
/// something was invoiced at its taking up, and longer where an earlier period came to too little.
/// </param>
/// <param name="InvoiceDate">Inside the period.</param>
/// <param name="Lines">In whole cents each, none of them zero.</param>
/// <param name="Discounts">Of the catalogue, in whole cents each; together never more than the lines.</param>
/// <param name="Final">The last one of an installation that is being uninstalled.</param>
public sealed record InvoiceContent(
    ExternalInvoiceId ExternalId,
    InstallationId Installation,
    BillingPeriod Period,
    DateTimeOffset InvoiceDate,
    Seq<BillingLine> Lines,
    Seq<BillingDiscount> Discounts,
    bool Final)
{
    /// <summary>The billing period that it belongs to.</summary>
    public BillingPeriod BillingPeriod { get; init; } = Period;

    /// <summary>Of plans that were taken up.</summary>
    public bool IsTakeUp { get; init; }

    /// <summary>What the provider charges beside its plans.</summary>
    public bool IsOneOff { get; init; }

    /// <summary>Of all that a billing period comes to: after it nothing of the period is invoiced.</summary>
    public bool ClosesPeriod => !IsTakeUp && !IsOneOff;

    /// <summary>What is given back on it.</summary>
    public Seq<CreditUse> Credits { get; init; } = Seq<CreditUse>.Empty;

    /// <summary>What turned out to be given back when it was made, on it and on later ones.</summary>
    public Seq<Credit> Granted { get; init; } = Seq<Credit>.Empty;

    /// <summary>The earlier invoices that came to too little, all of which is on this one.</summary>
    public Seq<ExternalInvoiceId> Carries { get; init; } = Seq<ExternalInvoiceId>.Empty;

    /// <summary>Present on a test, which is shown and charged to nobody.</summary>
    public Option<InvoiceTest> Test { get; init; }

    /// <summary>The sum of the rounded lines without what is deducted, so that the parts equal the total; never negative.</summary>
    public Usd Total => new BillingCharges(Lines, Deductions).Total;

    /// <summary>The discounts of the catalogue and what is given back: never a negative amount. Source: contract §D.8, <c>discounts[]</c>.</summary>
    public Seq<BillingDiscount> Deductions => (Discounts + Credits.Map(use => use.Discount).Strict()).Strict();

    /// <summary>By whom and by which plans something is billed on it.</summary>
    public Seq<SubjectPlan> Bills => Lines.Map(SubjectPlan.Of).Distinct().ToSeq().Strict();

    /// <summary>
    /// With what another content gives back, as far as there is room for it: what others have given back since stays so.
    /// </summary>
    internal InvoiceContent WithCreditsOf(InvoiceContent earlier)
    {
        var bare = this with { Credits = Seq<CreditUse>.Empty, Granted = earlier.Granted };
        var given = earlier.Credits.GroupBy(use => use.Source)
            .Select(same => new Credit(same.Key, Usd.Sum(same.Select(use => use.Amount))))
            .ToSeq()
            .Strict();
        return bare with { Credits = CreditsInUse.On(bare, given) };
    }

    /// <summary>Whether both close the same period: what is given back on one is not given back on the other.</summary>
    internal bool IsMadeWith(InvoiceContent other) =>
        ClosesPeriod && other.ClosesPeriod && BillingPeriod == other.BillingPeriod && InvoiceDate == other.InvoiceDate;

    /// <summary>Whether it bills time after its billing period.</summary>
    internal bool BillsAhead => Lines.Exists(line => line.Start.Exists(start => start >= BillingPeriod.End));

    /// <summary>Whether what later invoices say follows from what this one says, and not from the charges alone.</summary>
    internal bool IsBuiltOn => IsTakeUp || BillsAhead || !Granted.IsEmpty || !Credits.IsEmpty;

    /// <summary>Whether a line of it is for time of the period.</summary>
    internal bool Charges(BillingPeriod period, Option<DateTimeOffset> start) => period.Contains(start.IfNone(Period.Start));
}

/// <summary>A test invoice goes through the states of a real one, and nobody pays it. Source: contract §D.8, <c>test</c>.</summary>
/// <param name="Validate">Whether Vercel checks it as it checks a real one.</param>
/// <param name="Result">How it ends.</param>
public sealed record InvoiceTest(bool Validate, InvoiceTestResult Result);

public enum InvoiceTestResult
{
    Paid,
    NotPaid,
    Overdue,
}
