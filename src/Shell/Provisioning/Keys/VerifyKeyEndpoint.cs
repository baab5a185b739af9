using System.Text.Json;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>
/// POST /provider/v1/keys/verify: tells the provider's gateway whether a key is good, for whom and for what, and why not. The key comes in
/// the body, for addresses are logged; it is in no answer.
/// </summary>
internal static class VerifyKeyEndpoint
{
    /// <summary>Room for a key with every character escaped.</summary>
    public const int BytesMax = 8 * 1024;

    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.KeysVerify, Handle, RequestKind.KeyVerification);

    private static async Task<IResult> Handle(HttpContext context, KeyVerification keys, CancellationToken cancel)
    {
        using var body = await PooledBody.Read(context, BytesMax, cancel);
        if (body is null)
        {
            // The rest of the body is not read, so nothing else can come through this connection.
            context.Response.Headers.Connection = "close";
            return ProviderProblems.TooLarge($"The body is larger than {BytesMax} bytes, and no key is.");
        }

        string? shown;
        try
        {
            shown = JsonSerializer.Deserialize(body.Bytes.StartsWith("\uFEFF"u8) ? body.Bytes[3..] : body.Bytes, VerifiedKeyJson.Default.ShownKey)?.Key;
        }
        catch (JsonException malformed)
        {
            return ProviderProblems.Invalid(MalformedJson.Describe(malformed));
        }

        if (shown is null)
            return ProviderProblems.Invalid("There is no key to look for.", new ProblemError("#/key", "must be the key that was shown, as text"));

        var (verdict, installation) = await keys.Verify(shown, cancel);
        // What is true of a key now need not be so in a moment.
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(VerifiedKey.Of(verdict, installation), VerifiedKeyJson.Default.VerifiedKey);
    }
}

/// <summary>Records print every property, and logs print records: the key stays out.</summary>
internal sealed record ShownKey(string? Key)
{
    public override string ToString() => nameof(ShownKey);
}
