using System.Text.Json;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>One question to the control plane, as docs/http-provisioner.md has it. What a question does not need is absent.</summary>
/// <param name="Type">One of <see cref="ControlPlaneQuestion"/>.</param>
/// <param name="Plan">The resource's own or, where it has none, its installation's.</param>
/// <param name="MintedBy">The operations whose credentials end.</param>
/// <param name="At">The moment that a reading stands for.</param>
/// <param name="After">Where the last page of a list ended.</param>
/// <param name="Input">What somebody typed into the console.</param>
/// <param name="CallbackUrl">Where the outcome of what is pending is told; absent where nobody knows by which address we are reached.</param>
internal sealed record ControlPlaneMessage(
    string Type,
    string? OperationId = null,
    string? InstallationId = null,
    ControlPlaneResource? Resource = null,
    ControlPlanePlan? Plan = null,
    IReadOnlyList<string>? MintedBy = null,
    DateTimeOffset? At = null,
    string? After = null,
    string? Input = null,
    bool? ReadOnly = null,
    string? CallbackUrl = null)
{
    public static ControlPlaneMessage Of(string type, ProvisionedResource resource) => new(
        type,
        InstallationId: resource.Installation.Value,
        Resource: new ControlPlaneResource(
            resource.Id.Value, resource.Product.Value, resource.Name, JsonElement.Parse(MetadataJson.Write(resource.Metadata))),
        Plan: resource.Plan.MatchUnsafe<ControlPlanePlan?>(ControlPlanePlan.Of, () => null));

    public static string CallbackPath(InstallationId installation, OperationId operation) =>
        ControlPlaneModule.Outcome
            .Replace("{installationId}", Uri.EscapeDataString(installation.Value), StringComparison.Ordinal)
            .Replace("{operationId}", Uri.EscapeDataString(operation.Value), StringComparison.Ordinal);

    /// <summary>Records print every property, and logs print records: what somebody typed stays out.</summary>
    public override string ToString() => $"ControlPlaneMessage {Type}";
}

/// <summary>What can be asked.</summary>
internal static class ControlPlaneQuestion
{
    public const string Provision = "provision";
    public const string ChangePlan = "change-plan";
    public const string Suspend = "suspend";
    public const string Resume = "resume";
    public const string Rotate = "rotate";
    public const string ExpireSecrets = "expire-secrets";
    public const string Deprovision = "deprovision";
    public const string Measure = "measure";
    public const string List = "list";
    public const string Repl = "repl";
}

internal sealed record ControlPlaneResource(string Id, string ProductId, string Name, JsonElement Metadata);

/// <param name="Settings">What the catalogue says of the plan for whoever makes it.</param>
internal sealed record ControlPlanePlan(string Id, string Name, string Type, string Scope, IReadOnlyDictionary<string, string> Settings)
{
    public static ControlPlanePlan Of(BillingPlan plan) => new(
        plan.Id.Value, plan.Name,
        plan.Type == PlanType.Prepayment ? "prepayment" : "subscription",
        plan.Scope == PlanScope.Installation ? "installation" : "resource",
        plan.Settings.AsEnumerable().ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal));
}
