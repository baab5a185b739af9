using Marketplace.Core.BillingPlans;

namespace Marketplace.Core.Invoices;

/// <summary>Whom a line bills, and by which plan: what Vercel takes once for a period. Source: contract §D.8, limit 1.</summary>
public readonly record struct SubjectPlan(PlanSubject Subject, PlanId Plan)
{
    public static SubjectPlan Of(BillingLine line) => new(line.Subject, line.Plan);

    public static SubjectPlan Of(BillingDiscount discount) => new(discount.Subject, discount.Plan);

    public override string ToString() => $"{Subject} on {Plan}";
}
