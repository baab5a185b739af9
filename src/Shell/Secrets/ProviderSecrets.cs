using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Secrets;

/// <summary>Other secrets for a resource, on the provider's own account: given by its backend, or minted anew. Vercel hears of them by the outbox.</summary>
internal sealed class ProviderSecrets(ProviderDecisions decisions, SecretBox box, Fulfilment fulfilment, TimeProvider clock)
{
    /// <summary>Given values take the place of those that are told. Nobody's credentials end by it.</summary>
    public Task<IResult> Push(ResourceCall call, PushSecrets push, CancellationToken cancel)
    {
        return decisions.Decide(call.Installation, call.Call, Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var owner = InstallationRows.Load(loads, call.Installation);
            var locked = ResourceRows.LoadForUpdate(loads, call.Installation, call.Id);
            var generations = SecretRows.LoadForUpdate(loads, call.Installation, call.Id);
            var held = SecretRows.LoadCurrent(loads, box, call.Installation, call.Id);
            return writes => (owner.Value, locked.Value) switch
            {
                (null, _) => PartnerAnswer.Of(ProviderResourceProblem.NoInstallation(call.Installation)),
                (_, null) => PartnerAnswer.Of(ProviderResourceProblem.NoResource(call.Id)),
                var (_, current) => Decide(writes, current, new ResourceSecrets(call.Id, generations.Value), held.Value),
            };
        }

        PartnerAnswer Decide(Writes writes, Resource current, ResourceSecrets secrets, HeldSecrets held)
        {
            var now = clock.GetUtcNow();
            return push.Decide(current, held, now).Match(
                Right: transition =>
                {
                    if (!transition.Events.IsEmpty)
                    {
                        SecretRows.Hold(writes, box, call.Installation, secrets, transition.Next);
                        EventRows.Append(writes, call.Installation, transition.Events, call.Actor("push secrets"));
                        OutboxRows.Append(writes, call.Installation, call.Id, MessageKind.ResourceSecrets, now, now);
                    }

                    return PartnerAnswer.Ok(new HeldWire(
                        [.. transition.Next.All.Select(secret => secret.Name).Order(StringComparer.Ordinal)], transition.Next.IsWhole));
                },
                Left: rejection => PartnerAnswer.Of(ProviderResourceProblem.From(rejection)));
        }
    }

    /// <summary>New ones from the provisioner; the old ones work for the delay.</summary>
    public Task<IResult> Rotate(ResourceCall call, TimeSpan delay, CancellationToken cancel)
    {
        return decisions.Decide(call.Installation, call.Call, Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var rotation = SecretRotation.Look(loads, box, call.Installation, call.Id, call.Actor("rotate secrets"));
            return writes => rotation.Resource is { } resource
                ? RotateSecrets.Allowed(resource).Match(
                    Right: _ => Begun(writes, rotation, resource),
                    Left: rejection => PartnerAnswer.Of(ProviderResourceProblem.From(rejection)))
                : PartnerAnswer.Of(ProviderResourceProblem.NoResource(call.Id));
        }

        PartnerAnswer Begun(Writes writes, SecretRotation rotation, Resource resource)
        {
            // Asked for twice without a key, it is one, unless the second promises something else of the old secrets.
            if (rotation.UnderWay is { } open)
                return open.OldSecretsLive == delay ? Requested() : PartnerAnswer.Of(UnderWay);

            var (operation, now) = (Ids.Operation(), clock.GetUtcNow());
            rotation.TellWhy(writes, operation, delay, call.Reason ?? Option<string>.None, now);
            if (fulfilment.Local(resource) is { } local)
            {
                rotation.Now(writes, local, operation, delay, areKept: true, now);
                OutboxRows.Append(writes, call.Installation, call.Id, MessageKind.ResourceSecrets, now, now);
            }
            else
            {
                rotation.Later(writes, operation, delay, now);
                OperationRows.HandOver(writes, call.Installation, operation);
            }

            return Requested();
        }
    }

    private static readonly ProblemResult UnderWay = ProviderProblems.Conflict(
        "Another rotation of this resource is under way, with another delay. Ask again when it is over.", "rotation_under_way");

    private static PartnerAnswer Requested() => PartnerAnswer.Json(StatusCodes.Status202Accepted, new RotationWire("requested"));

    /// <param name="Names">Of all whose values are kept here, for Vercel to be told again.</param>
    /// <param name="IsWhole">Whether these are all that the customer has.</param>
    private sealed record HeldWire(string[] Names, bool IsWhole);

    private sealed record RotationWire(string Rotation);
}
