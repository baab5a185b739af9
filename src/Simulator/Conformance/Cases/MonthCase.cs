using System.Collections.Immutable;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Where a rule was not kept.</summary>
internal sealed record Breach(string Expected, string Came);

/// <summary>A rule that is judged by what was seen of the month.</summary>
internal static class MonthCase
{
    /// <summary>Whichever comes first lives through the month for all.</summary>
    public static readonly TimeSpan Playing = TimeSpan.FromMinutes(40);

    /// <param name="judge">All that breaks the rule.</param>
    public static ConformanceCase Of(string id, string rule, Source source, Level level, Func<MonthRecord, IEnumerable<Breach>> judge) =>
        new(id, rule, source, level, trial => Judge(trial, judge)) { Needs = Need.VirtualTime, TimeLimit = Playing };

    private static async Task Judge(Trial trial, Func<MonthRecord, IEnumerable<Breach>> judge)
    {
        var breaches = judge(await Arrears.Month(trial)).ToList();
        if (breaches is [var first, ..])
        {
            throw trial.Breach(first.Expected, breaches.Count == 1 ? first.Came : $"{first.Came}, and {breaches.Count - 1} more of the kind");
        }
    }
}

/// <summary>What one resource, or an installation as a whole, owes on one plan for one period.</summary>
/// <param name="Shown">By the last billing data of the period.</param>
/// <param name="Invoiced">By all invoices together.</param>
internal sealed record BilledLine(string? ResourceId, string PlanId, WirePeriod Period, decimal Shown, decimal Invoiced)
{
    /// <summary>Lines are rounded one by one, and the last seconds are in one number or in the other.</summary>
    public const decimal Leeway = 0.05m;

    /// <summary>Of periods that were over for a day, or whose customer has left.</summary>
    public static IEnumerable<BilledLine> Of(MonthOfInstallation one, MonthRecord month)
    {
        var prepaid = one.Product.Plans.Where(plan => plan.IsPrepayment).Select(plan => plan.Id).ToImmutableHashSet(StringComparer.Ordinal);
        return
            from period in one.Installation.Billing.LatestByDay.Values.GroupBy(data => data.Period)
            where period.Key.End.AddHours(24) <= month.SettledAt || one.Installation.DeletionRequestedAt is not null
            let last = period.MaxBy(data => data.Timestamp)!
            from line in last.Items.GroupBy(item => (item.ResourceId, item.BillingPlanId))
            where !prepaid.Contains(line.Key.BillingPlanId)
            let off = last.Discounts.Where(discount => (discount.ResourceId, discount.BillingPlanId) == line.Key).Sum(discount => discount.Amount)
            select new BilledLine(line.Key.ResourceId, line.Key.BillingPlanId, period.Key, line.Sum(item => item.Amount) - off, Invoices(one, line.Key, period.Key));
    }

    public override string ToString() => $"{ResourceId ?? "the installation"} on {PlanId} from {Wire.Text(Period.Start)}";

    private static decimal Invoices(MonthOfInstallation one, (string? ResourceId, string PlanId) key, WirePeriod period) => one.Invoices
        .Where(invoice => InvoiceCases.Counts(invoice) && invoice.Period.Start < period.End && period.Start < invoice.Period.End)
        .Sum(invoice =>
            invoice.Items.Where(item => (item.ResourceId, item.BillingPlanId) == key).Sum(item => item.Amount)
            - invoice.Discounts.Where(discount => (discount.ResourceId, discount.BillingPlanId) == key).Sum(discount => discount.Amount));
}
