using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;

namespace Marketplace.Core.Invoices;

/// <summary>The invoice of plans that were taken up: what they bill at once. Source: contract §D.8, timing at sign-up.</summary>
internal static class TakeUpDraft
{
    /// <summary>
    /// The base to the period's end, charges for signing up, and what is given back of the plans that were left. Too little waits for the
    /// period's end, whatever is laid down for small totals: the period is not over.
    /// </summary>
    public static Draft Of(InvoicedInstallation account, InvoiceDue.TakenUp due)
    {
        var (period, taken) = (due.Period, due.TakeUp);
        var billed = BilledSoFar.Of(account.History, account.Test.IsSome);
        var charges = BillingCharges.InAdvance(period, taken.DueAt, account.Billed);
        var (owed, back) = Owed.Of(period, charges, billed);
        var parts = owed.Filter(one => taken.Plans.Contains(one.Who)).Map(one => one.Timed(period)).Strict();
        // What goes on may still cost more before the period is over: only what has ended is settled now.
        var granted = back
            .Filter(credit => !account.Billed.PlansOf(credit.Source.Subject).Exists(
                plan => plan.Plan.Id == credit.Source.Plan && plan.Span.Contains(taken.DueAt)))
            .Strict();
        var content = new InvoiceContent(
            account.Named(ExternalInvoiceId.TakenUp(account.Installation, taken.At)), account.Installation, taken.Period, taken.DueAt,
            parts.Bind(one => one.Lines).Map(line => line.In(taken.Period)).Strict(),
            parts.Bind(one => one.Discounts).Map(discount => discount.In(taken.Period)).Strict(),
            Final: false)
        {
            BillingPeriod = period, IsTakeUp = true, Granted = granted, Test = account.Test,
        };
        var credited = content.Total >= Invoice.MinimumTotal
            ? content with { Credits = CreditsInUse.On(content, (billed.OpenCredits + granted).Strict()) }
            : content;
        return Draft.Of(credited, SmallTotal.Carried);
    }
}
