using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Secrets;

/// <summary>
/// /provider/v1/installations/{id}/resources/{resourceId}: PUT …/secrets and POST …/rotate. No answer has a value in it; the customer's
/// projects get them from Vercel. Source: contract §D.6, §E.7.
/// </summary>
internal static class ProviderSecretsEndpoints
{
    public static readonly RequestDelegate Push = ProviderEndpoint.Needing(
        ProviderScopes.SecretsWrite,
        (string installationId, string resourceId, HttpRequest request, JsonBody<PushWire> body, ProviderCaller caller, ProviderSecrets secrets,
            CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value.Reason, needsReason: false,
                PushSecrets.Parse(GivenSecretWire.Read(body.Value.Secrets), body.Value.Partial ?? false),
                (call, push) => secrets.Push(call, push, cancel)));

    public static readonly RequestDelegate Rotate = ProviderEndpoint.Needing(
        ProviderScopes.SecretsWrite,
        (string installationId, string resourceId, HttpRequest request, OptionalJsonBody<RotateWire> body, ProviderCaller caller, ProviderSecrets secrets,
            CancellationToken cancel) => ResourceCall.Answer(
                installationId, resourceId, ProviderCall.Of(caller, request, body.Raw), body.Value?.Reason, needsReason: false,
                RotateSecrets.ParseDelay(body.Value?.DelayOldSecretsExpirationHours ?? Option<decimal>.None),
                (call, delay) => secrets.Rotate(call, delay, cancel)));

    private sealed record PushWire(GivenSecretWire[]? Secrets = null, bool? Partial = null, string? Reason = null)
    {
        /// <summary>Records print every property, and logs print records: the secrets stay out.</summary>
        public override string ToString() => nameof(PushWire);
    }

    private sealed record RotateWire(decimal? DelayOldSecretsExpirationHours = null, string? Reason = null);
}
