using System.Buffers.Text;
using System.Text.Json;
using LanguageExt;
using Marketplace.Shell.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Shell.Authentication;

/// <summary>
/// Whether a token is genuine, meant for us and valid now. Who may do what with it is <see cref="PartnerGate"/>'s matter.
/// Source: contract §A.1.
/// </summary>
internal sealed class TokenVerifier(VercelSettings vercel, IssuerKeys keys, TimeProvider clock)
{
    /// <summary>Real ones have about one thousand characters.</summary>
    private const int LengthMax = 16 * 1024;

    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // No decryption keys, ever: this version of the library is safe only as long as encrypted tokens are refused.
    private readonly JsonWebTokenHandler library = new();
    private readonly VerifiedTokens verified = new(generationSize: 4096);

    /// <exception cref="IssuerUnreachableException">No key is known at all, so that nothing can be said of any token.</exception>
    public async ValueTask<Either<TokenRefusal, TokenClaims>> Verify(string token)
    {
        if (token.Length > LengthMax)
        {
            return TokenRefusal.TooLong;
        }

        var hash = TokenHash.Of(token);
        if (verified.Find(hash) is { } seen)
        {
            if (ReferenceEquals(await keys.Find(seen.KeyId), seen.Key))
            {
                return Lifetime(seen.Claims) is { } over ? over : seen.Claims;
            }

            verified.Remove(hash);
        }

        var fresh = await VerifyAnew(token);
        if (fresh.Case is RightCase<TokenRefusal, VerifiedToken>(var genuine))
        {
            verified.Add(hash, genuine);
        }

        return fresh.Map(accepted => accepted.Claims);
    }

    private async ValueTask<Either<TokenRefusal, VerifiedToken>> VerifyAnew(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || Header.Parse(parts[0]) is not { } header || Decode(parts[1]) is not { } payload
            || TokenClaims.Parse(payload) is not { } claims)
        {
            return TokenRefusal.Malformed;
        }

        if (header.Algorithm != SecurityAlgorithms.RsaSha256)
        {
            return TokenRefusal.WrongAlgorithm;
        }

        if (header.KeyId is not { Length: > 0 } keyId || await keys.Find(keyId) is not { } key)
        {
            return keys.AnyKnown ? TokenRefusal.UnknownKey : throw new IssuerUnreachableException();
        }

        var checkedOnce = Check(token, claims, keyId, key);
        if (checkedOnce.Case is LeftCase<TokenRefusal, VerifiedToken>(TokenRefusal.WrongSignature))
        {
            // The issuer may have put another key under the same id.
            await keys.Refresh();
            if (keys.Known(keyId) is { } other && !ReferenceEquals(other, key))
            {
                return Check(token, claims, keyId, other);
            }
        }

        return checkedOnce;
    }

    private Either<TokenRefusal, VerifiedToken> Check(string token, TokenClaims claims, string keyId, SecurityKey key)
    {
        TokenValidationResult result;
        try
        {
            result = library.ValidateToken(token, new TokenValidationParameters
            {
                IssuerSigningKey = key,
                ValidIssuer = vercel.Issuer,
                ValidAudience = vercel.IntegrationId,
                // This version of the library knows no TimeProvider, and takes a missing expiry for one long past.
                LifetimeValidator = (_, _, _, _) => Lifetime(claims) is { } over ? throw new LifetimeException(over) : true,
            });
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException or SecurityTokenException)
        {
            return TokenRefusal.Malformed;
        }

        if (result.IsValid)
        {
            return new VerifiedToken(claims, keyId, key);
        }

        return result.Exception switch
        {
            LifetimeException lifetime => lifetime.Refusal,
            SecurityTokenInvalidIssuerException => TokenRefusal.WrongIssuer,
            SecurityTokenInvalidAudienceException => TokenRefusal.WrongAudience,
            SecurityTokenInvalidSignatureException => TokenRefusal.WrongSignature,
            _ => TokenRefusal.Malformed,
        };
    }

    private TokenRefusal? Lifetime(TokenClaims claims)
    {
        var now = clock.GetUtcNow();
        return claims.Expires is not { } expires ? TokenRefusal.NoExpiry
            : expires < now - Tolerance ? TokenRefusal.Expired
            : claims.NotBefore > now + Tolerance ? TokenRefusal.NotYetValid
            : null;
    }

    private static byte[]? Decode(string part)
    {
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed record Header(string? Algorithm, string? KeyId)
    {
        public static Header? Parse(string part)
        {
            try
            {
                using var json = JsonDocument.Parse(
                    Decode(part), new JsonDocumentOptions { AllowDuplicateProperties = false });
                return new Header(Text(json.RootElement, "alg"), Text(json.RootElement, "kid"));
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        private static string? Text(JsonElement json, string name) =>
            json.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    /// <summary>Carries the reason through the library.</summary>
    private sealed class LifetimeException(TokenRefusal refusal) : SecurityTokenInvalidLifetimeException(refusal.Sentence())
    {
        public TokenRefusal Refusal => refusal;
    }
}

/// <summary>The issuer has never answered: a fault of the network, not of the token.</summary>
internal sealed class IssuerUnreachableException() : Exception("The token issuer has not answered with its keys yet.");
