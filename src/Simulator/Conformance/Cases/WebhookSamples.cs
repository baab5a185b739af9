using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>The payload of every type, as documented. Source: the table of contract §F.</summary>
internal static class WebhookSamples
{
    private const string Project = "prj_conformance";
    private const string Deployment = "dpl_conformance";

    public static readonly ImmutableSortedDictionary<string, Func<Tenant, DateTimeOffset, JsonObject>> All = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            Of("marketplace.invoice.created", Invoice),
            Of("marketplace.invoice.paid", Invoice),
            Of("marketplace.invoice.notpaid", Invoice),
            Of("marketplace.invoice.overdue", Invoice),
            Of("marketplace.invoice.refunded", Refund),
            Of("marketplace.member.changed", Member),
            Of("integration-resource.project-connected", Connected),
            Of("integration-resource.project-disconnected", Disconnected),
            Of("integration-configuration.removed", Removed),
            Of("integration-configuration.permission-upgraded", Upgraded),
            Of("integration-configuration.scope-change-confirmed", Scopes),
            Of("integration-configuration.transferred", Transferred),
            .. from what in (string[])["start", "cancel", "cleanup"] select Of($"deployment.integration.action.{what}", Action),
            .. from what in (string[])["start", "cancel"] select Of($"deployment.checkrun.{what}", CheckRun),
            .. from what in (string[])["created", "ready", "succeeded", "promoted", "error", "canceled", "check-rerequested", "cleanup"]
                select Of($"deployment.{what}", About),
        ]);

    public static JsonObject Invoice(Tenant tenant, DateTimeOffset now)
    {
        var payload = OfInvoice(tenant, now);
        payload["invoiceDate"] = Wire.Text(now);
        payload["invoiceTotal"] = "12.50";
        return payload;
    }

    public static JsonObject Member(Tenant tenant, DateTimeOffset now)
    {
        var payload = ForInstallation(tenant);
        payload["memberId"] = "0123456789abcdef01234567";
        payload["role"] = "NONE";
        payload["globalUserId"] = "76543210fedcba9876543210";
        return payload;
    }

    public static JsonObject Removed(Tenant tenant, DateTimeOffset now)
    {
        var payload = ForInstallation(tenant);
        payload["configuration"] = Configuration(tenant);
        return payload;
    }

    public static JsonObject Connected(Tenant tenant, DateTimeOffset now)
    {
        var payload = Disconnected(tenant, now);
        payload["project"]!["name"] = "shop";
        return payload;
    }

    private static KeyValuePair<string, Func<Tenant, DateTimeOffset, JsonObject>> Of(string type, Func<Tenant, DateTimeOffset, JsonObject> payload) =>
        KeyValuePair.Create(type, payload);

    private static JsonObject Refund(Tenant tenant, DateTimeOffset now)
    {
        var payload = OfInvoice(tenant, now);
        payload["amount"] = "2.50";
        payload["reason"] = "Conformance";
        return payload;
    }

    /// <summary>Of an invoice that Vercel does not know: whoever reads it again finds nothing, and has nothing to do.</summary>
    private static JsonObject OfInvoice(Tenant tenant, DateTimeOffset now)
    {
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var payload = ForInstallation(tenant);
        payload["invoiceId"] = "mi_conformance";
        payload["externalInvoiceId"] = null;
        payload["period"] = Wire.Write(new WirePeriod(month, month.AddMonths(1)));
        return payload;
    }

    private static JsonObject Disconnected(Tenant tenant, DateTimeOffset now)
    {
        var payload = ForInstallation(tenant);
        payload["resourceId"] = tenant.ResourceId;
        payload["project"] = new JsonObject { ["id"] = Project };
        payload["projectId"] = Project;
        payload["targets"] = new JsonArray("development", "preview", "production");
        return payload;
    }

    private static JsonObject Upgraded(Tenant tenant, DateTimeOffset now)
    {
        var payload = Removed(tenant, now);
        payload["projects"] = new JsonObject { ["added"] = new JsonArray(Project), ["removed"] = new JsonArray() };
        return payload;
    }

    private static JsonObject Scopes(Tenant tenant, DateTimeOffset now)
    {
        var payload = ForInstallation(tenant);
        payload["configuration"]!["scopes"] = new JsonArray("read-write:marketplace", "read:integration-configuration");
        return payload;
    }

    /// <summary>To whom it belongs already: it is a sample, and nobody is to lose an installation by it.</summary>
    private static JsonObject Transferred(Tenant tenant, DateTimeOffset now)
    {
        var payload = ForInstallation(tenant);
        payload["previousTeamId"] = Team.PublicId("00000000000000000000000a");
        payload["previousAccountId"] = "00000000000000000000000a";
        payload["newTeamId"] = Team.PublicId(tenant.AccountId);
        payload["newAccountId"] = tenant.AccountId;
        return payload;
    }

    private static JsonObject Action(Tenant tenant, DateTimeOffset now)
    {
        var payload = About(tenant, now);
        payload["configuration"] = new JsonObject { ["id"] = tenant.InstallationId };
        payload["installationId"] = tenant.InstallationId;
        payload["resourceId"] = tenant.ResourceId;
        payload["action"] = "conformance";
        return payload;
    }

    private static JsonObject CheckRun(Tenant tenant, DateTimeOffset now)
    {
        var payload = About(tenant, now);
        payload["checkRun"] = new JsonObject
        {
            ["id"] = "chkr_conformance",
            ["checkId"] = "chk_conformance",
            ["deploymentId"] = Deployment,
            ["timeout"] = 300_000,
            ["source"] = new JsonObject
            {
                ["kind"] = "integration", ["integrationConfigurationId"] = tenant.InstallationId, ["externalResourceId"] = tenant.ResourceId,
            },
        };
        return payload;
    }

    private static JsonObject About(Tenant tenant, DateTimeOffset now) => new()
    {
        ["team"] = new JsonObject { ["id"] = Team.PublicId(tenant.AccountId) },
        ["installationIds"] = new JsonArray(tenant.InstallationId),
        ["deployment"] = new JsonObject { ["id"] = Deployment, ["name"] = "shop", ["url"] = "shop-conformance.vercel.app", ["meta"] = new JsonObject() },
        ["project"] = new JsonObject { ["id"] = Project },
        ["target"] = null,
    };

    private static JsonObject ForInstallation(Tenant tenant) => new()
    {
        ["team"] = new JsonObject { ["id"] = Team.PublicId(tenant.AccountId) },
        ["configuration"] = new JsonObject { ["id"] = tenant.InstallationId },
        ["installationId"] = tenant.InstallationId,
    };

    private static JsonObject Configuration(Tenant tenant) => new()
    {
        ["id"] = tenant.InstallationId, ["projectSelection"] = "all", ["projects"] = new JsonArray(),
    };
}
