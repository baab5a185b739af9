using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.ProviderEvents;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Webhooks;

/// <summary>
/// Who has come, gone or changed: a session says what a person may do, and the contact of the team may be another one now.
/// Source: contract §F, <c>marketplace.member.changed</c>.
/// </summary>
internal static class MemberWebhooks
{
    /// <summary>By how much Vercel's clock and ours may differ. Whoever signed on so late and is signed out can sign on again.</summary>
    public static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    public static Func<Writes, WebhookEnd> Look(Loads loads, ClaimedWebhook webhook, DateTimeOffset now)
    {
        var (told, payload) = WebhookBody<PayloadWire>.Read(webhook);
        var member = new Membership(payload.MemberId, Role(payload.Role), told);
        var installation = InstallationRows.LoadForUpdate(loads, webhook.Installation);
        var known = MemberRows.Load(loads, webhook.Installation, member.UserId);
        return writes => installation.Value is null ? WebhookEnd.NoInstallation : Hear(writes, webhook.Installation, known.Value, member, now);
    }

    private static WebhookEnd Hear(Writes writes, InstallationId installation, Membership? known, Membership told, DateTimeOffset now)
    {
        // Vercel says how the team is by now, whatever the order of the news.
        AccountRows.Due(writes, installation, now);
        if (Membership.Heard(Prelude.Optional(known)!, told) != told)
            return WebhookEnd.Outdated;

        MemberRows.Save(writes, installation, told);
        var signedOnBy = told.Told.At + ClocksDiffer;
        if (Session(told.Role) is { } role)
            SessionRows.ChangeRole(writes, installation, told.UserId, role, signedOnBy);
        else
        {
            SessionRows.EndOf(writes, installation, told.UserId, signedOnBy);
            ProviderEventRows.Append(writes, installation, told.Told.At, new ProviderEvent.MemberRemoved(told.UserId));
        }

        return WebhookEnd.Done;
    }

    /// <summary>Null for somebody who is no member any more.</summary>
    private static UserRole? Session(TeamRole role) =>
        role switch
        {
            TeamRole.None => null,
            TeamRole.User => UserRole.User,
            TeamRole.Admin => UserRole.Admin,
            _ => throw new System.Diagnostics.UnreachableException(role.ToString()),
        };

    private static TeamRole Role(string name) =>
        name switch
        {
            "NONE" => TeamRole.None,
            "USER" => TeamRole.User,
            "ADMIN" => TeamRole.Admin,
            _ => throw new JsonException("The role is none of ADMIN, USER and NONE."),
        };

    private sealed record PayloadWire(string MemberId, string Role);
}
