using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.ProviderKeys;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>
/// /provider/v1/installations/{id}/resources/{resourceId}: PATCH (name), PUT …/status, POST …/plan, …/suspend, …/resume and …/delete.
/// Each may say why, and must where the customer reads it or nothing brings back what was.
/// </summary>
internal static class ProviderResourceEndpoints
{
    public static readonly RequestDelegate Rename = ProviderEndpoint.Needing(
        ProviderScopes.ResourcesWrite,
        (string installationId, string resourceId, HttpRequest request, JsonBody<NameWire> body, ProviderCaller caller, ProviderResources resources,
            CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value.Reason, needsReason: false,
                body.Value.Name is { } name
                    ? Success<FieldError, UpdateRequest>(new UpdateRequest(name, None, None, None, None))
                    : new FieldError("name", "A name is required."),
                (call, asked) => resources.Update(call, asked, "rename resource", cancel)));

    public static readonly RequestDelegate ChangePlan = ProviderEndpoint.Needing(
        ProviderScopes.ResourcesWrite,
        (string installationId, string resourceId, HttpRequest request, JsonBody<PlanWire> body, ProviderCaller caller, ProviderResources resources,
            CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value.Reason, needsReason: false,
                body.Value.BillingPlanId is { } plan
                    ? Success<FieldError, UpdateRequest>(new UpdateRequest(None, None, plan, None, None))
                    : new FieldError("billingPlanId", "A plan is required."),
                (call, asked) => resources.Update(call, asked, "change plan", cancel)));

    public static readonly RequestDelegate SetStatus = ProviderEndpoint.Needing(
        ProviderScopes.ResourcesWrite,
        (string installationId, string resourceId, HttpRequest request, JsonBody<StatusWire> body, ProviderCaller caller,
            ProviderResources resources, CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value.Reason, needsReason: false,
                Core.Resources.SetStatus.Parse(Optional(body.Value.Status)!, AuditReason.Given(body.Value.Reason)),
                (call, said) => resources.SetStatus(call, said, cancel)));

    public static readonly RequestDelegate Suspend = ProviderEndpoint.Needing(
        ProviderScopes.ResourcesWrite,
        (string installationId, string resourceId, HttpRequest request, JsonBody<ReasonWire> body, ProviderCaller caller,
            ProviderResources resources, CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value.Reason, needsReason: true,
                Success<FieldError, Unit>(unit), (call, _) => resources.Suspend(call, call.Reason!, cancel)));

    public static readonly RequestDelegate Resume = ProviderEndpoint.Needing(
        ProviderScopes.ResourcesWrite,
        (string installationId, string resourceId, HttpRequest request, OptionalJsonBody<ReasonWire> body, ProviderCaller caller,
            ProviderResources resources, CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value?.Reason, needsReason: false,
                Success<FieldError, Unit>(unit), (call, _) => resources.Resume(call, cancel)));

    public static readonly RequestDelegate Delete = ProviderEndpoint.Needing(
        ProviderScopes.ResourcesWrite,
        (string installationId, string resourceId, HttpRequest request, JsonBody<ReasonWire> body, ProviderCaller caller,
            ProviderResources resources, CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value.Reason, needsReason: true,
                Success<FieldError, Unit>(unit), (call, _) => resources.Delete(call, cancel)));

    private sealed record NameWire(string? Name = null, string? Reason = null);

    private sealed record PlanWire(string? BillingPlanId = null, string? Reason = null);

    private sealed record StatusWire(string? Status = null, string? Reason = null);

    private sealed record ReasonWire(string? Reason = null);
}
