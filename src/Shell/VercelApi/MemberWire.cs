using System.Text.Json;
using LanguageExt;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Get Member. Source: contract §D.2.</summary>
internal sealed record MemberWire(string Id, string Role, string? GlobalUserId, string? UserEmail)
{
    public Member ToMember() => new(
        Id,
        Role switch
        {
            "ADMIN" => MemberRole.Admin,
            "USER" => MemberRole.User,
            _ => throw new JsonException("A member has a role that nobody knows."),
        },
        Prelude.Optional(GlobalUserId)!, Prelude.Optional(UserEmail)!);

    /// <summary>The person's address stays out.</summary>
    public override string ToString() => $"MemberWire {Id}";
}
