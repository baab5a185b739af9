using System.Globalization;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>The name of an event, <c>evt_</c> and its number: the backend knows by it what it has heard already.</summary>
internal static class ProviderEventId
{
    private const string Prefix = "evt_";

    public static string Of(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{sequence}");

    /// <summary>Null when it is none.</summary>
    public static long? Read(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;
}
