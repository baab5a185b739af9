using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>POST /webhooks/vercel: checked on the raw bytes, stored, acknowledged; its effect comes after. Source: contract §F.</summary>
internal static class WebhookEndpoint
{
    public static readonly RequestDelegate Route = HandlerDelegate.Create(Handle);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static async Task<IResult> Handle(
        HttpRequest request, RawBody body, VercelSettings vercel, NpgsqlDataSource database, TimeProvider clock,
        CancellationToken cancel)
    {
        if (!IsSigned(request.Headers["x-vercel-signature"].ToString(), body.Bytes.Span, vercel.ClientSecret))
            return PartnerResults.Forbidden("The x-vercel-signature is not the HMAC-SHA1 of this body under the integration's client secret.");

        var text = Decode(body);
        using var json = Parse(text);
        var (id, type) = (Text(json.RootElement, "id"), Text(json.RootElement, "type"));
        if (id is null || type is null)
            return PartnerResults.ValidationError("A webhook has an id and a type, both strings.");

        await using var connection = await database.OpenConnectionAsync(cancel);
        await WebhookRows.Store(
            connection, InstallationOf(json.RootElement), id, type, text, clock.GetUtcNow(), cancel);
        return Results.Ok();
    }

    /// <summary>Lower-case hexadecimal to the letter; in constant time, so that nobody can find a signature byte by byte.</summary>
    private static bool IsSigned(string signature, ReadOnlySpan<byte> body, string clientSecret)
    {
        // The contract's own algorithm; SHA-1 is weak as a hash, but not as an HMAC.
        var expected = Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(clientSecret), body));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(expected));
    }

    private static string Decode(RawBody body)
    {
        try
        {
            return StrictUtf8.GetString(body.Bytes.Span);
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

    /// <summary>Both names are used for the same value; a webhook about anything else has neither.</summary>
    private static string InstallationOf(JsonElement webhook) =>
        webhook.ValueKind == JsonValueKind.Object && webhook.TryGetProperty("payload", out var payload)
            ? Text(payload, "installationId")
                ?? (payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("configuration", out var configuration)
                    ? Text(configuration, "id")
                    : null)
                ?? ""
            : "";

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
            ? value.TextOrNull()
            : null;
}
