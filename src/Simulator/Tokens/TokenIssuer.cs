using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Tokens;

/// <summary>Mints the tokens with which Vercel calls a provider, and publishes the keys to check them. Source: contract §A.1.</summary>
public sealed class TokenIssuer(TimeProvider clock, string audience, SigningKey firstKey) : IDisposable
{
    /// <summary>Long enough for one call, short enough that a provider which ignores it is found out within two clock steps.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private ImmutableList<SigningKey> published = [firstKey];
    private SigningKey current = firstKey;

    public TokenIssuer(TimeProvider clock, string audience) : this(clock, audience, SigningKey.Generate()) { }

    /// <summary>The <c>iss</c> of every token; the simulator's own base URL, known once it listens.</summary>
    public string Issuer { get; set; } = "https://marketplace.vercel.com";

    public string Audience => audience;

    /// <summary>Gives the <c>jti</c> of the next token of a subject.</summary>
    internal Func<string, string> NewTokenId { get; set; } = _ => Guid.NewGuid().ToString("N");

    /// <summary>Hears of every change of the published keys.</summary>
    internal Action<ImmutableList<SigningKey>>? WhenKeysChange { get; set; }

    public SigningKey CurrentKey
    {
        get { lock (gate) { return current; } }
    }

    public ImmutableList<SigningKey> PublishedKeys
    {
        get { lock (gate) { return published; } }
    }

    /// <summary>A token of a person at work in the dashboard (<c>X-Vercel-Auth: user</c>).</summary>
    /// <param name="tokenId">Its <c>jti</c>, for whoever has one already.</param>
    public TokenDraft ForUser(Person person, string? installationId, string? tokenId = null)
    {
        var draft = Common(installationId, tokenId ?? NewTokenId($"{installationId} {person.UserId}"))
            .With("sub", $"account:{person.AccountId}:user:{person.GlobalUserId}")
            .With("account_id", person.AccountId)
            .With("user_id", person.UserId)
            .With("user_role", person.RoleText);
        if (person.Email is { } email)
        {
            draft = draft.With("user_email", email);
        }

        return person.Name is { } name ? draft.With("user_name", name) : draft;
    }

    /// <summary>Who has signed on: the claims of a user token. Source: contract §D.10.</summary>
    public TokenDraft ForSignOn(Person person, string installationId, string? tokenId = null) =>
        ForUser(person, installationId, tokenId).With("type", "id_token");

    /// <summary>A token of Vercel itself, at work for an account (<c>X-Vercel-Auth: system</c>).</summary>
    public TokenDraft ForSystem(string accountId, string? installationId, string? tokenId = null) =>
        Common(installationId, tokenId ?? NewTokenId($"{installationId} of {accountId}")).With("sub", $"account:{accountId}").With("account_id", accountId);

    /// <summary>The token of the plans call that may come before any installation exists: no account, and a null subject.</summary>
    public TokenDraft BeforeInstallation() => Common(installationId: null, NewTokenId("before installation")).With("sub", null);

    public string Sign(TokenDraft draft)
    {
        var (algorithm, keyId, sign) = draft.Signature switch
        {
            TokenSignature.Issued => ("RS256", CurrentKey.KeyId, (Func<string, string>)CurrentKey.Sign),
            TokenSignature.ByKey by => ("RS256", by.KeyId, by.Key.Sign),
            TokenSignature.BySharedSecret by => ("HS256", by.KeyId, text => SignShared(by.Secret, text)),
            TokenSignature.None => ("none", null, _ => ""),
            _ => throw new UnreachableException(draft.Signature.GetType().Name),
        };
        var header = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (keyId is not null)
        {
            header["kid"] = keyId;
        }

        var payload = new JsonObject(draft.Claims.Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone())));
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{sign(signed)}";
    }

    /// <summary>Signs with a new key from now on. Tokens of the old key stay valid unless it is withdrawn at once.</summary>
    public SigningKey RotateKey(bool keepOldPublished = true)
    {
        var next = SigningKey.Generate();
        Restore(keepOldPublished ? PublishedKeys.Add(next) : [next]);
        return next;
    }

    /// <summary>The discovery document.</summary>
    public JsonObject Discovery() => new()
    {
        ["issuer"] = Issuer,
        ["jwks_uri"] = $"{Issuer}/.well-known/jwks",
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["response_types_supported"] = new JsonArray("code"),
        ["subject_types_supported"] = new JsonArray("public"),
    };

    /// <summary>The JSON Web Key Set.</summary>
    public JsonObject KeySet() => new() { ["keys"] = new JsonArray([.. PublishedKeys.Select(key => key.ToPublicJwk())]) };

    public void Dispose()
    {
        foreach (var key in PublishedKeys)
        {
            key.Dispose();
        }
    }

    /// <summary>Publishes the given keys and signs with the last.</summary>
    internal void Restore(ImmutableList<SigningKey> keys)
    {
        lock (gate)
        {
            published = keys;
            current = keys[^1];
        }

        WhenKeysChange?.Invoke(keys);
    }

    private TokenDraft Common(string? installationId, string tokenId)
    {
        var now = clock.GetUtcNow();
        return new TokenDraft(ImmutableSortedDictionary<string, JsonNode?>.Empty, new TokenSignature.Issued())
            .With("iss", Issuer)
            .With("aud", audience)
            .With("type", "access_token")
            .With("installation_id", installationId)
            .With("jti", tokenId)
            .LivingFrom(now, now + Lifetime);
    }

    private static string SignShared(string secret, string headerAndPayload) =>
        Base64Url.EncodeToString(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(headerAndPayload)));

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
