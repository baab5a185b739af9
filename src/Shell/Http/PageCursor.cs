using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Marketplace.Shell.Http;

/// <summary>
/// Where a page ended, by what its list is ordered by: so that the next one goes on there, whatever has come or gone meanwhile. Opaque to
/// whoever sends it back.
/// </summary>
internal sealed record PageCursor(IReadOnlyList<string> Parts)
{
    public string Text => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Parts));

    public static string After(params string[] parts) => new PageCursor(parts).Text;

    public static string Part(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Part(DateTimeOffset moment) => Part(moment.UtcTicks);

    /// <summary>Null when it is none of ours.</summary>
    public static PageCursor? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) is { } parts && parts.All(IsStorable) ? new PageCursor(parts) : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }

    public static long? Number(string part) =>
        long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static DateTimeOffset? Moment(string part) =>
        Number(part) is { } ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static bool IsStorable(string? part) => part is not null && !part.Contains('\0', StringComparison.Ordinal);
}
