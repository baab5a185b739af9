using System.Net;
using System.Text.Json;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>What an answer means that is no success. Source: contract §A.2.</summary>
internal static class VercelFailure
{
    private const int ReasonCharactersMax = 500;

    private const int BodyCharactersMax = 8000;

    /// <summary>Usage is told every hour, and an uninstall has only hours: what is due is not put off for longer, whoever asks for it.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    /// <param name="token">Should Vercel repeat it, nobody reads it in a log or in a table.</param>
    public static async Task<VercelAnswer<T>> Of<T>(HttpResponseMessage response, AccessToken? token, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStringAsync(cancel);
        if (token is not null)
            body = body.Replace(token.Value, "[token]", StringComparison.Ordinal);
        var reply = new VercelReply((int)response.StatusCode, body.Length <= BodyCharactersMax ? body : body[..BodyCharactersMax]);
        return Of<T>(response, Reason(body)) with { Reply = reply };
    }

    private static VercelAnswer<T> Of<T>(HttpResponseMessage response, string reason) =>
        response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new VercelAnswer<T>.TokenRefused($"401: {reason}"),
            HttpStatusCode.Gone => new VercelAnswer<T>.Gone($"410: {reason}"),
            HttpStatusCode.NotFound => new VercelAnswer<T>.NotFound(reason),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout =>
                new VercelAnswer<T>.Unknown($"{(int)response.StatusCode}: {reason}", RetryAfter(response)),
            >= HttpStatusCode.InternalServerError => new VercelAnswer<T>.Unknown(
                $"{(int)response.StatusCode}: {reason}", RetryAfter(response)),
            var status => new VercelAnswer<T>.Refused((int)status, reason),
        };

    /// <summary>Seconds or a date, and the date is the network's time, not that of our decisions.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => Bounded(delta),
            { Date: { } date } => Bounded(date - TimeProvider.System.GetUtcNow()),
            _ => null,
        };

    private static TimeSpan Bounded(TimeSpan wait) =>
        wait < TimeSpan.Zero ? TimeSpan.Zero : wait > RetryAfterMax ? RetryAfterMax : wait;

    /// <summary>Bodies of errors are not in the specification: the usual shape is read leniently, anything else as text.</summary>
    private static string Reason(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out var message))
            {
                text = message.ToString();
            }
        }
        catch (JsonException)
        {
            // Then the text is all there is.
        }

        return text.Length <= ReasonCharactersMax ? text : text[..ReasonCharactersMax];
    }
}
