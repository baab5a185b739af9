namespace Marketplace.Core.Time;

/// <summary>One hour in UTC, <c>[Start, Start + 1 h)</c>, by whose end a report is due.</summary>
public readonly record struct HourSlot
{
    private HourSlot(DateTimeOffset start) => Start = start;

    /// <summary>A full hour at offset zero.</summary>
    public DateTimeOffset Start { get; }

    public DateTimeOffset End => Start.AddHours(1);

    /// <summary>The slot that contains the moment.</summary>
    public static HourSlot Of(DateTimeOffset moment)
    {
        var ticks = moment.UtcTicks;
        return new HourSlot(new DateTimeOffset(ticks - (ticks % TimeSpan.TicksPerHour), TimeSpan.Zero));
    }

    /// <summary>The newest slot that is over at the moment.</summary>
    public static HourSlot LastCompleteAt(DateTimeOffset now) => new(Of(now).Start.AddHours(-1));

    public HourSlot Next() => new(Start.AddHours(1));
}
