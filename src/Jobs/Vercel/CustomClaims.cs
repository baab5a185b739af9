using LanguageExt;

namespace Marketplace.Jobs.Vercel;

/// <summary>What the tokens say that Vercel mints for deployments of a resource. Source: contract §D.5, <c>customClaims</c>.</summary>
public sealed record CustomClaims
{
    /// <summary>None when the tokens know no roles.</summary>
    public Option<ClaimRoles> Roles { get; init; }

    public Seq<ClaimRule> Rules { get; init; } = Seq<ClaimRule>.Empty;
}

/// <param name="All">At most 32 of at most 32 characters each.</param>
/// <param name="Default">Whoever names roles has to name one of them for the rest.</param>
public sealed record ClaimRoles(Seq<string> All, string Default);

/// <param name="Roles">Any when it is empty; at most 32.</param>
/// <param name="Environments">Any when it is empty; at most 32.</param>
public sealed record ClaimRule(Map<string, ClaimValue> Claims, Seq<string> Roles, Seq<string> Environments);

/// <summary>The value of one claim.</summary>
public abstract record ClaimValue
{
    private ClaimValue() { }

    public sealed record Text(string Value) : ClaimValue;

    public sealed record Number(decimal Value) : ClaimValue;

    public sealed record Flag(bool Value) : ClaimValue;

    public sealed record Null : ClaimValue;
}
