using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>Why an invoice must not be sent as it is. Source: contract §D.8, limits 1 to 5 and <c>invoiceDate</c>.</summary>
public abstract record InvoiceLimit
{
    private InvoiceLimit() { }

    /// <summary>Limit 1: a resource, or the installation as a whole, is billed once per period and plan.</summary>
    public sealed record AlreadyBilled(PlanSubject Subject, PlanId Plan, BillingPeriod Period, ExternalInvoiceId By)
        : InvoiceLimit;

    /// <summary>Limit 2: the plan was not active in the time that the line bills.</summary>
    public sealed record PlanNotActive(PlanSubject Subject, PlanId Plan, BillingPeriod Period) : InvoiceLimit;

    /// <summary>Limit 3: only a subscription is invoiced.</summary>
    public sealed record NotSubscription(PlanSubject Subject, PlanId Plan) : InvoiceLimit;

    /// <summary>Limit 4: Vercel does not know of these hours yet, and still may.</summary>
    public sealed record UsageNotReported(Seq<HourSlot> Hours) : InvoiceLimit;

    /// <summary>Limit 5: the external id is unique for the installation.</summary>
    public sealed record ExternalIdTaken(ExternalInvoiceId Id) : InvoiceLimit;

    /// <summary>The invoice's date lies outside its period.</summary>
    public sealed record DateOutsidePeriod(DateTimeOffset InvoiceDate, BillingPeriod Period) : InvoiceLimit;

    /// <summary>The period is not over for the installation.</summary>
    public sealed record PeriodNotOver(BillingPeriod Period) : InvoiceLimit;
}
