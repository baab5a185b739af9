using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LanguageExt;
using Marketplace.Shell.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>What the issuer says of a person, if it is genuine, meant for us, for this sign-in, and valid now.</summary>
internal sealed class OidcTokens(OidcSettings settings, OidcIssuer issuer, TimeProvider clock)
{
    private const int LengthMax = 64 * 1024;

    /// <summary>Source: OpenID Connect Core 1.0, §2.</summary>
    private const int SubjectCharactersMax = 255;

    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    // No decryption keys, ever: this version of the library is safe only as long as encrypted tokens are refused.
    private readonly JsonWebTokenHandler library = new();

    /// <returns>The person; or why the token does not hold, without what is in it.</returns>
    public async Task<Either<string, OidcOutcome.Person>> Read(string idToken, string nonce)
    {
        if (idToken.Length > LengthMax || idToken.Split('.').Length != 3 || !library.CanReadToken(idToken))
            return "The id_token is none.";
        var token = library.ReadJsonWebToken(idToken);
        if (token.Alg != SecurityAlgorithms.RsaSha256)
            return "The id_token is not signed by RS256.";
        if (await issuer.Ask() is not { } document || await issuer.Keys.Find(token.Kid ?? "") is not { } key)
            return "The id_token is signed by a key that the issuer does not publish.";

        var result = library.ValidateToken(idToken, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidIssuer = document.Issuer,
            ValidAudience = settings.ClientId,
            // This version of the library knows no TimeProvider.
            LifetimeValidator = (notBefore, expires, _, _) => IsValidNow(notBefore, expires),
        });
        if (!result.IsValid)
            return $"The id_token does not hold: {result.Exception?.GetType().Name}.";
        if (token.Audiences.Count() > 1 && Text(token, "azp") != settings.ClientId)
            return "The id_token was issued to somebody else.";
        return Text(token, "nonce") is { } given && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(nonce))
            ? Person(token)
            : "The id_token is of another sign-in.";
    }

    private bool IsValidNow(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + Tolerance && (notBefore is null || notBefore <= now + Tolerance);
    }

    private Either<string, OidcOutcome.Person> Person(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        var roles = Texts(Find(payload.RootElement, settings.RoleClaim)).ToList();
        var claimed = Texts(Find(payload.RootElement, settings.NameClaim)).FirstOrDefault();
        var name = claimed ?? token.Subject;
        if (!IsName(token.Subject, SubjectCharactersMax) || !IsName(name, BootstrapOperator.NameCharactersMax))
            return "The id_token names nobody.";
        // Whoever may write any address into their own account would be in the audit as whoever they like.
        if (claimed is not null && settings.NameClaim == "email" && IsFalse(payload.RootElement, "email_verified"))
            return "The issuer has not verified the e-mail address, by which the audit knows people here.";
        return new OidcOutcome.Person(
            new OperatorPerson(name, token.Issuer, token.Subject),
            roles.Contains(settings.OperatorRole) ? OperatorRole.Operator
            : roles.Contains(settings.ViewerRole) ? OperatorRole.Viewer
            : null);
    }

    private static bool IsName(string? text, int charactersMax) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= charactersMax && !text.Any(char.IsControl);

    /// <summary>As the specification has it, or as a text, which some issuers write.</summary>
    private static bool IsFalse(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim)
        && (claim.ValueKind == JsonValueKind.False || (claim.ValueKind == JsonValueKind.String && string.Equals(claim.GetString(), "false", StringComparison.OrdinalIgnoreCase)));

    /// <summary>By its whole name first: an issuer may have dots or addresses in it.</summary>
    private static JsonElement? Find(JsonElement claims, string name)
    {
        if (claims.TryGetProperty(name, out var whole))
            return whole;
        JsonElement? at = claims;
        foreach (var part in name.Split('.'))
            at = at is { ValueKind: JsonValueKind.Object } within && within.TryGetProperty(part, out var inner) ? inner : null;
        return at;
    }

    private static IEnumerable<string> Texts(JsonElement? claim) =>
        claim switch
        {
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!),
            _ => [],
        };

    private static string? Text(JsonWebToken token, string claim) =>
        token.TryGetClaim(claim, out var found) ? found.Value : null;
}
