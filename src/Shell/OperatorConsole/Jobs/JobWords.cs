using System.Diagnostics;
using System.Globalization;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.JobHosts;

namespace Marketplace.Shell.OperatorConsole.Jobs;

/// <summary>Jobs, their times and their ends in an operator's words.</summary>
internal static class JobWords
{
    public static string Of(JobSchedule schedule) =>
        schedule switch
        {
            JobSchedule.Every { Interval.TotalSeconds: 1 } => "every second",
            JobSchedule.Every { Interval.TotalSeconds: 60 } => "every minute",
            JobSchedule.Every every => $"every {Span(every.Interval)}",
            JobSchedule.Cron cron => Of(cron.Expression),
            _ => throw new UnreachableException(schedule.GetType().Name),
        };

    public static Mark Of(JobState state) =>
        state switch
        {
            JobState.Waiting => new Mark("Waiting", Tone.Good),
            JobState.Running => new Mark("Running", Tone.Busy),
            JobState.Paused => new Mark("Paused", Tone.Warn),
            JobState.Late => new Mark("Late", Tone.Bad),
            JobState.Unserved => new Mark("No node runs it", Tone.Bad),
            _ => throw new UnreachableException(state.ToString()),
        };

    public static Mark Of(JobOutcome outcome) =>
        outcome switch
        {
            JobOutcome.Succeeded => new Mark("Succeeded", Tone.Good),
            JobOutcome.Failed => new Mark("Failed", Tone.Bad),
            JobOutcome.Stopped => new Mark("Stopped with its node", Tone.Quiet),
            JobOutcome.Lost => new Mark("Lost with its node", Tone.Bad),
            _ => throw new UnreachableException(outcome.ToString()),
        };

    public static Mark Of(NodeOverview node) =>
        node.Lives ? new Mark("Alive", Tone.Good)
        : node.StoppedAt is not null ? new Mark("Stopped", Tone.Quiet)
        : new Mark("Dead", Tone.Bad);

    /// <summary>To the second.</summary>
    public static MomentView At(DateTimeOffset at) =>
        new(at.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture), Shown.Machine(at));

    /// <summary>How far from now, before it or after.</summary>
    public static MomentView From(DateTimeOffset now, DateTimeOffset at) => new(
        at > now.AddSeconds(1) ? $"in {Span(at - now)}"
        : at >= now.AddSeconds(-1) ? "now"
        : $"{Span(now - at)} ago",
        Shown.Machine(at));

    /// <summary>A wake that is a little late is under way.</summary>
    public static MomentView Next(DateTimeOffset now, DateTimeOffset at, JobState state) =>
        at > now || state == JobState.Late ? From(now, at) : From(now, now);

    /// <summary>How long a run took.</summary>
    public static string Took(TimeSpan span) =>
        span < TimeSpan.FromMilliseconds(1) ? "under 1 ms"
        : span < TimeSpan.FromMilliseconds(10) ? $"{span.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture)} ms"
        : span < TimeSpan.FromSeconds(1) ? $"{span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms"
        : span < TimeSpan.FromMinutes(1) ? $"{span.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s"
        : $"{(long)span.TotalMinutes} min {span.Seconds} s";

    private static string Span(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2) ? Counted.Of((long)span.TotalSeconds, "second")
        : span < TimeSpan.FromHours(2) ? Counted.Of((long)span.TotalMinutes, "minute")
        : span < TimeSpan.FromDays(2) ? Counted.Of((long)span.TotalHours, "hour")
        : Counted.Of((long)span.TotalDays, "day");

    /// <summary>Expressions of other forms are what they are.</summary>
    private static string Of(string cron) =>
        cron.Split(' ') switch
        {
            [var minute, "*", "*", "*", "*"] when IsNumber(minute) => $"every hour at {minute.PadLeft(2, '0')} minutes past",
            [var minute, var hour, "*", "*", "*"] when IsNumber(minute) && IsNumber(hour) => $"every day at {hour.PadLeft(2, '0')}:{minute.PadLeft(2, '0')}",
            _ => cron,
        };

    private static bool IsNumber(string field) => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
