using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>What was billed and is not owed after all. It is given back on the next invoices that have room for it.</summary>
/// <param name="Amount">In whole cents, above zero.</param>
public sealed record Credit(CreditSource Source, Usd Amount);

/// <summary>Where a credit comes from; with it, nothing is given back twice.</summary>
/// <param name="PeriodStart">Of the billing period for which too much was billed.</param>
/// <param name="Name">As the customer reads it.</param>
public sealed record CreditSource(PlanSubject Subject, PlanId Plan, DateTimeOffset PeriodStart, CreditKind Kind, string Name);

public enum CreditKind
{
    /// <summary>A base was billed in advance, and the plan was left.</summary>
    Unused,

    /// <summary>What arrived later made a period cheaper.</summary>
    Correction,
}

/// <summary>A part of a credit on one invoice: a discount on what is billed there.</summary>
/// <param name="On">Vercel takes a discount only on a plan that the invoice bills.</param>
public sealed record CreditUse(CreditSource Source, SubjectPlan On, Usd Amount)
{
    public BillingDiscount Discount => new(
        On.Subject, On.Plan, Source.Name,
        Source.Subject == On.Subject ? "" : $"of {Source.Subject}",
        Amount, Option<DateTimeOffset>.None, Option<DateTimeOffset>.None);
}
