using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Secrets;

/// <summary>The life of a resource's secrets: what works, and for how long. Source: contract §E.7.</summary>
public static class SecretTransitions
{
    /// <summary>The first credentials of a resource.</summary>
    public static Transition<ResourceSecrets, SecretEvent> Mint(ResourceId resource, OperationId operation, DateTimeOffset now) =>
        new(new ResourceSecrets(resource, Seq1<SecretGeneration>(new SecretGeneration.Current(operation, now))),
            Seq1<SecretEvent>(new SecretEvent.Minted(resource, operation, now)));

    /// <summary>Answers one command on a resource's secrets. Repeating a command changes nothing and emits nothing.</summary>
    public static Either<SecretRejection, Transition<ResourceSecrets, SecretEvent>> Apply(
        ResourceSecrets current, SecretCommand command, DateTimeOffset now) =>
        command switch
        {
            SecretCommand.Rotate rotate => Rotate(current, rotate.Operation, rotate.Delay, now),
            SecretCommand.ConfirmEnd confirm => ConfirmEnd(current, confirm.MintedBy, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    /// <summary>An operation mints once, however often it arrives, and also long after a later one has replaced its credentials.</summary>
    private static Transition<ResourceSecrets, SecretEvent> Rotate(
        ResourceSecrets current, OperationId operation, TimeSpan delay, DateTimeOffset now)
    {
        if (current.Generation(operation).IsSome)
        {
            return Unchanged(current);
        }

        var expiresAt = now + delay;
        var replaced = current.Generations.Map(generation => Replaced(generation, expiresAt)).Strict();
        return new(current with { Generations = replaced.Add(new SecretGeneration.Current(operation, now)) },
                   Seq1<SecretEvent>(new SecretEvent.Rotated(current.Resource, operation, expiresAt, now)));
    }

    /// <summary>A later rotation may shorten what an earlier one promised (a leak ends everything at once), but never lengthen it.</summary>
    private static SecretGeneration Replaced(SecretGeneration generation, DateTimeOffset expiresAt) => generation switch
    {
        SecretGeneration.Current g => new SecretGeneration.Expiring(g.MintedBy, g.MintedAt, expiresAt),
        SecretGeneration.Expiring g when expiresAt < g.ExpiresAt => g with { ExpiresAt = expiresAt },
        SecretGeneration.Expiring g => g,
        SecretGeneration.Ended g => g,
        _ => throw new UnreachableException(generation.GetType().Name),
    };

    private static Either<SecretRejection, Transition<ResourceSecrets, SecretEvent>> ConfirmEnd(
        ResourceSecrets current, Seq<OperationId> mintedBy, DateTimeOffset now)
    {
        foreach (var operation in mintedBy)
        {
            if (current.Generation(operation).IsNone)
            {
                return new SecretRejection.UnknownGeneration(current.Resource, operation);
            }
        }

        var asked = current.Generations.Filter(generation => mintedBy.Exists(operation => operation == generation.MintedBy)).Strict();
        foreach (var generation in asked)
        {
            if (!IsOver(generation, now))
            {
                return new SecretRejection.StillWorking(current.Resource, generation.MintedBy);
            }
        }

        var ending = asked.OfType<SecretGeneration.Expiring>().ToSeq().Strict();
        var generations = current.Generations
            .Map(generation => generation is SecretGeneration.Expiring g && ending.Exists(end => end == g)
                ? new SecretGeneration.Ended(g.MintedBy, g.MintedAt, now)
                : generation)
            .Strict();
        return new Transition<ResourceSecrets, SecretEvent>(
            current with { Generations = generations },
            ending.Map<SecretEvent>(end => new SecretEvent.Ended(current.Resource, end.MintedBy, now)).Strict());
    }

    private static bool IsOver(SecretGeneration generation, DateTimeOffset now) => generation switch
    {
        SecretGeneration.Current => false,
        SecretGeneration.Expiring g => g.ExpiresAt <= now,
        SecretGeneration.Ended => true,
        _ => throw new UnreachableException(generation.GetType().Name),
    };

    private static Transition<ResourceSecrets, SecretEvent> Unchanged(ResourceSecrets same) => new(same, Empty);
}
