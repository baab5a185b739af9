using System.Collections.Immutable;

namespace Marketplace.Simulator.Usage;

/// <summary>All billing data of an installation: the latest of each day in full, and a receipt of every submission.</summary>
internal sealed record BillingRecord(
    ImmutableSortedDictionary<string, BillingSubmission> LatestByDay, ImmutableList<BillingReceipt> Receipts)
{
    public static readonly BillingRecord Empty =
        new(ImmutableSortedDictionary.Create<string, BillingSubmission>(StringComparer.Ordinal), []);

    /// <summary>Longer than any invoice looks back.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(100);

    /// <summary>Keeps a submission; the newest timestamp of a day wins, whatever the order of arrival.</summary>
    public BillingRecord Add(BillingSubmission submission, DateTimeOffset receivedAt)
    {
        var day = submission.Eod.UtcDateTime.ToString("yyyy-MM-dd");
        var since = receivedAt - KeptFor;
        var wins = !LatestByDay.TryGetValue(day, out var latest) || submission.Timestamp >= latest.Timestamp;
        return new(
            (wins ? LatestByDay.SetItem(day, submission) : LatestByDay).RemoveRange(LatestByDay.Keys.TakeWhile(
                old => string.CompareOrdinal(old, since.UtcDateTime.ToString("yyyy-MM-dd")) < 0)),
            Receipts.RemoveRange(0, Receipts.TakeWhile(old => old.ReceivedAt < since).Count()).Add(new BillingReceipt(
                receivedAt, submission.Timestamp, submission.Eod, submission.Period, submission.Total,
                [.. submission.Usage.Select(usage => new UsageReceipt(usage.ResourceId, usage.Name, usage.DayValue, usage.PeriodValue))])));
    }
}

/// <summary>That billing data arrived, with the running totals of its usage.</summary>
internal sealed record BillingReceipt(
    DateTimeOffset ReceivedAt, DateTimeOffset Timestamp, DateTimeOffset Eod, WirePeriod Period, decimal Total,
    ImmutableList<UsageReceipt> Usage);

internal sealed record UsageReceipt(string? ResourceId, string Name, decimal DayValue, decimal PeriodValue);
