using System.Text.Json.Nodes;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;
using Marketplace.Simulator.Tokens;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Vercel's view for whoever looks: no tokens, and no secret values.</summary>
internal static class InspectionViews
{
    public static JsonArray List<T>(IEnumerable<T> things, Func<T, JsonNode?> view) => new([.. things.Select(view)]);

    public static JsonObject Of(Team team) => new()
    {
        ["accountId"] = team.AccountId,
        ["personal"] = team.IsPersonal,
        ["name"] = team.Name,
        ["contact"] = team.Contact?.ToJson(),
        ["members"] = List(team.Members, Of),
        ["signedIn"] = team.SignedIn,
        ["projects"] = List(team.Projects.Values, project => Wire.Write(project)),
    };

    public static JsonObject Of(Person person) => new()
    {
        ["userId"] = person.UserId,
        ["role"] = person.RoleText,
        ["name"] = person.Name,
        ["email"] = person.Email,
    };

    public static JsonObject Of(Installation installation) => new()
    {
        ["installationId"] = installation.Id,
        ["kind"] = installation.Kind.ToString(),
        ["accountId"] = installation.AccountId,
        ["stage"] = installation.Stage.ToString(),
        ["installedAt"] = Wire.Text(installation.InstalledAt),
        ["billingPlanId"] = installation.BillingPlan?.GetProperty("id").GetString(),
        ["resources"] = List(installation.Resources.Values, Of),
    };

    public static JsonObject Of(Resource resource) => new()
    {
        ["resourceId"] = resource.Id,
        ["productId"] = resource.ProductId,
        ["ownership"] = resource.Ownership,
        ["name"] = resource.Name,
        ["status"] = resource.Status,
        ["billingPlanId"] = resource.BillingPlanId,
        ["secrets"] = List(resource.Secrets, secret => JsonValue.Create(secret.Name)),
        ["connections"] = List(resource.Connections, connection => Wire.Write(connection)),
    };

    public static JsonObject Of(EnvironmentVariable variable) => new() { ["name"] = variable.Name, ["value"] = variable.Value };

    public static JsonObject Of(Deployment deployment) => new()
    {
        ["deploymentId"] = deployment.Id,
        ["projectId"] = deployment.ProjectId,
        ["environment"] = deployment.Environment,
        ["stage"] = deployment.Stage.ToString(),
        ["actions"] = List(deployment.Actions, action => new JsonObject
        {
            ["installationId"] = action.InstallationId,
            ["resourceId"] = action.ResourceId,
            ["action"] = action.Slug,
            ["status"] = action.Status.ToString(),
            ["statusText"] = action.StatusText,
            ["statusUrl"] = action.StatusUrl,
            ["secrets"] = List(action.Secrets, secret => JsonValue.Create(secret.Name)),
        }),
        ["checkRuns"] = List(deployment.CheckRuns, run => CheckRunOperations.View(deployment, run)),
        ["checks"] = List(deployment.Checks, check => new JsonObject
        {
            ["id"] = check.Id, ["name"] = check.Name, ["status"] = check.Status, ["conclusion"] = check.Conclusion,
        }),
    };

    public static JsonObject OfExperimentation(Resource resource) => new()
    {
        ["items"] = List(resource.ExperimentationItems.Values, item => Wire.Write(item)),
        ["configId"] = resource.GlobalConfig?.Id,
        ["synced"] = resource.GlobalConfig?.IsSynced,
        ["config"] = Wire.Write(resource.GlobalConfig?.Items),
    };

    public static JsonObject Of(Invoice invoice) => new()
    {
        ["invoiceId"] = invoice.Id,
        ["externalId"] = invoice.ExternalId,
        ["state"] = InvoiceOperations.StateText(invoice.State),
        ["total"] = Wire.Text(invoice.Total),
        ["period"] = Wire.Write(invoice.Period),
        ["items"] = Wire.Write(invoice.Items),
        ["discounts"] = Wire.Write(invoice.Discounts),
    };

    public static JsonObject Of(Webhook webhook) => new()
    {
        ["id"] = webhook.Id,
        ["type"] = webhook.Type,
        ["createdAt"] = Wire.Text(webhook.CreatedAt),
        ["delivered"] = webhook.IsDelivered,
        ["attempts"] = List(webhook.Attempts, attempt => Wire.Write(attempt)),
        ["body"] = JsonNode.Parse(webhook.Body),
    };
}
