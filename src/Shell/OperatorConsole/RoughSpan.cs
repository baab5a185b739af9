namespace Marketplace.Shell.OperatorConsole;

/// <summary>How long something lasts, as people say it.</summary>
internal static class RoughSpan
{
    public static string Of(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2) ? Counted.Of((long)Math.Ceiling(span.TotalSeconds), "second")
        : span < TimeSpan.FromHours(2) ? Counted.Of((long)span.TotalMinutes, "minute")
        : span < TimeSpan.FromDays(2) ? Counted.Of((long)span.TotalHours, "hour")
        : Counted.Of((long)span.TotalDays, "day");
}
