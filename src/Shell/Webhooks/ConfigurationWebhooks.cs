using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Connections;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Webhooks;

/// <summary>What happens to an installation on Vercel's side. Source: contract §F, <c>integration-configuration.*</c>; §E.5, §E.11.</summary>
internal static class ConfigurationWebhooks
{
    /// <summary>
    /// It is over for Vercel. Where nobody has asked us, it ends here and now: resources stop, and what is left is billed as long as the
    /// token opens anything. Where it is ending, what waits for Vercel waits no longer.
    /// </summary>
    public static WebhookEffect Removed(Fulfilment fulfilment) => (loads, webhook, now) =>
    {
        var (told, _) = WebhookBody<AnyPayloadWire>.Read(webhook);
        var departure = new Departure(loads, webhook.Installation, fulfilment);
        var disconnect = ConnectionRemoval.Look(loads, webhook.Installation);
        return writes => departure.Installation is not null ? Remove(writes, departure, webhook, told, now)
            : disconnect(writes, now) ? WebhookEnd.Done
            : Remember(writes, webhook, told);
    };

    /// <summary>A connection whose code is being exchanged is not there yet, and must not be made any more.</summary>
    private static WebhookEnd Remember(Writes writes, ClaimedWebhook webhook, Told told)
    {
        InstallationNewsRows.Save(writes, webhook.Installation, NewsSubject.End, told);
        return WebhookEnd.NoInstallation;
    }

    private static WebhookEnd Remove(Writes writes, Departure departure, ClaimedWebhook webhook, Told told, DateTimeOffset now)
    {
        InstallationNewsRows.Save(writes, webhook.Installation, NewsSubject.End, told);
        SessionRows.EndAll(writes, webhook.Installation);
        ImportSessionRows.EndAll(writes, webhook.Installation);
        departure.Write(writes, keep: false, "removed at Vercel", Cause(webhook), now).IfLeft(
            rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));
        BillingScheduleRows.Hasten(writes, webhook.Installation, BillingWork.Finalization, now);
        return WebhookEnd.Done;
    }

    /// <summary>Another team has it: its id, its resources and its token stay, and nobody of the old team is let in any more. A connection as well.</summary>
    public static Func<Writes, WebhookEnd> LookTransferred(Loads loads, ClaimedWebhook webhook, DateTimeOffset now)
    {
        var (told, payload) = WebhookBody<TransferWire>.Read(webhook);
        var team = new AccountId(payload.NewAccountId);
        var installation = InstallationRows.LoadForUpdate(loads, webhook.Installation);
        var heard = InstallationNewsRows.Load(loads, webhook.Installation, NewsSubject.Team);
        var ofTeam = TeamRows.Active(loads, team);
        var connection = new ConnectionMove(loads, webhook.Installation, payload.NewTeamId);
        return writes => installation.Value is null && !connection.IsKnown ? WebhookEnd.NoInstallation
            : heard.Value >= told ? WebhookEnd.Outdated
            : installation.Value is not { } current ? Move(writes, connection, told, webhook, now)
            : Transfer(writes, current, new InstallationCommand.MoveToTeam(team, ofTeam.Value), told, webhook, now);
    }

    private static WebhookEnd Move(Writes writes, ConnectionMove connection, Told told, ClaimedWebhook webhook, DateTimeOffset now) =>
        connection.Write(writes, told, Cause(webhook), now).Match<WebhookEnd>(
            Right: _ => WebhookEnd.Done, Left: rejection => new WebhookEnd.NotYet(rejection.ToString()));

    private static WebhookEnd Transfer(
        Writes writes, Installation current, InstallationCommand.MoveToTeam move, Told told, ClaimedWebhook webhook, DateTimeOffset now) =>
        InstallationTransitions.Apply(current, move, now).Match<WebhookEnd>(
            Right: transition =>
            {
                InstallationNewsRows.Save(writes, current.Id, NewsSubject.Team, told);
                SessionRows.EndEarlier(writes, current.Id, told.At + MemberWebhooks.ClocksDiffer);
                ImportSessionRows.EndEarlier(writes, current.Id, told.At + MemberWebhooks.ClocksDiffer);
                AccountRows.Due(writes, current.Id, now);
                if (transition.Events.IsEmpty)
                    return WebhookEnd.Done;

                InstallationRows.Save(writes, transition.Next);
                EventRows.Append(writes, transition.Events, Cause(webhook));
                if (current is Installation.Active active)
                {
                    TeamRows.Release(writes, active.Registration.AccountId, current.Id);
                    TeamRows.Claim(writes, move.Team, current.Id);
                }

                return WebhookEnd.Done;
            },
            // What the new team had may be on its way out: that news may be late.
            Left: rejection => new WebhookEnd.NotYet(rejection.ToString()));

    /// <summary>What the team has agreed to, all of it.</summary>
    public static Func<Writes, WebhookEnd> LookScopes(Loads loads, ClaimedWebhook webhook, DateTimeOffset now)
    {
        var (told, payload) = WebhookBody<ScopesPayloadWire>.Read(webhook);
        var installation = InstallationRows.LoadForUpdate(loads, webhook.Installation);
        var heard = InstallationNewsRows.Load(loads, webhook.Installation, NewsSubject.Scopes);
        return writes =>
        {
            if (installation.Value is not { } current)
                return WebhookEnd.NoInstallation;
            if (heard.Value >= told)
                return WebhookEnd.Outdated;

            InstallationNewsRows.Save(writes, current.Id, NewsSubject.Scopes, told);
            InstallationTransitions.Apply(current, new InstallationCommand.ChangeScopes(payload.Configuration.Scopes.ToSeq().Strict()), now).Match(
                Right: transition =>
                {
                    if (!transition.Events.IsEmpty)
                        InstallationRows.Save(writes, transition.Next);
                    EventRows.Append(writes, transition.Events, Cause(webhook));
                },
                Left: rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));
            return WebhookEnd.Done;
        };
    }

    /// <summary>Which projects the integration may see is nothing that we act on; that it has changed is on record.</summary>
    public static Func<Writes, WebhookEnd> LookPermission(Loads loads, ClaimedWebhook webhook, DateTimeOffset now)
    {
        var (told, payload) = WebhookBody<PermissionPayloadWire>.Read(webhook);
        var installation = InstallationRows.Load(loads, webhook.Installation);
        return writes =>
        {
            if (installation.Value is null)
                return WebhookEnd.NoInstallation;

            var configuration = payload.Configuration;
            EventRows.Append(
                writes, webhook.Installation, null, told.At, "installation.PermissionUpgraded", Cause(webhook),
                new { projectSelection = configuration.ProjectSelection, projects = configuration.Projects });
            return WebhookEnd.Done;
        };
    }

    private static Actor Cause(ClaimedWebhook webhook) => Actor.Worker($"webhook {webhook.Id}");

    private sealed record AnyPayloadWire;

    private sealed record TransferWire(string NewAccountId, string NewTeamId);

    private sealed record ScopesPayloadWire(ScopesWire Configuration);

    private sealed record ScopesWire(string[] Scopes);

    private sealed record PermissionPayloadWire(PermissionWire Configuration);

    /// <param name="ProjectSelection"><c>all</c> or <c>selected</c>.</param>
    private sealed record PermissionWire(string? ProjectSelection = null, string[]? Projects = null);
}
