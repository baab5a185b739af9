using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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
using Marketplace.Shell.Provisioning;
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
        Fulfilment fulfilment, TimeProvider clock, CancellationToken cancel)
    {
        var id = new ResourceId(resourceId);
        var asked = body.Value ?? new RotateWire();
        var call = KeyedCall.Of(request, body.Raw);
        return RotateSecrets.ParseDelay(asked.DelayOldSecretsExpirationHours ?? Option<decimal>.None).Match(
            Succ: delay => decisions.Saga(caller.Installation, call, loads => Look(loads, delay), LookAgain, cancel),
            Fail: errors => decisions.Refuse(caller.Installation, call, FieldProblem.From(errors), cancel));

        Func<Writes, Decided> Look(Loads loads, TimeSpan delay)
        {
            var current = ResourceRows.LoadForUpdate(loads, caller.Installation, id);
            var underWay = OperationRows.OpenRotation(loads, caller.Installation, id);
            var generations = SecretRows.LoadForUpdate(loads, caller.Installation, id);
            var latest = call.Key is null ? LatestRotation.Look(loads, box, caller.Installation, id, clock.GetUtcNow()) : null;
            return writes => current.Value is { } resource
                ? RotateSecrets.Allowed(resource).Match<Decided>(
                    Right: _ => fulfilment.Local(resource) is { } local
                        ? new Decided.Answered(RotatedAtOnce(writes, local, new ResourceSecrets(id, generations.Value), latest, delay))
                        : Requested(writes, underWay.Value, delay),
                    Left: rejection => new Decided.Answered(PartnerAnswer.Of(ResourceProblem.From(rejection))))
                : new Decided.Answered(PartnerAnswer.Of(ResourceProblem.Unknown(id)));
        }

        PartnerAnswer RotatedAtOnce(Writes writes, ILocalProvisioner local, ResourceSecrets before, LatestRotation? latest, TimeSpan delay)
        {
            var now = clock.GetUtcNow();
            if (latest?.Same(before, delay) is var (same, given))
            {
                TellWhy(writes, same, delay, now);
                return given;
            }

            var operation = Ids.Operation();
            TellWhy(writes, operation, delay, now);
            var secrets = LocalResource.Rotate(
                writes, local, caller.Installation, before, operation, delay, Actor.Of(caller, "rotate secrets"), now);
            var answer = PartnerAnswer.Ok(RotatedWire.Now(secrets));
            latest?.Keep(writes, operation, delay, answer, now);
            return answer;
        }

        Decided Requested(Writes writes, OpenRotation? underWay, TimeSpan delay)
        {
            var now = clock.GetUtcNow();
            var operation = IsSame(underWay, delay) ? underWay.Id : Ids.Operation();
            if (operation != underWay?.Id)
                OperationRows.Append(writes, caller.Installation, id, operation, new OperationRequest.Rotate(delay), now);
            TellWhy(writes, operation, delay, now);
            return new Decided.Started(operation, id);
        }

        void TellWhy(Writes writes, OperationId operation, TimeSpan delay, DateTimeOffset now) =>
            EventRows.Append(
                writes, caller.Installation, id, now, "secrets.RotationRequested", Actor.Of(caller, "rotate secrets"),
                new { operation = operation.Value, reason = RotateSecrets.ParseReason(Prelude.Optional(asked.Reason)!).OrNull(), delayHours = delay.TotalHours });

        // Without a key, the rotation of this resource that is under way is taken for the same one when it asks for the same delay: another
        // delay promises something else of the old secrets, and after a leak less must never be waited out behind more.
        bool IsSame([NotNullWhen(true)] OpenRotation? underWay, TimeSpan delay) =>
            call.Key is null && underWay is { } open && open.OldSecretsLive == delay;

        Func<Writes, OperationState, PartnerAnswer> LookAgain(Loads loads, ResourceId rotated)
        {
            // Under the lock of the resource, so that no message about still newer secrets is withdrawn.
            var current = ResourceRows.LoadForUpdate(loads, caller.Installation, rotated);
            var secrets = SecretRows.LoadCurrent(loads, box, caller.Installation, rotated);
            return (writes, state) => state switch
            {
                OperationState.Done => Rotated(writes, current.Value, secrets.Value),
                OperationState.Open => PartnerAnswer.Json(StatusCodes.Status202Accepted, new RotatedWire(false, null, null)),
                OperationState.Refused refused => PartnerAnswer.Of(PartnerResults.Conflict(
                    $"The secrets could not be rotated, and the old ones stay valid: {refused.Reason}",
                    new PartnerErrorUser(refused.Reason))),
                _ => throw new UnreachableException(state.GetType().Name),
            };
        }

        PartnerAnswer Rotated(Writes writes, Resource? resource, Seq<Secret> secrets)
        {
            // Deleted while they were made, and every credential with it.
            if (resource is null or Resource.Uninstalled)
                return PartnerAnswer.Of(ResourceProblem.Unknown(id));

            OutboxRows.WithdrawWaiting(writes, caller.Installation, id, MessageKind.ResourceSecrets, clock.GetUtcNow());
            return PartnerAnswer.Ok(RotatedWire.Now(secrets));
        }
    }

    internal sealed record RotateWire(string? Reason = null, decimal? DelayOldSecretsExpirationHours = null);

    internal sealed record RotatedWire(bool Sync, SecretWire[]? Secrets, bool? Partial)
    {
        public static RotatedWire Now(Seq<Secret> secrets) => new(true, [.. secrets.Select(SecretWire.Of)], Partial: false);
    }
}
