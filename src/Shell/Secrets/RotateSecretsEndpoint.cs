using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Secrets;

/// <summary>
/// POST /v1/installations/{installationId}/resources/{resourceId}/secrets/rotate: new secrets at once, or 202 and later by Update
/// Secrets; the old ones work for the asked delay. Source: contract §E.7.
/// </summary>
internal static class RotateSecretsEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, string resourceId, HttpRequest request, OptionalJsonBody<RotateWire> body, Decisions decisions, SecretBox box,
        TimeProvider clock, CancellationToken cancel)
    {
        var id = new ResourceId(resourceId);
        var asked = body.Value ?? new RotateWire();
        var call = KeyedCall.Of(request, body.Raw);
        return RotateSecrets.ParseDelay(asked.DelayOldSecretsExpirationHours ?? Option<decimal>.None).Match(
            Succ: delay => decisions.Saga(
                caller.Installation, call, (transaction, writes) => Begin(transaction, writes, delay), Answer, cancel),
            Fail: errors => Task.FromResult<IResult>(FieldProblem.From(errors)));

        async Task<Decided> Begin(NpgsqlTransaction transaction, Writes writes, TimeSpan delay)
        {
            var current = await ResourceRows.LoadForUpdate(transaction, caller.Installation, id, cancel);
            if (current is null)
                return new Decided.Answered(PartnerAnswer.Of(ResourceProblem.Unknown(id)));

            return await RotateSecrets.Allowed(current).MatchAsync<Decided>(
                RightAsync: async _ => new Decided.Started(await Requested(transaction, writes, delay)),
                Left: rejection => new Decided.Answered(PartnerAnswer.Of(ResourceProblem.From(rejection))));
        }

        async Task<OperationId> Requested(NpgsqlTransaction transaction, Writes writes, TimeSpan delay)
        {
            var (underWay, now) = (await SameUnderWay(transaction, delay), clock.GetUtcNow());
            var operation = underWay ?? Ids.Operation();
            if (underWay is null)
                OperationRows.Append(writes, caller.Installation, id, operation, new OperationRequest.Rotate(delay), now);
            EventRows.Append(
                writes, caller.Installation, id, now, "secrets.RotationRequested", Actor.Of(caller, "rotate secrets"),
                new { operation = operation.Value, reason = asked.Reason, delayHours = delay.TotalHours });
            return operation;
        }

        // Without a key, the rotation of this resource that is under way is taken for the same one when it asks for the same delay: another
        // delay promises something else of the old secrets, and after a leak less must never be waited out behind more.
        async Task<OperationId?> SameUnderWay(NpgsqlTransaction transaction, TimeSpan delay) =>
            call.Key is null
            && await OperationRows.OpenRotation(transaction, caller.Installation, id, cancel) is { } open && open.Asked.OldSecretsLive == delay
                ? open.Id
                : null;

        async Task<PartnerAnswer> Answer(
            NpgsqlTransaction transaction, Writes writes, OperationId operation, OperationState state, CancellationToken ending) =>
            state switch
            {
                OperationState.Done => await Rotated(transaction, writes, ending),
                OperationState.Open => PartnerAnswer.Json(StatusCodes.Status202Accepted, new RotatedWire(false, null, null)),
                OperationState.Refused refused => PartnerAnswer.Of(PartnerResults.Conflict(
                    $"The secrets could not be rotated, and the old ones stay valid: {refused.Reason}",
                    new PartnerErrorUser(refused.Reason))),
                _ => throw new UnreachableException(state.GetType().Name),
            };

        async Task<PartnerAnswer> Rotated(NpgsqlTransaction transaction, Writes writes, CancellationToken ending)
        {
            // Under the lock of the resource, so that no message about still newer secrets is withdrawn.
            // Deleted while they were made, and every credential with it.
            if (await ResourceRows.LoadForUpdate(transaction, caller.Installation, id, ending) is null or Resource.Uninstalled)
                return PartnerAnswer.Of(ResourceProblem.Unknown(id));

            var secrets = await SecretRows.LoadCurrent(transaction, box, caller.Installation, id, ending);
            OutboxRows.WithdrawWaiting(writes, caller.Installation, id, MessageKind.ResourceSecrets, clock.GetUtcNow());
            return PartnerAnswer.Ok(new RotatedWire(true, [.. secrets.Select(SecretWire.Of)], Partial: false));
        }
    }

    internal sealed record RotateWire(string? Reason = null, decimal? DelayOldSecretsExpirationHours = null);

    internal sealed record RotatedWire(bool Sync, SecretWire[]? Secrets, bool? Partial);
}
