using System.Globalization;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>How pages spell times, spans and amounts.</summary>
internal static class Words
{
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    public static string Span(TimeSpan span) => span.TotalSeconds < 1 ? $"{span.TotalMilliseconds:0} ms" : $"{span.TotalSeconds:0.0} s";

    /// <summary>The two largest units of it, as long as they are not both small.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => Count((int)span.TotalDays, "day") + (span.Hours > 0 ? $" {span.Hours} h" : ""),
        { TotalHours: >= 1 } => $"{(int)span.TotalHours} h" + (span.Minutes > 0 ? $" {span.Minutes} min" : ""),
        { TotalMinutes: >= 1 } => $"{(int)span.TotalMinutes} min" + (span.Seconds > 0 ? $" {span.Seconds} s" : ""),
        _ => $"{Math.Max(0, (int)span.TotalSeconds)} s",
    };

    public static string Dollars(decimal amount) => $"${amount.ToString("#,##0.00######", CultureInfo.InvariantCulture)}";

    public static string Number(decimal amount) => amount.ToString("#,##0.##########", CultureInfo.InvariantCulture);

    public static string Count(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? $"{one}s"}";
}
