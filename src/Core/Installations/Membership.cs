using LanguageExt;

namespace Marketplace.Core.Installations;

/// <summary>Somebody's role in the team of an installation, as Vercel said last. Source: contract §F, <c>marketplace.member.changed</c>.</summary>
/// <param name="UserId">The person within this integration: the token's <c>user_id</c>.</param>
public sealed record Membership(string UserId, TeamRole Role, Told Told)
{
    /// <summary>What holds when something is told of a person: the latest word, in whichever order the words come.</summary>
    public static Membership Heard(Option<Membership> known, Membership told) => known.Filter(before => before.Told >= told.Told).IfNone(told);
}

/// <summary>Spelled in upper case on the wire.</summary>
public enum TeamRole
{
    /// <summary>No member any more.</summary>
    None,

    /// <summary>Has a role in the team that only reads.</summary>
    User,

    /// <summary>May install integrations, and change what is installed.</summary>
    Admin,
}
