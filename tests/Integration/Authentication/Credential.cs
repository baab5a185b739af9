using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Marketplace.Shell.Authentication;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Authentication;

/// <summary>Whose token it is.</summary>
internal enum Bearer
{
    Nobody,
    Administrator,

    /// <summary>Somebody whose role only reads.</summary>
    Viewer,
    Vercel,
}

/// <summary>One column of the authorization matrix: what a caller shows, and what is wrong with it.</summary>
/// <param name="Fault">Null when nothing is wrong with it, so that only the endpoint decides.</param>
internal sealed record Credential(Bearer Bearer, string Form, TokenRefusal? Fault, Func<TokenMint, ShownCredential> Show)
{
    /// <summary>What is found out before it is asked which endpoint this is.</summary>
    private static readonly ImmutableHashSet<TokenRefusal> FaultsEverywhere =
    [
        TokenRefusal.NoToken, TokenRefusal.TooLong, TokenRefusal.Malformed, TokenRefusal.WrongAlgorithm, TokenRefusal.UnknownKey,
        TokenRefusal.WrongSignature, TokenRefusal.WrongIssuer, TokenRefusal.WrongAudience, TokenRefusal.NoExpiry, TokenRefusal.Expired,
        TokenRefusal.NotYetValid, TokenRefusal.UnknownStyle, TokenRefusal.StyleContradictsClaims,
    ];

    public static readonly IReadOnlyList<Credential> All =
    [
        new(Bearer.Nobody, "no token", TokenRefusal.NoToken, _ => new([], "user")),
        new(Bearer.Nobody, "no token and no style", TokenRefusal.NoToken, _ => new([], Style: null)),
        new(Bearer.Nobody, "another scheme", TokenRefusal.NoToken, _ => new(["Basic YTpi"], "system")),
        new(Bearer.Nobody, "a scheme without a token", TokenRefusal.NoToken, _ => new(["Bearer"], "system")),
        new(Bearer.Nobody, "nonsense", TokenRefusal.Malformed, _ => new(["Bearer nonsense"], "user")),
        new(Bearer.Nobody, "dots", TokenRefusal.Malformed, _ => new(["Bearer .."], "system")),
        .. Good(Bearer.Administrator),
        .. Good(Bearer.Viewer),
        .. Good(Bearer.Vercel),
        .. Bad(Bearer.Administrator),
        .. Bad(Bearer.Vercel),
        .. BadPerson(Bearer.Administrator),
        .. BadVercel(),
        .. BeforeInstallation(),
    ];

    public string Name => $"{Bearer}: {Form}";

    /// <summary>Why the contract's table refuses it at this endpoint; null when it lets it pass.</summary>
    public TokenRefusal? RefusalAt(PartnerRoute route)
    {
        if (Fault is { } everywhere && FaultsEverywhere.Contains(everywhere))
            return everywhere;
        if (!(Bearer == Bearer.Vercel ? route.TakesVercel : route.TakesPeople))
            return TokenRefusal.StyleNotAccepted;
        // Of the call that may come before any installation, only signature, iss, aud and exp are checked.
        if (route.IsBeforeInstallation)
            return null;
        return Fault ?? (route.Changes && Bearer == Bearer.Viewer ? TokenRefusal.NotAdmin : null);
    }

    public override string ToString() => Name;

    private static IEnumerable<Credential> Good(Bearer bearer)
    {
        var style = StyleOf(bearer);
        return
        [
            Of(bearer, "as it should be", null, mint => mint.Draft),
            Shown(bearer, "without the style", null, style: null),
            Shown(bearer, "the style in capitals", null, style.ToUpperInvariant()),
            Of(bearer, "an id token", null, mint => mint.Draft.With("type", "id_token")),
            Of(bearer, "without optional claims", null, mint => mint.Draft
                .Without("type").Without("iat").Without("nbf").Without("jti").Without("user_email").Without("user_name")),
            Of(bearer, "with unknown claims", null, mint => mint.Draft.With("news", new JsonArray(1, 2))),
            Of(bearer, "for several audiences", null, mint => mint.Draft.With("aud", new JsonArray("oac_other", mint.Tokens.Audience))),
            Of(bearer, "expired five seconds ago", null, mint => mint.Draft.ExpiredAt(mint.Now.AddSeconds(-5))),
            Of(bearer, "valid in five seconds", null, mint => mint.Draft.NotBefore(mint.Now.AddSeconds(5))),
            new(bearer, "the scheme in small letters", null, mint => new([$"bearer {mint.Sign(mint.Draft)}"], style)),
        ];
    }

    /// <summary>What is as wrong in a person's token as in Vercel's own.</summary>
    private static IEnumerable<Credential> Bad(Bearer bearer) =>
    [
        Of(bearer, "expired six seconds ago", TokenRefusal.Expired, mint => mint.Draft.ExpiredAt(mint.Now.AddSeconds(-6))),
        Of(bearer, "expired long ago", TokenRefusal.Expired, mint => mint.Draft.ExpiredAt(DateTimeOffset.UnixEpoch.AddHours(1))),
        Of(bearer, "not valid for six seconds", TokenRefusal.NotYetValid, mint => mint.Draft.NotBefore(mint.Now.AddSeconds(6))),
        Of(bearer, "another issuer", TokenRefusal.WrongIssuer, mint => mint.Draft.With("iss", "https://marketplace.vercel.com.example.test")),
        Of(bearer, "another audience", TokenRefusal.WrongAudience, mint => mint.Draft.With("aud", "oac_other")),
        Of(bearer, "no audience among none", TokenRefusal.WrongAudience, mint => mint.Draft.With("aud", new JsonArray())),
        Of(bearer, "another kind of token", TokenRefusal.WrongKindOfToken, mint => mint.Draft.With("type", "refresh_token")),
        Of(bearer, "another installation", TokenRefusal.OtherInstallation, mint => mint.Draft.With("installation_id", "icfg_other")),
        Of(bearer, "the installation in other letters", TokenRefusal.OtherInstallation,
            mint => mint.Draft.With("installation_id", mint.Installation.ToUpperInvariant())),
        Of(bearer, "a null installation", TokenRefusal.NoInstallation, mint => mint.Draft.With("installation_id", null)),
        Of(bearer, "an empty installation", TokenRefusal.NoInstallation, mint => mint.Draft.With("installation_id", "")),
        Of(bearer, "a null account", TokenRefusal.NoAccount, mint => mint.Draft.With("account_id", null)),
        Of(bearer, "without iss", TokenRefusal.WrongIssuer, mint => mint.Draft.Without("iss")),
        Of(bearer, "without aud", TokenRefusal.WrongAudience, mint => mint.Draft.Without("aud")),
        Of(bearer, "without exp", TokenRefusal.NoExpiry, mint => mint.Draft.Without("exp")),
        Of(bearer, "without sub", TokenRefusal.WrongSubject, mint => mint.Draft.Without("sub")),
        Of(bearer, "without account_id", TokenRefusal.NoAccount, mint => mint.Draft.Without("account_id")),
        Of(bearer, "without installation_id", TokenRefusal.NoInstallation, mint => mint.Draft.Without("installation_id")),
        Of(bearer, "an empty sub", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "")),
        Of(bearer, "a sub of another kind", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "team:abc123")),
        Of(bearer, "a sub that ends too early", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "account:")),
        Of(bearer, "a sub that is a number", TokenRefusal.Malformed, mint => mint.Draft.With("sub", 7)),
        Of(bearer, "an installation that is a list", TokenRefusal.Malformed,
            mint => mint.Draft.With("installation_id", new JsonArray(mint.Installation))),
        Of(bearer, "an unknown kid", TokenRefusal.UnknownKey,
            mint => mint.Draft.SignedBy(new TokenSignature.ByKey(mint.Stranger, mint.Stranger.KeyId))),
        Of(bearer, "no kid", TokenRefusal.UnknownKey, mint => mint.Draft.SignedBy(new TokenSignature.ByKey(mint.Tokens.CurrentKey, null))),
        Of(bearer, "a stranger's key under a known kid", TokenRefusal.WrongSignature,
            mint => mint.Draft.SignedBy(new TokenSignature.ByKey(mint.Stranger, mint.Tokens.CurrentKey.KeyId))),
        Of(bearer, "alg none", TokenRefusal.WrongAlgorithm, mint => mint.Draft.SignedBy(new TokenSignature.None())),
        Of(bearer, "HS256 with the public key's modulus", TokenRefusal.WrongAlgorithm, mint => mint.Draft.SignedBy(
            new TokenSignature.BySharedSecret(mint.Tokens.CurrentKey.ToPublicJwk()["n"]!.GetValue<string>(), mint.Tokens.CurrentKey.KeyId))),
        Of(bearer, "HS256 with the public key's PEM", TokenRefusal.WrongAlgorithm, mint => mint.Draft.SignedBy(
            new TokenSignature.BySharedSecret(mint.PublicPem(), mint.Tokens.CurrentKey.KeyId))),
        Text(bearer, "cut in its signature", TokenRefusal.WrongSignature, token => token[..^8]),
        Text(bearer, "cut before its signature", TokenRefusal.WrongSignature, token => token[..(token.LastIndexOf('.') + 1)]),
        Text(bearer, "cut in its claims", TokenRefusal.Malformed, token => token[..(token.LastIndexOf('.') - 5)]),
        Text(bearer, "with more parts", TokenRefusal.Malformed, token => $"{token}.{token}"),
        Of(bearer, "oversized", TokenRefusal.TooLong, mint => mint.Draft.With("padding", new string('x', 13_000))),
        Shown(bearer, "the other style", TokenRefusal.StyleContradictsClaims, bearer == Bearer.Vercel ? "user" : "system"),
        Shown(bearer, "a style that there is not", TokenRefusal.UnknownStyle, "robot"),
        new(bearer, "twice", TokenRefusal.Malformed,
            mint => new([$"Bearer {mint.Sign(mint.Draft)}", $"Bearer {mint.Sign(mint.Draft)}"], StyleOf(bearer))),
    ];

    private static IEnumerable<Credential> BadPerson(Bearer bearer) =>
    [
        Of(bearer, "without user_id", TokenRefusal.NoUser, mint => mint.Draft.Without("user_id")),
        Of(bearer, "without user_role", TokenRefusal.StyleContradictsClaims, mint => mint.Draft.Without("user_role")),
        Of(bearer, "a null role", TokenRefusal.UnknownRole, mint => mint.Draft.With("user_role", null)),
        Of(bearer, "the role in small letters", TokenRefusal.UnknownRole, mint => mint.Draft.With("user_role", "admin")),
        Of(bearer, "a role that there is not", TokenRefusal.UnknownRole, mint => mint.Draft.With("user_role", "OWNER")),
        Of(bearer, "a null sub", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", null)),
        Of(bearer, "a sub without a person", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "account:abc123")),
        Of(bearer, "a sub whose person is not hexadecimal", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "account:abc123:user:xyz")),
        Of(bearer, "a sub that goes on", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "account:abc123:user:def456\n")),
    ];

    private static IEnumerable<Credential> BadVercel() =>
    [
        Of(Bearer.Vercel, "a null sub", null, mint => mint.Draft.With("sub", null)),
        Of(Bearer.Vercel, "a sub with a person", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "account:abc123:user:def456")),
        Of(Bearer.Vercel, "a sub that is not hexadecimal", TokenRefusal.WrongSubject, mint => mint.Draft.With("sub", "account:abc12g")),
    ];

    /// <summary>
    /// No account, a null installation, and a sub that may be null: enough for the plans of a product, whose call checks the signature and
    /// iss, aud and exp alone, and for nothing else.
    /// </summary>
    private static IEnumerable<Credential> BeforeInstallation() =>
    [
        Early("as it should be", TokenRefusal.NoAccount, token => token),
        Early("with a sub", TokenRefusal.NoAccount, token => token.With("sub", "account:abc123")),
        Early("with a sub of another kind", TokenRefusal.WrongSubject, token => token.With("sub", "integration:oac_1")),
        Early("with an account", TokenRefusal.NoInstallation, token => token.With("account_id", "abc123")),
        Early("with a null account", TokenRefusal.NoAccount, token => token.With("account_id", null)),
        Early("without the claims at all", TokenRefusal.WrongSubject, token => token.Without("sub").Without("installation_id")),
        Early("with nothing but what is checked", TokenRefusal.WrongSubject, token => token
            .Without("sub").Without("installation_id").Without("type").Without("iat").Without("nbf").Without("jti")),
        Early("with a null type", TokenRefusal.NoAccount, token => token.With("type", null)),
        Early("expired", TokenRefusal.Expired, token => token.ExpiredAt(DateTimeOffset.UnixEpoch.AddHours(1))),
        Early("without exp", TokenRefusal.NoExpiry, token => token.Without("exp")),
        Early("of another issuer", TokenRefusal.WrongIssuer, token => token.With("iss", "https://marketplace.vercel.com.example.test")),
        Early("for another audience", TokenRefusal.WrongAudience, token => token.With("aud", "oac_other")),
        Early("not signed", TokenRefusal.WrongAlgorithm, token => token.SignedBy(new TokenSignature.None())),
        Early("of a person", TokenRefusal.StyleContradictsClaims, token => token.With("user_role", "ADMIN").With("user_id", "user_1")),
        new(Bearer.Vercel, "before any installation, without the style", TokenRefusal.NoAccount,
            mint => new([$"Bearer {mint.Sign(mint.Tokens.BeforeInstallation())}"], Style: null)),
        new(Bearer.Vercel, "before any installation, in the other style", TokenRefusal.StyleContradictsClaims,
            mint => new([$"Bearer {mint.Sign(mint.Tokens.BeforeInstallation())}"], "user")),
    ];

    private static Credential Early(string form, TokenRefusal fault, Func<TokenDraft, TokenDraft> bend) =>
        Of(Bearer.Vercel, $"before any installation, {form}", fault, mint => bend(mint.Tokens.BeforeInstallation()));

    private static Credential Of(Bearer bearer, string form, TokenRefusal? fault, Func<TokenMint, TokenDraft> draft) =>
        new(bearer, form, fault, mint => new([$"Bearer {mint.Sign(draft(mint))}"], StyleOf(bearer)));

    private static Credential Text(Bearer bearer, string form, TokenRefusal fault, Func<string, string> bend) =>
        new(bearer, form, fault, mint => new([$"Bearer {bend(mint.Sign(mint.Draft))}"], StyleOf(bearer)));

    private static Credential Shown(Bearer bearer, string form, TokenRefusal? fault, string? style) =>
        new(bearer, form, fault, mint => new([$"Bearer {mint.Sign(mint.Draft)}"], style));

    private static string StyleOf(Bearer bearer) => bearer == Bearer.Vercel ? "system" : "user";
}

/// <summary>The headers of one call.</summary>
internal sealed record ShownCredential(IReadOnlyList<string> Authorization, string? Style)
{
    /// <summary>Tokens are not for test output.</summary>
    public override string ToString() => $"{Authorization.Count} credentials";
}

/// <summary>Makes tokens for one installation.</summary>
/// <param name="Draft">As Vercel would make it for this bearer.</param>
/// <param name="Stranger">A key that the issuer does not publish.</param>
internal sealed record TokenMint(TokenIssuer Tokens, TokenDraft Draft, string Installation, DateTimeOffset Now, SigningKey Stranger)
{
    public string Sign(TokenDraft draft) => Tokens.Sign(draft);

    public string PublicPem()
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(Tokens.CurrentKey.ToPkcs8()), out _);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }
}
