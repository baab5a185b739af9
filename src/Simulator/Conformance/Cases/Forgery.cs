using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Something shown in place of a good token, which opens nothing. Source: contract §A.1.</summary>
/// <param name="What">After "Get Resource refuses".</param>
/// <param name="Show">Puts it in place of the good token of the call.</param>
internal sealed record Forgery(string Name, string What, Level Level, Func<Trial, PartnerCall, Task<PartnerCall>> Show)
{
    /// <summary>Well beyond what clocks differ by.</summary>
    private static readonly TimeSpan Beyond = TimeSpan.FromMinutes(10);

    private static readonly Lazy<SigningKey> Stranger = new(SigningKey.Generate);

    /// <summary>Where it may be shown; everywhere unless said otherwise.</summary>
    public Func<CalledOperation, bool> Fits { get; init; } = _ => true;

    public static readonly ImmutableArray<Forgery> All =
    [
        Of("no-token", "a call without a token", Level.Required, (_, call) => Authorized(call, authorization: null)),
        Of("empty-token", "an empty token", Level.Required, (_, call) => Authorized(call, "Bearer ")),
        Of("not-a-token", "what is no token", Level.Required, (_, call) => Authorized(call, "Bearer conformance")),
        Of("other-scheme", "a token under another scheme", Level.Required,
            (trial, call) => Authorized(call, $"Basic {trial.Tokens.Sign(call.Token)}")),
        Of("unsigned", "a token that is not signed, though its header says that it need not be", Level.Required,
            (_, call) => Signed(call, new TokenSignature.None())),
        Of("signature-cut-off", "a token whose signature is cut off", Level.Required,
            (trial, call) => Authorized(call, $"Bearer {WithoutSignature(trial.Tokens.Sign(call.Token))}")),
        Of("altered", "a token whose claims were changed after it was signed", Level.Required,
            (trial, call) => Authorized(call, $"Bearer {Altered(trial, call.Token)}")),
        Of("strangers-key", "a token that a stranger signed under the id of a good key", Level.Required,
            (trial, call) => Signed(call, new TokenSignature.ByKey(Stranger.Value, trial.Tokens.CurrentKey.KeyId))),
        Of("strangers-key-without-id", "a token that a stranger signed under no key id", Level.Required,
            (_, call) => Signed(call, new TokenSignature.ByKey(Stranger.Value, KeyId: null))),
        Of("strangers-key-with-own-id", "a token that a stranger signed under a key id of his own", Level.Required,
            (_, call) => Signed(call, new TokenSignature.ByKey(Stranger.Value, Stranger.Value.KeyId))),
        Of("public-key-as-secret", "a token signed by HS256 with the public key as its secret", Level.Required,
            (trial, call) => Signed(call, new TokenSignature.BySharedSecret(trial.Tokens.CurrentKey.ToPublicPem(), trial.Tokens.CurrentKey.KeyId))),
        Claim("other-issuer", "a token of another issuer", Level.Required,
            (_, token) => token.With("iss", "https://marketplace.vercel.com.example")),
        Claim("no-issuer", "a token without an issuer", Level.Required, (_, token) => token.Without("iss")),
        Claim("other-audience", "a token that is meant for another integration", Level.Required, (_, token) => token.With("aud", "oac_other")),
        Claim("no-audience", "a token that is meant for nobody", Level.Required, (_, token) => token.Without("aud")),
        Claim("expired", "a token that has expired", Level.Required, (trial, token) => token.ExpiredAt(trial.Now - Beyond)),
        Claim("no-expiry", "a token that would never expire", Level.Recommended, (_, token) => token.Without("exp")),
        Claim("not-yet-valid", "a token that is not valid yet", Level.Recommended, (trial, token) => token.NotBefore(trial.Now + Beyond)),
        new("other-installation", "a good token of another installation", Level.Required, async (trial, call) =>
        {
            var stranger = (await trial.SharedStranger()).InstallationId;
            return call with { Token = IsOfPerson(call.Token) ? trial.AdminToken(stranger) : trial.SystemToken(stranger) };
        }) { Fits = operation => operation.IsOfInstallation },
        Claim("no-installation", "a token that names no installation", Level.Recommended, (_, token) => token.With("installation_id", null)) with
        {
            Fits = operation => operation.IsOfInstallation,
        },
        new("viewer", "a person whose role only reads", Level.Required,
            (trial, call) => Task.FromResult(call with { Token = trial.ViewerToken(InstallationOf(call)) }))
        {
            Fits = IsChangeByPeople,
        },
        // The header is not signed, so that it can be anything.
        new("viewer-said-to-be-vercel", "a person whose role only reads, also when the header says that it is Vercel itself", Level.Required,
            (trial, call) => Task.FromResult(Styled(call with { Token = trial.ViewerToken(InstallationOf(call)) }, "system")))
        {
            Fits = IsChangeByPeople,
        },
        new("vercel-itself", "Vercel itself, as only a person makes this call", Level.Recommended,
            (trial, call) => Task.FromResult(call with { Token = trial.SystemToken(InstallationOf(call)) }))
        {
            Fits = operation => !operation.Takes.HasFlag(Callers.System),
        },
        new("a-person", "a person, as only Vercel itself makes this call", Level.Recommended,
            (trial, call) => Task.FromResult(call with { Token = trial.AdminToken(InstallationOf(call)) }))
        {
            Fits = operation => !operation.Takes.HasFlag(Callers.User),
        },
    ];

    private static bool IsChangeByPeople(CalledOperation operation) => operation.Changes && operation.Takes.HasFlag(Callers.User);

    private static bool IsOfPerson(TokenDraft token) => token.Claims.ContainsKey("user_id");

    private static string InstallationOf(PartnerCall call) => (string)call.Token.Claims["installation_id"]!;

    private static Forgery Of(string name, string what, Level level, Func<Trial, PartnerCall, PartnerCall> show) =>
        new(name, what, level, (trial, call) => Task.FromResult(show(trial, call)));

    private static Forgery Claim(string name, string what, Level level, Func<Trial, TokenDraft, TokenDraft> bend) =>
        Of(name, what, level, (trial, call) => call with { Token = bend(trial, call.Token) });

    private static PartnerCall Signed(PartnerCall call, TokenSignature signature) => call with { Token = call.Token.SignedBy(signature) };

    private static PartnerCall Styled(PartnerCall call, string style) => call with
    {
        Bend = request =>
        {
            request.Headers.Remove("X-Vercel-Auth");
            request.Headers.Add("X-Vercel-Auth", style);
        },
    };

    private static PartnerCall Authorized(PartnerCall call, string? authorization) => call with
    {
        Bend = request =>
        {
            request.Headers.Authorization = null;
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
        },
    };

    private static string WithoutSignature(string token) => token[..(token.LastIndexOf('.') + 1)];

    /// <summary>It would live for a day, under the signature of the one that lives for an hour.</summary>
    private static string Altered(Trial trial, TokenDraft token)
    {
        var parts = trial.Tokens.Sign(token).Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["exp"] = trial.Now.AddDays(1).ToUnixTimeSeconds();
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
    }
}
