using System.Diagnostics;
using Marketplace.Jobs.Scheduling;

namespace Marketplace.Shell.JobHosts;

/// <summary>A schedule in the words of Hangfire, which knows cron expressions only, with seconds in front where there are six fields.</summary>
internal static class Cadence
{
    /// <summary>
    /// What comes again and again comes at least as often as asked: cron divides a minute, an hour, a day evenly. Each job has its
    /// own second and minute, so that not all of them come at the full one.
    /// </summary>
    /// <exception cref="ArgumentException">There are not five fields; whether they mean anything, Hangfire says.</exception>
    public static string Of(string job, JobSchedule schedule) =>
        schedule switch
        {
            JobSchedule.Cron cron when cron.Expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 5 => cron.Expression,
            JobSchedule.Cron cron => throw new ArgumentException(cron.Expression, nameof(schedule)),
            JobSchedule.Every every => Of(Place(job), every.Interval),
            _ => throw new UnreachableException(schedule.GetType().Name),
        };

    private static string Of(int place, TimeSpan interval) =>
        interval.TotalSeconds < 60 ? $"{Steps(place, (int)interval.TotalSeconds, 60)} * * * * *"
        : interval.TotalMinutes < 60 ? $"{place % 60} {Steps(place, (int)interval.TotalMinutes, 60)} * * * *"
        : interval.TotalHours < 24 ? $"{place % 60} {place % 60} {Steps(place, (int)interval.TotalHours, 24)} * * *"
        : $"{place % 60} {place % 60} {place % 24} * * *";

    private static string Steps(int place, int asked, int whole)
    {
        var step = Enumerable.Range(1, Math.Max(1, asked)).Last(step => whole % step == 0);
        return step == 1 ? "*" : $"{place % step}/{step}";
    }

    /// <summary>The same on every node and in every process, which the hash of a string is not.</summary>
    private static int Place(string job) => job.Aggregate(7, (place, letter) => (place * 31 + letter) % 10_007);
}
