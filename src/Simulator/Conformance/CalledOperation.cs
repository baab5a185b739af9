using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;
using static Marketplace.Simulator.Conformance.Callers;

namespace Marketplace.Simulator.Conformance;

/// <summary>
/// One row of the table of the Partner API: an operation, who may call it, and how it is called. Source: contract §A.1, the table of
/// endpoints, and §B.
/// </summary>
/// <param name="Title">In the documents' words.</param>
/// <param name="Call">A well-formed call about the tenant, which need not succeed.</param>
/// <param name="Succeed">Prepares whatever the call is about, and makes the call so that it succeeds.</param>
internal sealed record CalledOperation(
    PartnerOperation Operation, string Title, Callers Takes, Func<Tenant, JsonObject, TokenDraft, PartnerCall> Call,
    Func<Trial, CallOptions, Task<Exchange>> Succeed)
{
    /// <summary>The whole table, in the order of the contract.</summary>
    public static readonly ImmutableArray<CalledOperation> All =
    [
        new(PartnerOperation.UpsertInstallation, "Upsert Installation", User,
            (tenant, body, token) => PartnerCalls.UpsertInstallation(tenant.InstallationId, body, token), SuccessfulCalls.UpsertInstallation)
        {
            Body = (trial, tenant) => trial.Customer.UpsertBody(tenant.InstallationId),
        },
        new(PartnerOperation.GetInstallation, "Get Installation", Callers.System,
            (tenant, _, token) => PartnerCalls.GetInstallation(tenant.InstallationId, token), SuccessfulCalls.GetInstallation),
        new(PartnerOperation.UpdateInstallation, "Update Installation", User,
            (tenant, body, token) => PartnerCalls.UpdateInstallation(tenant.InstallationId, body, token), SuccessfulCalls.UpdateInstallation)
        {
            Body = (_, _) => [],
        },
        new(PartnerOperation.DeleteInstallation, "Delete Installation", Either,
            (tenant, body, token) => PartnerCalls.DeleteInstallation(tenant.InstallationId, body, token), SuccessfulCalls.DeleteInstallation)
        {
            Body = (_, _) => new JsonObject { ["cascadeResourceDeletion"] = true },
        },
        new(PartnerOperation.ProvisionResource, "Provision Resource", User,
            (tenant, body, token) => PartnerCalls.ProvisionResource(tenant.InstallationId, body, token), SuccessfulCalls.ProvisionResource)
        {
            Body = (trial, _) => trial.ProvisionBody(trial.Offer.Product, trial.Offer.Product.Plan),
        },
        new(PartnerOperation.GetResource, "Get Resource", Callers.System,
            (tenant, _, token) => PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, token), SuccessfulCalls.GetResource)
        {
            IsOfResource = true,
        },
        new(PartnerOperation.UpdateResource, "Update Resource", User,
            (tenant, body, token) => PartnerCalls.UpdateResource(tenant.InstallationId, tenant.ResourceId, body, token), SuccessfulCalls.UpdateResource)
        {
            Body = (_, _) => new JsonObject { ["name"] = "renamed" },
            IsOfResource = true,
        },
        new(PartnerOperation.DeleteResource, "Delete Resource", Either,
            (tenant, _, token) => PartnerCalls.DeleteResource(tenant.InstallationId, tenant.ResourceId, token), SuccessfulCalls.DeleteResource)
        {
            IsOfResource = true,
        },
        new(PartnerOperation.RotateSecrets, "Request Secrets Rotation", Either,
            (tenant, body, token) => PartnerCalls.RotateSecrets(tenant.InstallationId, tenant.ResourceId, body, token), SuccessfulCalls.RotateSecrets)
        {
            Body = (_, _) => new JsonObject { ["reason"] = "conformance", ["delayOldSecretsExpirationHours"] = 1 },
            IsOfResource = true,
        },
        new(PartnerOperation.RunReplCommand, "Resource REPL", User,
            (tenant, body, token) => PartnerCalls.RunReplCommand(tenant.InstallationId, tenant.ResourceId, body, token), SuccessfulCalls.RunReplCommand)
        {
            Body = (_, _) => new JsonObject { ["input"] = "help" },
            IsOfResource = true,
        },
        new(PartnerOperation.ListProductPlans, "List Billing Plans For Product", Callers.System,
            (tenant, _, token) => PartnerCalls.ProductPlans(tenant.ProductId, metadata: null, token), SuccessfulCalls.ListProductPlans),
        new(PartnerOperation.ListResourcePlans, "List Billing Plans For Resource", Callers.System,
            (tenant, _, token) => PartnerCalls.ResourcePlans(tenant.InstallationId, tenant.ResourceId, metadata: null, token), SuccessfulCalls.ListResourcePlans)
        {
            IsOfResource = true,
        },
        new(PartnerOperation.ListInstallationPlans, "List Billing Plans For Installation", Callers.System,
            (tenant, _, token) => PartnerCalls.InstallationPlans(tenant.InstallationId, token), SuccessfulCalls.ListInstallationPlans),
        new(PartnerOperation.ProvisionPurchase, "Provision Purchase", Either,
            (tenant, body, token) => PartnerCalls.ProvisionPurchase(tenant.InstallationId, body, token), SuccessfulCalls.ProvisionPurchase)
        {
            Body = (_, _) => new JsonObject { ["invoiceId"] = "mi_unknown" },
            Needs = Need.PrepaymentPlan,
        },
        new(PartnerOperation.CreateTransfer, "Create Resources Transfer Request", Callers.System,
            (tenant, body, token) => PartnerCalls.CreateTransfer(tenant.InstallationId, body, token), SuccessfulCalls.CreateTransfer)
        {
            Body = (trial, tenant) => new JsonObject
            {
                ["resourceIds"] = new JsonArray(tenant.ResourceId),
                ["expiresAt"] = trial.Now.AddHours(24).ToUnixTimeMilliseconds(),
            },
        },
        new(PartnerOperation.VerifyTransfer, "Validate Resources Transfer Request", Callers.System,
            (tenant, _, token) => PartnerCalls.VerifyTransfer(tenant.InstallationId, UnknownClaim, token), SuccessfulCalls.VerifyTransfer),
        new(PartnerOperation.AcceptTransfer, "Accept Resources Transfer Request", Callers.System,
            (tenant, _, token) => PartnerCalls.AcceptTransfer(tenant.InstallationId, UnknownClaim, token), SuccessfulCalls.AcceptTransfer),
    ];

    private const string UnknownClaim = "claim_unknown";

    /// <summary>The fields of a well-formed body; none where the documents know no body.</summary>
    public Func<Trial, Tenant, JsonObject>? Body { get; init; }

    /// <summary>The path names a resource.</summary>
    public bool IsOfResource { get; init; }

    /// <summary>What must be there for a call that succeeds.</summary>
    public Need Needs { get; init; }

    /// <summary>As the ids of cases spell it, such as <c>rotate-secrets</c>.</summary>
    public string Name => Spelling.Dashed(Operation.ToString());

    public Source Source => Source.Partner(Title);

    /// <summary>Only reads are made with GET.</summary>
    public bool Changes => Operation is not (
        PartnerOperation.GetInstallation or PartnerOperation.GetResource or PartnerOperation.ListProductPlans
        or PartnerOperation.ListResourcePlans or PartnerOperation.ListInstallationPlans or PartnerOperation.VerifyTransfer);

    /// <summary>Every path but that of a product's plans names the installation.</summary>
    public bool IsOfInstallation => Operation is not PartnerOperation.ListProductPlans;

    /// <summary>A call about the tenant by whoever makes it first of all: a person where a person may.</summary>
    public PartnerCall For(Trial trial, Tenant tenant, TokenDraft? token = null, JsonObject? body = null) =>
        Call(tenant, body ?? Body?.Invoke(trial, tenant) ?? [], token ?? Token(trial, tenant.InstallationId));

    public TokenDraft Token(Trial trial, string installationId) =>
        Takes.HasFlag(User) ? trial.AdminToken(installationId) : trial.SystemToken(installationId);

    public override string ToString() => Title;
}

/// <summary>The styles of authentication that an operation takes. Source: contract §A.1.</summary>
[Flags]
internal enum Callers
{
    None = 0,

    /// <summary>A person at work in the dashboard.</summary>
    User = 1,

    /// <summary>Vercel itself.</summary>
    System = 2,

    Either = User | System,
}
