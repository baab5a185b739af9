using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Marketplace.Shell.StandardWebhooks;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>
/// POST /control-plane/v1/operations/{installationId}/{operationId}/outcome: how something ended that was pending. The same outcome may be
/// told any number of times.
/// </summary>
internal static class TellOutcomeEndpoint
{
    public static readonly RequestDelegate Route = HandlerDelegate.Create(Handle);

    private static async Task<IResult> Handle(
        HttpRequest request, string installationId, string operationId, RawBody body, HttpProvisionerSettings settings, OutcomeIntake intake,
        CancellationToken cancel)
    {
        if (settings.ControlPlane is not { } controlPlane)
            return ProviderProblems.NotFound("No control plane is configured here (HttpProvisioner__Url).");
        if (Unsigned(controlPlane.Secrets.Verify(WebhookHeaders.Of(request.Headers), body.Bytes.Span, TimeProvider.System.GetUtcNow())) is { } refused)
            return refused;

        var (installation, operation) = (new InstallationId(installationId), new OperationId(operationId));
        if (Parsed(body) is not { } told)
            return ProviderProblems.Invalid("The body is not the JSON of an outcome: it has another field, or a value of another type.");

        // The signature covers the body alone: without the names in it, one outcome could be played again as that of another operation.
        return told.InstallationId == installationId && told.OperationId == operationId
            ? Answer(operation, await intake.Take(installation, operation, told.Answer, cancel))
            : ProviderProblems.Invalid(
                "The body names another operation than the address.",
                new ProblemError("#/installationId", "The installation of the address."), new ProblemError("#/operationId", "The operation of the address."));
    }

    private static IResult Answer(OperationId operation, OutcomeTaken taken) =>
        taken switch
        {
            OutcomeTaken.Known known => TypedResults.Ok(new OutcomeWire(operation.Value, known.State)),
            OutcomeTaken.Wrong(var errors) => ProviderProblems.Invalid(
                "What is told is no outcome of this operation.",
                [.. errors.Select(error => new ProblemError($"#/{error.Key}", error.Message))]),
            OutcomeTaken.Contradicts contradicts => ProviderProblems.Conflict(
                $"The operation is {contradicts.State} already. What was made since is taken down by operations of its own.", "operation_over"),
            OutcomeTaken.Unknown => ProviderProblems.NotFound($"The control plane was never asked for an operation {operation}."),
            _ => throw new UnreachableException(taken.GetType().Name),
        };

    private static ProblemResult? Unsigned(SignatureVerdict verdict) =>
        verdict switch
        {
            SignatureVerdict.Good => null,
            SignatureVerdict.Missing => ProviderProblems.Unauthorized("The headers webhook-id, webhook-timestamp and webhook-signature are needed."),
            SignatureVerdict.OutOfTime => ProviderProblems.Unauthorized("The webhook-timestamp is more than five minutes away from now."),
            SignatureVerdict.Forged => ProviderProblems.Unauthorized("None of the secrets in HttpProvisioner__Secrets has signed this."),
            _ => throw new UnreachableException(verdict.ToString()),
        };

    private static ToldOutcome? Parsed(RawBody body)
    {
        try
        {
            return JsonSerializer.Deserialize<ToldOutcome>(body.Bytes.Span, ControlPlaneAnswer.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal sealed record ToldOutcome(
        string? InstallationId = null, string? OperationId = null, string? Status = null, string? Reason = null, ControlPlaneSecret[]? Secrets = null)
    {
        public ControlPlaneAnswer Answer => new(Status, Reason, Secrets);

        /// <summary>Records print every property, and logs print records: the secrets stay out.</summary>
        public override string ToString() => $"ToldOutcome {OperationId} {Status}";
    }

    /// <param name="State">Accepted: it is carried on within seconds. Done or refused: it is over.</param>
    internal sealed record OutcomeWire(string OperationId, string State);
}
