using System.Globalization;

namespace Marketplace.Shell.StandardWebhooks;

/// <summary>The three headers that make a request a Standard Webhook; empty where one is absent.</summary>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Signature">One or several, with spaces between.</param>
public sealed record WebhookHeaders(string Id, string Timestamp, string Signature)
{
    private const string IdName = "webhook-id";
    private const string TimestampName = "webhook-timestamp";
    private const string SignatureName = "webhook-signature";

    /// <summary>Digits enough for some ten thousand years.</summary>
    private const int TimestampDigitsMax = 11;

    /// <summary>Null when it is not digits: a sign or a fraction would be written in several ways, and only one of them is signed.</summary>
    internal DateTimeOffset? SentAt =>
        Timestamp.Length is > 0 and <= TimestampDigitsMax
        && long.TryParse(Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && (Timestamp[0] != '0' || Timestamp.Length == 1)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public static WebhookHeaders Of(IHeaderDictionary headers) =>
        new(headers[IdName].ToString(), headers[TimestampName].ToString(), headers[SignatureName].ToString());

    public void WriteTo(System.Net.Http.Headers.HttpRequestHeaders headers)
    {
        headers.Add(IdName, Id);
        headers.Add(TimestampName, Timestamp);
        headers.Add(SignatureName, Signature);
    }

    internal static string TimestampOf(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
