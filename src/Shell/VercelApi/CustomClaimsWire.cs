using System.Diagnostics;
using LanguageExt;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Source: contract §D.5, <c>customClaims</c>.</summary>
internal sealed record CustomClaimsWire(string[]? Roles, string? DefaultRole, ClaimRuleWire[]? ClaimRules)
{
    public static CustomClaimsWire? Of(Option<CustomClaims> claims) => claims.MatchUnsafe<CustomClaimsWire?>(Of, () => null);

    private static CustomClaimsWire Of(CustomClaims claims) =>
        new(claims.Roles.MatchUnsafe<string[]?>(roles => [.. roles.All], () => null),
            claims.Roles.MatchUnsafe<string?>(roles => roles.Default, () => null),
            claims.Rules.IsEmpty ? null : [.. claims.Rules.Select(ClaimRuleWire.Of)]);
}

internal sealed record ClaimRuleWire(Dictionary<string, object?> Claims, ClaimConditionWire? When)
{
    public static ClaimRuleWire Of(ClaimRule rule) =>
        new(rule.Claims.AsEnumerable().ToDictionary(claim => claim.Key, claim => Value(claim.Value), StringComparer.Ordinal),
            rule.Roles.IsEmpty && rule.Environments.IsEmpty ? null : new ClaimConditionWire(Any(rule.Roles), Any(rule.Environments)));

    private static string[]? Any(Seq<string> names) => names.IsEmpty ? null : [.. names];

    private static object? Value(ClaimValue value) =>
        value switch
        {
            ClaimValue.Text text => text.Value,
            ClaimValue.Number number => number.Value,
            ClaimValue.Flag flag => flag.Value,
            ClaimValue.Null => null,
            _ => throw new UnreachableException(value.GetType().Name),
        };
}

internal sealed record ClaimConditionWire(string[]? Role, string[]? Environment);
