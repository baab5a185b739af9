using LanguageExt;

namespace Marketplace.Jobs.Vercel;

/// <summary>A person of the team. Source: contract §D.2, Get Member.</summary>
/// <param name="Id">The <c>user_id</c> of this person's tokens.</param>
/// <param name="GlobalUserId">The same for every integration, where we may know it.</param>
public sealed record Member(string Id, MemberRole Role, Option<string> GlobalUserId, Option<string> Email)
{
    /// <summary>Logs print records; the person's address stays out.</summary>
    public override string ToString() => $"member {Id}";
}

/// <summary>What a person of the team may do. Source: contract §A.1, §D.2.</summary>
public enum MemberRole
{
    /// <summary>May install integrations, and change what is installed.</summary>
    Admin,

    /// <summary>Only reads.</summary>
    User,
}
