using System.Globalization;

namespace Marketplace.Shell;

/// <summary>How many there are of something, in words.</summary>
internal static class Counted
{
    /// <param name="many">Of more than one, where it is another word than with an s.</param>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? $"{one}s")}");
}
