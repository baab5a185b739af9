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
            var rotation = SecretRotation.Look(loads, box, caller.Installation, id, Actor.Of(caller, "rotate secrets"));
            var latest = call.Key is null ? LatestRotation.Look(loads, box, caller.Installation, id, clock.GetUtcNow()) : null;
            return writes => rotation.Resource is { } resource
                ? RotateSecrets.Allowed(resource).Match<Decided>(
                    Right: _ => fulfilment.Local(resource) is { } local
                        ? new Decided.Answered(RotatedAtOnce(writes, rotation, local, latest, delay))
                        : Requested(writes, rotation, delay),
                    Left: rejection => new Decided.Answered(PartnerAnswer.Of(ResourceProblem.From(rejection))))
                : new Decided.Answered(PartnerAnswer.Of(ResourceProblem.Unknown(id)));
        }

        PartnerAnswer RotatedAtOnce(Writes writes, SecretRotation rotation, ILocalProvisioner local, LatestRotation? latest, TimeSpan delay)
        {
            var now = clock.GetUtcNow();
            if (latest?.Same(rotation.Before, delay) is var (same, given))
            {
                rotation.TellWhy(writes, same, delay, Reason(), now);
                return given;
            }

            var operation = Ids.Operation();
            rotation.TellWhy(writes, operation, delay, Reason(), now);
            var secrets = rotation.Now(writes, local, operation, delay, areKept: false, now);
            var answer = PartnerAnswer.Ok(RotatedWire.Now(secrets));
            latest?.Keep(writes, operation, delay, answer, now);
            return answer;
        }

        Decided Requested(Writes writes, SecretRotation rotation, TimeSpan delay)
        {
            var now = clock.GetUtcNow();
            var operation = IsSame(rotation.UnderWay, delay) ? rotation.UnderWay.Id : Ids.Operation();
            if (operation != rotation.UnderWay?.Id)
                rotation.Later(writes, operation, delay, now);
            rotation.TellWhy(writes, operation, delay, Reason(), now);
            return new Decided.Started(operation, id);
        }

        Option<string> Reason() => RotateSecrets.ParseReason(Prelude.Optional(asked.Reason)!);

        // Without a key, the rotation of this resource that is under way is taken for the same one when it asks for the same delay: another
        // delay promises something else of the old secrets, and after a leak less must never be waited out behind more.
        bool IsSame([NotNullWhen(true)] OpenRotation? open, TimeSpan delay) =>
            call.Key is null && open?.OldSecretsLive == delay;

        Func<Writes, OperationState, PartnerAnswer> LookAgain(Loads loads, ResourceId rotated)
        {
            // Under the lock of the resource, so that no message about still newer secrets is withdrawn.
            var current = ResourceRows.LoadForUpdate(loads, caller.Installation, rotated);
            var secrets = SecretRows.LoadCurrent(loads, box, caller.Installation, rotated);
            return (writes, state) => state switch
            {
                OperationState.Done => Rotated(writes, current.Value, secrets.Value.All),
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
