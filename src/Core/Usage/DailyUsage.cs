using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Time;

namespace Marketplace.Core.Usage;

/// <summary>The usage of one metric on each day of a billing period so far, as each day's last report told it. Source: contract §D.7.</summary>
/// <param name="Days">Every day from the period's first to the one under way; nothing was used on those before the first reading.</param>
public sealed record DailyUsage(PlanSubject Subject, Metric Metric, Seq<UsageOnDay> Days)
{
    /// <summary>Of every metric that has been measured, in the order of <see cref="MetricUsage.Of(BilledInstallation, BillingPeriod, UsageDay, DateTimeOffset)"/>.</summary>
    /// <param name="asOf">What was measured later is left out; a moment past the period's end is its end.</param>
    public static Seq<DailyUsage> Of(BilledInstallation installation, BillingPeriod period, DateTimeOffset asOf)
    {
        var end = asOf < period.End ? asOf : period.End;
        var days = DaysOf(period.Start, end)
            .Select(day => (Day: day, Usage: MetricUsage.Of(installation, period, day, day.End < end ? day.End : end)))
            .ToList();
        return days.Count == 0
            ? Seq<DailyUsage>.Empty
            : days[^1].Usage
                .Map(last => new DailyUsage(last.Subject, last.Metric, days.Select(day => new UsageOnDay(day.Day, day.Usage, last)).ToSeq().Strict()))
                .Strict();
    }

    private static IEnumerable<UsageDay> DaysOf(DateTimeOffset start, DateTimeOffset end)
    {
        for (var day = UsageDay.Of(start); day.Start < end; day = UsageDay.Of(day.End))
        {
            yield return day;
        }
    }
}

/// <param name="DayValue">On the day, in the metric's units.</param>
/// <param name="PeriodValue">In the period up to the day's end.</param>
public sealed record UsageOnDay(UsageDay Day, decimal DayValue, decimal PeriodValue)
{
    internal UsageOnDay(UsageDay day, Seq<MetricUsage> all, MetricUsage like)
        : this(day, 0m, 0m)
    {
        if (all.Find(usage => usage.Subject == like.Subject && usage.Metric == like.Metric).Case is SomeCase<MetricUsage>(var usage))
        {
            (DayValue, PeriodValue) = (usage.DayValue, usage.PeriodValue);
        }
    }
}
