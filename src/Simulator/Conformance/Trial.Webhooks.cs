using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Conformance;

internal sealed partial class Trial
{
    private int webhooks;

    /// <summary>A webhook of its own, not yet signed. Source: contract §F.</summary>
    public JsonObject NewWebhook(string type, JsonObject payload) => new()
    {
        ["id"] = $"evt_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} {played.Id} {++webhooks}")))[..24]}",
        ["type"] = type,
        ["createdAt"] = Now.ToUnixTimeMilliseconds(),
        ["region"] = null,
        ["payload"] = payload,
    };

    public string Sign(string body) => vercel.Deliveries.Sign(body);

    /// <summary>Sends a webhook as it should be.</summary>
    public Task<DeliveryAttempt> Deliver(JsonObject webhook) => Deliver(webhook.ToJsonString());

    public Task<DeliveryAttempt> Deliver(string body) => Deliver(body, Sign(body));

    /// <param name="signature">Also one that is wrong, or none.</param>
    public async Task<DeliveryAttempt> Deliver(string body, string? signature)
    {
        var target = vercel.Webhook ?? throw NotObserved("The provider's webhook URL is not known.");
        var attempt = await vercel.Deliveries.Send(body, signature, target, cancel);
        vercel.Log.Add(new Exchange(
            "Webhook", "POST", target, IdempotencyKey: null, attempt.At, attempt.Status, attempt.Answer ?? "", attempt.Failure, attempt.Elapsed, []));
        return attempt;
    }

    public void ExpectAcknowledged(DeliveryAttempt attempt) => Expect(attempt.IsAccepted, "2xx within 30 s", Told(attempt));

    /// <summary>Refused as somebody else's: neither taken, nor a fault of the provider.</summary>
    public void ExpectForged(DeliveryAttempt attempt) => Expect(attempt.Status is >= 400 and < 500, "4xx, best 403", Told(attempt));

    public static string Told(DeliveryAttempt attempt) => attempt.Status?.ToString() ?? attempt.Failure!;
}
