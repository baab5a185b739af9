using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Who calls, once the token is trusted.</summary>
/// <param name="Role">Of a person; none when Vercel itself calls.</param>
internal sealed record Caller(string? InstallationId, string? UserId, string? Role, string? Name)
{
    public bool IsPerson => Role is not null;
}

/// <summary>Checks the tokens that Vercel signs. Source: contract §A.1.</summary>
internal sealed class TokenCheck(ProviderSettings settings, HttpClient http, TimeProvider clock)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim oneFetch = new(1, 1);
    private Dictionary<string, RSAParameters> keys = new(StringComparer.Ordinal);

    /// <summary>The caller, or why nobody believes him.</summary>
    public async Task<(Caller? Caller, string Fault)> Read(string token)
    {
        try
        {
            var parts = token.Split('.');
            if (parts.Length != 3)
            {
                return (null, "The token has no three parts.");
            }

            var (header, claims) = (Decode(parts[0]), Decode(parts[1]));
            return !await IsSigned(header, parts) ? (null, "The signature is not Vercel's.")
                : Fault(claims) is { } fault ? (null, fault)
                : (new Caller(
                    claims.Text("installation_id"), claims.Text("user_id"), claims.Text("user_role"), claims.Text("user_name")), "");
        }
        catch (Exception broken) when (broken is FormatException or JsonException or InvalidOperationException)
        {
            return (null, "The token cannot be read.");
        }
    }

    private async Task<bool> IsSigned(JsonObject header, string[] parts)
    {
        if (header.Text("alg") == "none" && settings.Breaks(Breakage.AcceptsUnsignedTokens))
        {
            return true;
        }

        if (header.Text("alg") != "RS256")
        {
            return false;
        }

        if (settings.Breaks(Breakage.IgnoresSignature))
        {
            return true;
        }

        if (header.Text("kid") is not { } id || (!keys.ContainsKey(id) && !(await Fetch()).ContainsKey(id)))
        {
            return false;
        }

        using var key = RSA.Create(keys[id]);
        return key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
    }

    private string? Fault(JsonObject claims)
    {
        var now = clock.GetUtcNow();
        if (claims.Text("iss") != settings.Issuer && !settings.Breaks(Breakage.IgnoresIssuer))
        {
            return "iss: is not Vercel.";
        }

        if (claims.Text("aud") != settings.IntegrationId && !settings.Breaks(Breakage.IgnoresAudience))
        {
            return "aud: is another integration.";
        }

        if ((Time(claims.Number("exp")) is not { } end || end + Tolerance < now) && !settings.Breaks(Breakage.IgnoresExpiry))
        {
            return "exp: is over, or missing.";
        }

        if (Time(claims.Number("nbf")) is { } start && start - Tolerance > now && !settings.Breaks(Breakage.IgnoresNotBefore))
        {
            return "nbf: is still to come.";
        }

        var isPerson = claims.ContainsKey("user_role");
        if (isPerson && (claims.Text("user_role") is not ("ADMIN" or "USER") || claims.Text("user_id") is null))
        {
            return "user_role and user_id: are not those of a person.";
        }

        var form = isPerson ? "^account:[0-9a-fA-F]+:user:[0-9a-fA-F]+$" : "^account:[0-9a-fA-F]+$";
        return claims.Text("sub") is { } subject ? (Matches(subject, form) ? null : "sub: has another form.")
            : isPerson || !claims.ContainsKey("sub") ? "sub: is missing."
            : null;
    }

    /// <summary>The keys as they are published now: an unknown one may be new.</summary>
    private async Task<Dictionary<string, RSAParameters>> Fetch()
    {
        await oneFetch.WaitAsync();
        try
        {
            var discovery = JsonNode.Parse(await http.GetStringAsync(new Uri(settings.Vercel, "/.well-known/openid-configuration")))!;
            var set = JsonNode.Parse(await http.GetStringAsync(new Uri((string)discovery["jwks_uri"]!)))!;
            var known = keys;
            var fetched = set["keys"]!.AsArray().Where(key => (string?)key!["kty"] == "RSA").ToDictionary(
                key => (string)key!["kid"]!,
                key => new RSAParameters
                {
                    Modulus = Base64Url.DecodeFromChars((string)key!["n"]!),
                    Exponent = Base64Url.DecodeFromChars((string)key["e"]!),
                },
                StringComparer.Ordinal);
            if (known.Count > 0 && settings.Breaks(Breakage.NeverFetchesKeysAgain))
            {
                return known;
            }

            foreach (var (id, key) in settings.Breaks(Breakage.KeepsWithdrawnKeys) ? known : [])
            {
                fetched[id] = key;
            }

            return keys = fetched;
        }
        finally
        {
            oneFetch.Release();
        }
    }

    private static JsonObject Decode(string part) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject ?? throw new FormatException();

    private static DateTimeOffset? Time(double? seconds) =>
        seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds((long)known) : null;

    private static bool Matches(string text, string form) => Regex.IsMatch(text, form, RegexOptions.None, TimeSpan.FromSeconds(1));
}
