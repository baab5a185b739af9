namespace Marketplace.Core.Time;

/// <summary>One day in UTC, by which Vercel files usage. Source: contract §D.7, <c>eod</c>.</summary>
public readonly record struct UsageDay
{
    private UsageDay(DateTimeOffset start) => Start = start;

    /// <summary>Midnight at offset zero.</summary>
    public DateTimeOffset Start { get; }

    public DateTimeOffset End => Start.AddDays(1);

    public TimeRange Range => new(Start, End);

    /// <summary>The day that contains the moment.</summary>
    public static UsageDay Of(DateTimeOffset moment) => new(new DateTimeOffset(moment.UtcDateTime.Date, TimeSpan.Zero));

    /// <summary>
    /// The end of the day as the wire names it: 23:59:59, or the last second of a period that ends in the middle of the day,
    /// because it has to lie inside the period. Source: contract §D.7, §J.15.
    /// </summary>
    /// <param name="period">One that shares time with the day.</param>
    public DateTimeOffset Eod(BillingPeriod period)
    {
        var last = End.AddSeconds(-1);
        return last < period.LastSecond ? last : period.LastSecond;
    }
}
