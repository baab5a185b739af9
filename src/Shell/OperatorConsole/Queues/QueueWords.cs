using System.Globalization;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.OperatorConsole.Queues;

/// <summary>How a queue stands, in words.</summary>
internal static class QueueWords
{
    /// <summary>The state that a filter names of what is tried again.</summary>
    public const string Failing = "failing";

    /// <summary>A count of no more than so many was made.</summary>
    public static string Count(long counted) =>
        counted >= QueueDepth.LookedAtMax ? string.Create(CultureInfo.InvariantCulture, $"{QueueDepth.LookedAtMax:#,0}+") : Number(counted);

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>How long something has waited: its largest part alone.</summary>
    public static string Age(TimeSpan age) =>
        age < TimeSpan.FromMinutes(1) ? "under a minute"
        : age < TimeSpan.FromHours(1) ? $"{Whole(age.TotalMinutes)} min"
        : age < TimeSpan.FromDays(2) ? $"{Whole(age.TotalHours)} h"
        : $"{Whole(age.TotalDays)} days";

    /// <param name="over">What it is called when it came to its end well.</param>
    public static Mark State(string state, string? lastError, string over) =>
        state switch
        {
            OutboxView.Dead => new Mark("Dead", Tone.Bad),
            OutboxView.Pending when lastError is not null => new Mark("Failing", Tone.Warn),
            OutboxView.Pending => new Mark("Waiting", Tone.Busy),
            _ => new Mark(over, lastError is null ? Tone.Good : Tone.Quiet),
        };

    /// <summary>A name of the store, for a person.</summary>
    public static string Kind(string name) => name.Replace('_', ' ');

    private static string Whole(double number) => ((long)number).ToString(CultureInfo.InvariantCulture);
}
