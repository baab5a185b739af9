using System.Text.Json.Serialization;

namespace Marketplace.Simulator.Tokens;

/// <summary>What a person may do in the team. Source: contract §A.1, <c>user_role</c>.</summary>
public enum PersonRole
{
    /// <summary>May install integrations and change them.</summary>
    Admin,

    /// <summary>May look, and nothing else.</summary>
    User,
}

/// <summary>A member of a Vercel team who acts in the dashboard.</summary>
/// <param name="AccountId">The team, in hexadecimal digits: the token's <c>sub</c> names it so.</param>
/// <param name="GlobalUserId">The person within all of Vercel, in hexadecimal digits.</param>
/// <param name="UserId">The person within this integration; the only one of the two that a provider should store.</param>
public sealed record Person(
    string AccountId, string GlobalUserId, string UserId, PersonRole Role, string? Email, string? Name)
{
    /// <summary>As the wire spells the role.</summary>
    [JsonIgnore]
    public string RoleText => Role == PersonRole.Admin ? "ADMIN" : "USER";
}
