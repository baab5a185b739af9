using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.Tokens;
using static Marketplace.Simulator.Dashboard.PartnerCall;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Every call of the Partner API, with the answers that are documented for it. Source: contract §B.</summary>
internal static class PartnerCalls
{
    public const string Repl = "Resource REPL";

    private static readonly Schema Error = PartnerApiSchemas.Error;

    // Upsert and provision are answered with 201 by Vercel's own example, and rotation with 202.
    private static readonly ImmutableDictionary<int, Schema?> InstallationAnswers = Documented(
        (200, PartnerApiSchemas.Installation), (201, PartnerApiSchemas.Installation), (204, null), (400, Error), (403, Error), (409, Error));

    private static readonly ImmutableDictionary<int, Schema?> PlanAnswers =
        Documented((200, PartnerApiSchemas.Plans), (400, Error), (403, Error), (404, Error), (409, Error));

    public static PartnerCall UpsertInstallation(string installationId, JsonObject body, TokenDraft token) => new(
        "Upsert Installation", HttpMethod.Put, Installation(installationId), body, token, InstallationAnswers);

    public static PartnerCall UpdateInstallation(string installationId, JsonObject body, TokenDraft token) => new(
        "Update Installation", HttpMethod.Patch, Installation(installationId), body, token, InstallationAnswers.Add(404, Error));

    public static PartnerCall GetInstallation(string installationId, TokenDraft token) => new(
        "Get Installation", HttpMethod.Get, Installation(installationId), Body: null, token,
        Documented((200, PartnerApiSchemas.Installation), (403, Error), (404, Error)));

    public static PartnerCall DeleteInstallation(string installationId, JsonObject body, TokenDraft token) => new(
        "Delete Installation", HttpMethod.Delete, Installation(installationId), body, token,
        Documented((200, PartnerApiSchemas.DeletedInstallation), (204, null), (403, Error), (404, Error), (409, Error)));

    public static PartnerCall ProvisionResource(string installationId, JsonObject body, TokenDraft token) => new(
        "Provision Resource", HttpMethod.Post, Installation(installationId) + "/resources", body, token,
        Documented(
            (200, PartnerApiSchemas.ProvisionedResource), (201, PartnerApiSchemas.ProvisionedResource), (400, Error), (403, Error), (404, Error),
            (409, Error)));

    public static PartnerCall GetResource(string installationId, string resourceId, TokenDraft token) => new(
        "Get Resource", HttpMethod.Get, Resource(installationId, resourceId), Body: null, token,
        Documented((200, PartnerApiSchemas.Resource), (403, Error), (404, Error)));

    /// <summary>Deprecated, and not documented in detail any more.</summary>
    public static PartnerCall ListResources(string installationId, TokenDraft token) => new(
        "List Resources", HttpMethod.Get, Installation(installationId) + "/resources", Body: null, token,
        Documented((200, PartnerApiSchemas.Resources), (400, Error), (403, Error), (404, Error)));

    public static PartnerCall UpdateResource(string installationId, string resourceId, JsonObject body, TokenDraft token) => new(
        "Update Resource", HttpMethod.Patch, Resource(installationId, resourceId), body, token,
        Documented((200, PartnerApiSchemas.Resource), (400, Error), (403, Error), (404, Error), (409, Error)));

    public static PartnerCall DeleteResource(string installationId, string resourceId, TokenDraft token) => new(
        "Delete Resource", HttpMethod.Delete, Resource(installationId, resourceId), Body: null, token,
        Documented((204, null), (403, Error), (404, Error), (409, Error)));

    public static PartnerCall RotateSecrets(string installationId, string resourceId, JsonObject body, TokenDraft token) => new(
        "Request Secrets Rotation", HttpMethod.Post, Resource(installationId, resourceId) + "/secrets/rotate", body, token,
        Documented(
            (200, PartnerApiSchemas.RotatedSecrets), (202, PartnerApiSchemas.RotatedSecrets), (400, Error), (403, Error), (404, Error),
            (409, Error)));

    /// <summary>Vercel's own example answers a bad command with 400 and blocks.</summary>
    public static PartnerCall RunReplCommand(string installationId, string resourceId, JsonObject body, TokenDraft token) => new(
        Repl, HttpMethod.Post, Resource(installationId, resourceId) + "/repl", body, token,
        Documented(
            (200, PartnerApiSchemas.ReplBlocks), (400, Schema.Either(PartnerApiSchemas.ReplBlocks, Error)), (403, Error), (404, Error),
            (409, Error)));

    public static PartnerCall ProvisionPurchase(string installationId, JsonObject body, TokenDraft token) => new(
        "Provision Purchase", HttpMethod.Post, Installation(installationId) + "/billing/provision", body, token,
        Documented((200, PartnerApiSchemas.Balances), (400, Error), (403, Error), (404, Error), (409, Error), (422, Error)));

    public static PartnerCall ProductPlans(string productSlug, JsonObject? metadata, TokenDraft token) => new(
        "List Billing Plans for Product", HttpMethod.Get, $"/v1/products/{Escape(productSlug)}/plans{Query(metadata)}", Body: null, token,
        PlanAnswers);

    public static PartnerCall ResourcePlans(string installationId, string resourceId, JsonObject? metadata, TokenDraft token) => new(
        "List Billing Plans for Resource", HttpMethod.Get, Resource(installationId, resourceId) + $"/plans{Query(metadata)}", Body: null,
        token, PlanAnswers);

    public static PartnerCall InstallationPlans(string installationId, TokenDraft token) => new(
        "List Billing Plans for Installation", HttpMethod.Get, Installation(installationId) + "/plans", Body: null, token, PlanAnswers);

    public static PartnerCall CreateTransfer(string sourceId, JsonObject body, TokenDraft token) => new(
        "Create Resources Transfer Request", HttpMethod.Post, Transfers(sourceId), body, token,
        Documented((200, PartnerApiSchemas.TransferRequest), (400, Error), (403, Error), (409, Error), (422, Error)));

    public static PartnerCall VerifyTransfer(string targetId, string claimId, TokenDraft token) => new(
        "Validate Resources Transfer Request", HttpMethod.Get, $"{Transfers(targetId)}/{Escape(claimId)}/verify", Body: null, token,
        Documented((200, PartnerApiSchemas.VerifiedTransfer), (403, Error), (404, Error), (409, Error), (422, Error)));

    public static PartnerCall AcceptTransfer(string targetId, string claimId, TokenDraft token) => new(
        "Accept Resources Transfer Request", HttpMethod.Post, $"{Transfers(targetId)}/{Escape(claimId)}/accept", Body: null, token,
        Documented((204, null), (403, Error), (404, Error), (409, Error), (422, Error)));

    private static string Transfers(string installationId) => Installation(installationId) + "/resource-transfer-requests";

    private static string Installation(string id) => $"/v1/installations/{Escape(id)}";

    private static string Resource(string installationId, string id) => $"{Installation(installationId)}/resources/{Escape(id)}";

    /// <summary>The values of the form as one URL-encoded JSON object.</summary>
    private static string Query(JsonObject? metadata) => metadata is null ? "" : $"?metadata={Escape(metadata.ToJsonString())}";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
