using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Webhooks;

/// <summary>What each webhook says. Source: the table of contract §F.</summary>
internal static class WebhookPayloads
{
    public static Announcement InvoiceChanged(Installation installation, Invoice invoice, InvoiceState state, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["invoiceId"] = invoice.Id;
        payload["externalInvoiceId"] = invoice.ExternalId;
        payload["period"] = Wire.Write(invoice.Period);
        if (state == InvoiceState.Refunded)
        {
            payload["amount"] = Wire.Text(invoice.LastRefund ?? invoice.Total);
            payload["reason"] = invoice.RefundReason;
        }
        else
        {
            payload["invoiceDate"] = Wire.Text(invoice.InvoiceDate);
            payload["invoiceTotal"] = Wire.Text(invoice.Total);
        }

        var suffix = state == InvoiceState.Draft ? "created" : state.ToString().ToLowerInvariant();
        return new($"marketplace.invoice.{suffix}", [installation.Id, invoice.Id], payload, now);
    }

    public static Announcement ProjectConnected(
        Installation installation, Resource resource, Project project, Connection connection, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["resourceId"] = resource.Id;
        payload["project"] = new JsonObject { ["id"] = project.Id, ["name"] = project.Name };
        payload["projectId"] = project.Id;
        payload["targets"] = Wire.Write(connection.Targets);
        return new("integration-resource.project-connected", [installation.Id, resource.InternalId, project.Id], payload, now);
    }

    public static Announcement ProjectDisconnected(
        Installation installation, Resource resource, Connection connection, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["resourceId"] = resource.Id;
        payload["project"] = new JsonObject { ["id"] = connection.ProjectId };
        payload["projectId"] = connection.ProjectId;
        payload["targets"] = Wire.Write(connection.Targets);
        return new("integration-resource.project-disconnected", [installation.Id, resource.InternalId, connection.ProjectId], payload, now);
    }

    /// <summary>Whoever is no member any more has the role <c>NONE</c>.</summary>
    public static Announcement MemberChanged(Installation installation, Person person, string role, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["memberId"] = person.UserId;
        payload["role"] = role;
        payload["globalUserId"] = person.GlobalUserId;
        if (person.Email is not null)
        {
            payload["userEmail"] = person.Email;
        }

        return new("marketplace.member.changed", [installation.Id, person.UserId], payload, now);
    }

    public static Announcement InstallationRemoved(Installation installation, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["configuration"] = WithProjects(installation);
        return new("integration-configuration.removed", [installation.Id], payload, now);
    }

    /// <summary>The integration reaches other projects than before.</summary>
    public static Announcement PermissionUpgraded(Installation before, Installation after, DateTimeOffset now)
    {
        var payload = ForInstallation(after);
        var (old, next) = (before.SelectedProjects ?? [], after.SelectedProjects ?? []);
        payload["configuration"] = WithProjects(after);
        payload["projects"] = new JsonObject
        {
            ["added"] = Wire.Write(next.RemoveAll(id => old.Contains(id, StringComparer.Ordinal))),
            ["removed"] = Wire.Write(old.RemoveAll(id => next.Contains(id, StringComparer.Ordinal))),
        };
        return new("integration-configuration.permission-upgraded", [after.Id], payload, now);
    }

    public static Announcement ScopeChangeConfirmed(Installation installation, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["configuration"]!["scopes"] = Wire.Write(installation.Scopes);
        return new("integration-configuration.scope-change-confirmed", [installation.Id], payload, now);
    }

    /// <summary>The installation is as it was, and somebody else's.</summary>
    public static Announcement InstallationTransferred(Installation installation, string previousAccountId, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["previousTeamId"] = Team.PublicId(previousAccountId);
        payload["previousAccountId"] = previousAccountId;
        payload["newTeamId"] = Team.PublicId(installation.AccountId);
        payload["newAccountId"] = installation.AccountId;
        return new("integration-configuration.transferred", [installation.Id], payload, now);
    }

    private static JsonObject WithProjects(Installation installation) => new()
    {
        ["id"] = installation.Id,
        ["projectSelection"] = installation.SelectedProjects is null ? "all" : "selected",
        ["projects"] = Wire.Write(installation.SelectedProjects ?? []),
    };

    private static JsonObject ForInstallation(Installation installation) => new()
    {
        ["team"] = new JsonObject { ["id"] = Team.PublicId(installation.AccountId) },
        ["configuration"] = new JsonObject { ["id"] = installation.Id },
        ["installationId"] = installation.Id,
    };
}
