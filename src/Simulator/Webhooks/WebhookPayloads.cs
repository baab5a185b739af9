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
    public static Webhook InvoiceChanged(Installation installation, Invoice invoice, InvoiceState state, DateTimeOffset now)
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
        return Webhook.New($"marketplace.invoice.{suffix}", payload, now);
    }

    public static Webhook ProjectConnected(
        Installation installation, Resource resource, Project project, Connection connection, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["resourceId"] = resource.Id;
        payload["project"] = new JsonObject { ["id"] = project.Id, ["name"] = project.Name };
        payload["projectId"] = project.Id;
        payload["targets"] = Wire.Write(connection.Targets);
        return Webhook.New("integration-resource.project-connected", payload, now);
    }

    public static Webhook ProjectDisconnected(
        Installation installation, Resource resource, Connection connection, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["resourceId"] = resource.Id;
        payload["project"] = new JsonObject { ["id"] = connection.ProjectId };
        payload["projectId"] = connection.ProjectId;
        payload["targets"] = Wire.Write(connection.Targets);
        return Webhook.New("integration-resource.project-disconnected", payload, now);
    }

    /// <summary>No member any more: the role says so.</summary>
    public static Webhook MemberRemoved(Installation installation, Person person, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["memberId"] = person.UserId;
        payload["role"] = "NONE";
        payload["globalUserId"] = person.GlobalUserId;
        if (person.Email is not null)
        {
            payload["userEmail"] = person.Email;
        }

        return Webhook.New("marketplace.member.changed", payload, now);
    }

    public static Webhook InstallationRemoved(Installation installation, DateTimeOffset now)
    {
        var payload = ForInstallation(installation);
        payload["configuration"] = new JsonObject
        {
            ["id"] = installation.Id,
            ["projectSelection"] = "all",
            ["projects"] = new JsonArray(),
        };
        return Webhook.New("integration-configuration.removed", payload, now);
    }

    private static JsonObject ForInstallation(Installation installation) => new()
    {
        ["team"] = new JsonObject { ["id"] = Team.PublicId(installation.AccountId) },
        ["configuration"] = new JsonObject { ["id"] = installation.Id },
        ["installationId"] = installation.Id,
    };
}
