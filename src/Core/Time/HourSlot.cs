using LanguageExt;

namespace Marketplace.Core.Time;

/// <summary>One hour in UTC, <c>[Start, Start + 1 h)</c>, by whose end a report is due.</summary>
public readonly record struct HourSlot
{
    private HourSlot(DateTimeOffset start) => Start = start;

    /// <summary>A full hour at offset zero.</summary>
    public DateTimeOffset Start { get; }

    public DateTimeOffset End => Start.AddHours(1);

    public TimeRange Range => new(Start, End);

    /// <summary>The slot that contains the moment.</summary>
    public static HourSlot Of(DateTimeOffset moment)
    {
        var ticks = moment.UtcTicks;
        return new HourSlot(new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerHour), TimeSpan.Zero));
    }

    /// <summary>The newest slot that is over at the moment.</summary>
    public static HourSlot LastCompleteAt(DateTimeOffset now) => new(Of(now).Start.AddHours(-1));

    /// <summary>The slots that share time with the range, oldest first.</summary>
    public static IEnumerable<HourSlot> Overlapping(TimeRange range)
    {
        for (var slot = Of(range.Start); slot.Start < range.End; slot = slot.Next())
        {
            yield return slot;
        }
    }

    /// <summary>The slots that lie in the range from beginning to end, oldest first.</summary>
    public static IEnumerable<HourSlot> Inside(TimeRange range) =>
        Overlapping(range).Where(slot => range.Start <= slot.Start && slot.End <= range.End);

    /// <summary>
    /// The moment from which the report of this slot is due in a life that overlaps it: its end, or the end of that life, so
    /// that what comes after the last report need not wait for the hour to pass.
    /// </summary>
    public DateTimeOffset DueAt(Lifetime life) => life.NoLaterThan(End);

    /// <summary>The slots of a life that are due at the moment, oldest first.</summary>
    public static IEnumerable<HourSlot> DueIn(Lifetime life, TimeRange range, DateTimeOffset now) =>
        life.Within(range).Match(
            Some: lived => Overlapping(lived).TakeWhile(slot => slot.DueAt(life) <= now),
            None: () => Enumerable.Empty<HourSlot>());

    /// <summary>The newest slot that is due at the moment in a life that has begun.</summary>
    public static HourSlot LastDueIn(Lifetime life, DateTimeOffset now) =>
        life.End.Exists(end => end <= now) ? Of(life.NoLaterThan(now).AddTicks(-1)) : LastCompleteAt(now);

    public HourSlot Next() => new(Start.AddHours(1));
}
