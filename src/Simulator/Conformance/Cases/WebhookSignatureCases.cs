using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Who may tell a provider something: whoever signs these very bytes with the client secret. Source: contract §F.</summary>
internal static class WebhookSignatureCases
{
    private const string Type = "integration-resource.project-connected";

    private static readonly JsonSerializerOptions Spread = new() { WriteIndented = true };

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Forged("missing", "without a signature", Level.Required, (_, _) => null),
        Forged("empty", "with an empty signature", Level.Required, (_, _) => ""),
        Forged("nonsense", "with a signature that is none", Level.Required, (_, _) => "conformance"),
        Forged("truncated", "with a signature that lacks its last digit", Level.Required, (trial, body) => trial.Sign(body)[..^1]),
        Forged("prefix", "with the first half of its signature", Level.Required, (trial, body) => trial.Sign(body)[..20]),
        Forged("lengthened", "with a signature that goes on", Level.Required, (trial, body) => trial.Sign(body) + "00"),
        Forged("one-digit", "with one digit of the signature changed", Level.Required, (trial, body) => OneDigitOff(trial.Sign(body))),
        Forged("last-digit", "with the last digit of the signature changed", Level.Required, (trial, body) => LastDigitOff(trial.Sign(body))),
        Forged("other-body", "with the signature of another body", Level.Required, (trial, body) => trial.Sign(body + " ")),
        Forged("other-secret", "signed with another secret", Level.Required, (_, body) => WebhookDelivery.Sign(body, "another-client-secret")),
        Forged("empty-secret", "signed with an empty secret", Level.Required, (_, body) => WebhookDelivery.Sign(body, "")),
        Forged("client-id", "signed with the client id, which everybody knows", Level.Required, (trial, body) => WebhookDelivery.Sign(body, trial.Tokens.Audience)),
        Forged("unkeyed", "with a hash of the body that needs no secret", Level.Required, (_, body) => Unkeyed(body)),
        Forged("upper-case", "with its signature in upper case", Level.Informational, (trial, body) => trial.Sign(body).ToUpperInvariant()),
        Case("forged/body-changed", "A webhook whose body was changed after it was signed is refused with 4xx.", Level.Required,
            trial => Changed(trial, body => body.Replace("production", "preview", StringComparison.Ordinal))),
        Case("forged/body-lengthened", "A webhook with bytes after its body is refused with 4xx.", Level.Required, trial => Changed(trial, body => body + " ")),
        Case("forged/re-serialized", "The same JSON in other bytes than those that were signed is refused with 4xx.", Level.Required,
            trial => Changed(trial, body => JsonNode.Parse(body)!.ToJsonString(Spread))),
        Case("forged/status", "A forged webhook is refused with 403.", Level.Recommended, RefusedWith403),
        Case("forged/no-effect", "A forged webhook changes nothing.", Level.Required, ChangesNothing),
        Case("raw-bytes/spread", "The signature is compared on the bytes as they came: JSON with other white space is acknowledged.", Level.Required,
            trial => Signed(trial, webhook => webhook.ToJsonString(Spread))),
        Case("raw-bytes/escapes", "The signature is compared on the bytes as they came: JSON with needless escapes is acknowledged.", Level.Required,
            trial => Signed(trial, webhook => webhook.ToJsonString().Replace("shop", "\\u0073hop", StringComparison.Ordinal))),
        Case("raw-bytes/letters", "A webhook with letters beyond ASCII is acknowledged.", Level.Required,
            trial => Signed(trial, webhook => webhook.ToJsonString().Replace("shop", "Süßwaren 糖 🍬", StringComparison.Ordinal))),
        Case("raw-bytes/numbers", "The signature is compared on the bytes as they came: a number that is written otherwise is acknowledged.", Level.Required,
            trial => Signed(trial, webhook => webhook.ToJsonString().Replace("\"region\":null", "\"region\":null,\"weight\":1.50e1", StringComparison.Ordinal))),
    ];

    private static ConformanceCase Case(string name, string rule, Level level, Func<Trial, Task> play) => WebhookCases.Case(name, rule, level, play);

    private static ConformanceCase Forged(string name, string how, Level level, Func<Trial, string, string?> sign) => Case(
        $"forged/{name}", $"A webhook {how} is refused with 4xx.", level,
        async trial =>
        {
            var body = await Body(trial);
            trial.ExpectForged(await trial.Deliver(body, sign(trial, body)));
        });

    private static async Task<string> Body(Trial trial) =>
        trial.NewWebhook(Type, WebhookSamples.Connected(await trial.SharedTenant(), trial.Now)).ToJsonString();

    private static async Task Changed(Trial trial, Func<string, string> change)
    {
        var body = await Body(trial);
        trial.ExpectForged(await trial.Deliver(change(body), trial.Sign(body)));
    }

    private static async Task Signed(Trial trial, Func<JsonObject, string> write)
    {
        var webhook = trial.NewWebhook(Type, WebhookSamples.Connected(await trial.SharedTenant(), trial.Now));
        trial.ExpectAcknowledged(await trial.Deliver(write(webhook)));
    }

    private static async Task RefusedWith403(Trial trial)
    {
        var body = await Body(trial);
        var attempt = await trial.Deliver(body, OneDigitOff(trial.Sign(body)));
        trial.Expect(attempt.Status == 403, "403", Trial.Told(attempt));
    }

    /// <summary>As an enemy would use it: to end an installation, and to have a resource suspended.</summary>
    private static async Task ChangesNothing(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var status = trial.Resource(tenant).Status;
        foreach (var (type, payload) in new[]
        {
            ("integration-configuration.removed", WebhookSamples.Removed(tenant, trial.Now)),
            ("marketplace.invoice.overdue", WebhookSamples.Invoice(tenant, trial.Now)),
        })
        {
            var body = trial.NewWebhook(type, payload).ToJsonString();
            trial.ExpectForged(await trial.Deliver(body, OneDigitOff(trial.Sign(body))));
        }

        // What is done in the background has its time.
        await Task.Delay(TimeSpan.FromMilliseconds(500), trial.Cancel);
        trial.ExpectSuccess(await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        trial.Expect(trial.Resource(tenant).Status == status, $"the resource is {status}", trial.Resource(tenant).Status);
        trial.ExpectSuccess(await trial.Customer.InstallAgain(tenant.InstallationId, trial.Cancel));
    }

    private static string OneDigitOff(string signature) => (signature[0] == '0' ? '1' : '0') + signature[1..];

    private static string LastDigitOff(string signature) => signature[..^1] + (signature[^1] == '0' ? '1' : '0');

    private static string Unkeyed(string body)
    {
#pragma warning disable CA5350 // What an enemy can compute without the secret.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5350
    }
}
