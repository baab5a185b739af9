using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Webhooks;

/// <summary>POST /webhooks/vercel: checked on the raw bytes, stored, acknowledged; its effect comes after. Source: contract §F.</summary>
internal static class WebhookEndpoint
{
    /// <summary>The largest webhook; real ones stay far below.</summary>
    public const int BytesMax = 2 * 1024 * 1024;

    /// <summary>Longer ones than anybody has seen, and short enough for a key.</summary>
    private const int NameCharactersMax = 200;

    /// <summary>The year 9999.</summary>
    private const long MillisecondsMax = 253_370_764_800_000;

    /// <summary>Hexadecimal digits of SHA-1.</summary>
    private const int SignatureLength = 40;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static readonly RequestDelegate Route = HandlerDelegate.Create(Handle);

    private static async Task<IResult> Handle(
        HttpContext context, VercelSettings vercel, WebhookIntake intake, TimeProvider clock, CancellationToken cancel)
    {
        var signature = context.Request.Headers["x-vercel-signature"].ToString();
        // What can be no signature costs nobody the reading of a body.
        if (signature.Length != SignatureLength)
            return Forged();

        using var body = await PooledBody.Read(context, BytesMax, cancel);
        if (body is null)
        {
            // The rest of the body is not read, so nothing else can come through this connection.
            context.Response.Headers.Connection = "close";
            return PartnerResults.TooLarge(BytesMax);
        }

        if (!IsSigned(signature, body.Bytes, vercel.ClientSecret))
            return Forged();

        var text = Decode(body.Bytes);
        using var json = Parse(text);
        if (Name(json.RootElement, "id") is not { } id || Name(json.RootElement, "type") is not { } type)
            return PartnerResults.ValidationError($"A webhook has an id and a type, both strings of at most {NameCharactersMax} characters.");

        var (installation, now) = (InstallationOf(json.RootElement), clock.GetUtcNow());
        Traces.Concerns(installation);
        await intake.Store(WebhookRows.Row(installation, id, type, text, now));
        if (MadeAt(json.RootElement) is { } madeAt)
            Measures.WebhookArrived(type, now - madeAt);
        return Results.Ok();
    }

    private static PartnerErrorResult Forged() =>
        PartnerResults.Forbidden("The x-vercel-signature is not the HMAC-SHA1 of this body under the integration's client secret.");

    /// <summary>Lower-case hexadecimal to the letter; in constant time, so that nobody can find a signature byte by byte.</summary>
    private static bool IsSigned(string signature, ReadOnlySpan<byte> body, string clientSecret)
    {
        // The contract's own algorithm; SHA-1 is weak as a hash, but not as an HMAC.
        var expected = Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(clientSecret), body));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(expected));
    }

    private static string Decode(ReadOnlySpan<byte> body)
    {
        try
        {
            return StrictUtf8.GetString(body);
        }
        catch (DecoderFallbackException fault)
        {
            throw new BadHttpRequestException("The body is not UTF-8.", fault);
        }
    }

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException fault)
        {
            throw new BadHttpRequestException(MalformedJson.Describe(fault), fault);
        }
    }

    /// <summary>Three names are used for the same value; a webhook about anything else has none of them, and is kept under an empty id.</summary>
    private static InstallationId InstallationOf(JsonElement webhook)
    {
        var payload = Part(webhook, "payload");
        return new(
            Name(payload, "installationId")
            ?? Name(Part(payload, "configuration"), "id")
            ?? Name(Part(Part(payload, "checkRun"), "source"), "integrationConfigurationId")
            ?? "");
    }

    /// <summary>Null where it does not say so in the way of the contract (§F: milliseconds since 1970).</summary>
    private static DateTimeOffset? MadeAt(JsonElement webhook) =>
        webhook.TryGetProperty("createdAt", out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var milliseconds)
            && milliseconds is > 0 and < MillisecondsMax
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private static JsonElement Part(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var part) ? part : default;

    private static string? Name(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.TextOrNull() is { Length: > 0 and <= NameCharactersMax } text
            ? text
            : null;
}
