using System.Collections.Immutable;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Usage;

/// <summary>What interim billing data must satisfy. Source: contract D.7.</summary>
internal static class BillingRules
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromHours(24);

    /// <summary>Why the data is refused, naming the field; none when it is accepted.</summary>
    public static string? Refusal(BillingSubmission submission, DateTimeOffset now)
    {
        if (submission.Period.End <= submission.Period.Start)
        {
            return "period.end: must be after period.start";
        }

        if (submission.Eod < submission.Period.Start || submission.Eod > submission.Period.End)
        {
            return "eod: must be inside period";
        }

        if (submission.Eod < now - AgeMax)
        {
            return $"eod: is older than 24 hours at {Wire.Text(now)}";
        }

        return submission.Period.End < now - AgeMax ? $"period.end: is older than 24 hours at {Wire.Text(now)}" : null;
    }

    /// <summary>What is accepted and yet wrong: it would show the customer nonsense, or no invoice could be built on it.</summary>
    public static IEnumerable<Finding> Findings(BillingSubmission submission, Installation installation, DateTimeOffset now)
    {
        var subject = $"Submit Billing Data {installation.Id} at {Wire.Text(now)}";
        foreach (var id in ResourceIds(submission).Where(id => !installation.Resources.ContainsKey(id)))
        {
            yield return new Finding(now, subject, $"the resource {id} is not known");
        }

        foreach (var item in submission.Items.Where(item => item.ResourceId is { } id && installation.Resources.GetValueOrDefault(id) is { IsLinked: true }))
        {
            yield return new Finding(now, subject, $"{item.Name} is on the resource {item.ResourceId}, which is linked, and not billed through Vercel");
        }

        if (submission.Timestamp > now)
        {
            yield return new Finding(now, subject, "timestamp lies in the future");
        }

        foreach (var item in submission.Items.Where(item => !AmountRules.Fits(item)))
        {
            yield return new Finding(now, subject, $"the total of {item.Name} is not its price times its quantity");
        }

        foreach (var discount in AmountRules.WithoutItem(submission.Discounts, submission.Items))
        {
            yield return new Finding(now, subject, $"the discount {discount.Name} is on a plan that nothing is billed on");
        }

        if (submission.Total < 0)
        {
            yield return new Finding(now, subject, "the discounts are more than the items");
        }

        foreach (var usage in submission.Usage.Where(usage => usage is { Type: "interval" } && Falls(usage, submission, installation)))
        {
            yield return new Finding(now, subject, $"{usage.Name} fell within the period, although it is a running total");
        }
    }

    private static IEnumerable<string> ResourceIds(BillingSubmission submission) =>
        submission.Items.Select(item => item.ResourceId)
            .Concat(submission.Discounts.Select(discount => discount.ResourceId))
            .Concat(submission.Usage.Select(usage => usage.ResourceId))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);

    private static bool Falls(UsageValue usage, BillingSubmission submission, Installation installation)
    {
        var before = installation.Billing.Receipts.FindLast(receipt =>
            receipt.Period == submission.Period && receipt.Timestamp < submission.Timestamp);
        return before?.Usage.Find(old => old.ResourceId == usage.ResourceId && old.Name == usage.Name) is { } old
            && usage.PeriodValue < old.PeriodValue;
    }
}

/// <summary>Arithmetic that every line must satisfy.</summary>
internal static class AmountRules
{
    /// <summary>A cent of leeway: providers round half up or half to even, and once per line.</summary>
    private const decimal Leeway = 0.01m;

    /// <summary>The discounts that have nothing to be deducted from.</summary>
    public static IEnumerable<Discount> WithoutItem(ImmutableList<Discount> discounts, ImmutableList<BillingItem> items) =>
        discounts.Where(discount => !items.Exists(
            item => (item.ResourceId, item.BillingPlanId) == (discount.ResourceId, discount.BillingPlanId)));

    public static bool Fits(BillingItem item) => Math.Abs((item.UnitPrice * item.Quantity) - item.Amount) <= Leeway;
}
