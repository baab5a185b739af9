using System.Net;
using System.Text.Json;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.VercelApi;

/// <summary>What an answer means that is no success. Source: contract §A.2.</summary>
internal static class VercelFailure
{
    private const int ReasonCharactersMax = 500;

    private const int BodyCharactersMax = 8000;

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
                new VercelAnswer<T>.Unknown($"{(int)response.StatusCode}: {reason}", RetryAfterHeader.Of(response)),
            >= HttpStatusCode.InternalServerError => new VercelAnswer<T>.Unknown(
                $"{(int)response.StatusCode}: {reason}", RetryAfterHeader.Of(response)),
            var status => new VercelAnswer<T>.Refused((int)status, reason),
        };

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
