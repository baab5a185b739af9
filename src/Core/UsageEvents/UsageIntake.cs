using LanguageExt;
using Marketplace.Core.BillingPlans;

namespace Marketplace.Core.UsageEvents;

/// <summary>Whether an event counts, and with whom.</summary>
public static class UsageIntake
{
    /// <summary>As far as the provider's clock may be ahead of ours.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The one whom it is counted with: whoever had the resource at that moment, whatever became of it since. What was used in a period that
    /// is closed is late.
    /// </summary>
    /// <param name="homes">Of the resource: all of them, or the one that was named.</param>
    /// <param name="late">What becomes of what is late; after the last invoice nothing is billed any more.</param>
    /// <param name="acceptedFor">How far back it may lie.</param>
    public static Either<UsageEventRejection, MeteredHome> Judge(
        UsageEvent usage, IReadOnlyList<MeteredHome> homes, LateUsagePolicy late, TimeSpan acceptedFor, DateTimeOffset now)
    {
        if (usage.UsedAt > now + AheadMax)
        {
            return new UsageEventRejection.TooFarAhead(now + AheadMax);
        }

        if (usage.UsedAt < now - acceptedFor)
        {
            return new UsageEventRejection.TooOld(now - acceptedFor);
        }

        if (homes.Count == 0)
        {
            return new UsageEventRejection.ResourceUnknown(usage.Resource);
        }

        if (homes[0].Metric(usage.Metric) is null)
        {
            return new UsageEventRejection.MetricUnknown(usage.Metric, homes[0].Product.Id);
        }

        foreach (var home in homes)
        {
            if (home.Has(usage.UsedAt))
            {
                return usage.UsedAt < home.ClosedUntil && (late == LateUsagePolicy.Refuse || home.ClosedUntil == DateTimeOffset.MaxValue)
                    ? new UsageEventRejection.PeriodClosed(home.ClosedUntil)
                    : home;
            }
        }

        return new UsageEventRejection.NobodyHadIt(usage.Resource);
    }
}
