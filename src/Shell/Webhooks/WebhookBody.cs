using System.Text.Json;
using Marketplace.Core;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Webhooks;

/// <summary>What every webhook says, and what those of one type say beside it. Source: contract §F.</summary>
/// <param name="CreatedAt">Milliseconds since 1970.</param>
/// <param name="Payload">Never null in what is read: whether the reader sees that of a type parameter is not to be relied on.</param>
internal sealed record WebhookBody<TPayload>(long CreatedAt, TPayload? Payload) where TPayload : class
{
    /// <exception cref="JsonException">It does not say what its type says.</exception>
    public static (Told Told, TPayload Payload) Read(ClaimedWebhook webhook)
    {
        var body = JsonSerializer.Deserialize<WebhookBody<TPayload>>(webhook.Body, WireJson.Options)
            ?? throw new JsonException("The body is null.");
        return (new Told(Moment(body.CreatedAt), webhook.Id), body.Payload ?? throw new JsonException("payload is null."));
    }

    private static DateTimeOffset Moment(long milliseconds) =>
        milliseconds is >= 0 and <= 253_402_300_799_999
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new JsonException("createdAt is no moment.");
}
