namespace Marketplace.Core.Time;

/// <summary>A half-open span of time in UTC, <c>[Start, End)</c>, that is billed as one. Start is before End.</summary>
public readonly record struct BillingPeriod(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The calendar month, in UTC, that contains the moment.</summary>
    public static BillingPeriod MonthOf(DateTimeOffset moment)
    {
        var start = new DateTimeOffset(moment.UtcDateTime.Year, moment.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return new BillingPeriod(start, start.AddMonths(1));
    }

    public bool Contains(DateTimeOffset moment) => Start <= moment && moment < End;
}
