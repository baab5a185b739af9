using System.Collections.Immutable;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.SignOn;

/// <summary>What an exchange could answer that nobody may take for a person. Source: contract §D.10, "verify like a partner token".</summary>
internal static class ForgedIdToken
{
    private static readonly Lazy<SigningKey> KeyOfNobody = new(SigningKey.Generate);

    /// <summary>By what is wrong with it.</summary>
    public static readonly ImmutableSortedDictionary<string, Func<TokenDraft, TokenDraft>> All =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            Wrong("audience", token => token.With("aud", "oac_somebody_else")),
            Wrong("no-audience", token => token.Without("aud")),
            Wrong("issuer", token => token.With("iss", "https://issuer.example")),
            Wrong("expired", token => token.ExpiredAt(Moment(token, "iat").AddHours(-1))),
            Wrong("no-expiry", token => token.Without("exp")),
            Wrong("unsigned", token => token.SignedBy(new TokenSignature.None())),
            Wrong("key", token => token.SignedBy(new TokenSignature.ByKey(KeyOfNobody.Value, KeyOfNobody.Value.KeyId))),
            Wrong("no-installation", token => token.With("installation_id", null)),
            Wrong("no-person", token => token.Without("user_id").Without("user_role")),
        ]);

    private static KeyValuePair<string, Func<TokenDraft, TokenDraft>> Wrong(string what, Func<TokenDraft, TokenDraft> bend) =>
        KeyValuePair.Create(what, bend);

    private static DateTimeOffset Moment(TokenDraft token, string claim) =>
        DateTimeOffset.FromUnixTimeSeconds(token.Claims[claim]!.GetValue<long>());
}
