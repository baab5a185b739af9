using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Takes what Vercel tells, answers at once, and leaves the work to the bookkeeper. Source: contract §F.</summary>
internal sealed class WebhookDesk(ProviderSettings settings, Bookkeeper bookkeeper, SignOnDesk signOn)
{
    public const string Path = "/webhooks";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "marketplace.invoice.created", "marketplace.invoice.paid", "marketplace.invoice.notpaid", "marketplace.invoice.overdue",
        "marketplace.invoice.refunded", "marketplace.member.changed", "integration-resource.project-connected",
        "integration-resource.project-disconnected", "integration-configuration.removed", "integration-configuration.permission-upgraded",
        "integration-configuration.scope-change-confirmed", "integration-configuration.transferred",
    };

    private readonly ConcurrentDictionary<string, bool> seen = new(StringComparer.Ordinal);

    public void Open(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, async (HttpContext http) => 
            await (await Take(http.Request)).Write(http.Response, settings.Is(Oddity.MisspellsCharset) ? "utf8" : null));

    private async Task<Answer> Take(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        if (!IsSigned(bytes.ToArray(), request.Headers["x-vercel-signature"].ToString()))
        {
            return Answer.Forbidden("The signature is not Vercel's.");
        }

        if (JsonReading.Object(Encoding.UTF8.GetString(bytes.ToArray())) is not { } webhook || webhook.Text("id") is not { } id || webhook.Text("type") is not { } type)
        {
            return Answer.Invalid("The body is no webhook.");
        }

        if (!Known.Contains(type) && settings.Breaks(Breakage.RefusesUnknownWebhooks))
        {
            return Answer.Invalid("The type is not known.");
        }

        if (seen.TryAdd(id, true))
        {
            var payload = webhook["payload"] as JsonObject ?? [];
            bookkeeper.Hear(type, payload);
            if (type == "marketplace.member.changed")
            {
                signOn.SignOut(payload.Text("memberId"));
            }
        }

        return Answer.Ok(new JsonObject());
    }

    /// <summary>Over the bytes as they came, compared in constant time, before anything is read.</summary>
    private bool IsSigned(byte[] body, string signature)
    {
        if (settings.Breaks(Breakage.IgnoresWebhookSignature))
        {
            return true;
        }

        var signed = settings.Breaks(Breakage.SignsWhatWasParsed) && JsonReading.Object(Encoding.UTF8.GetString(body)) is { } json ? Encoding.UTF8.GetBytes(json.ToJsonString()) : body;
#pragma warning disable CA5350 // The contract fixes SHA-1 for webhooks (§F).
        var expected = Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(settings.ClientSecret), signed));
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature));
    }
}
