using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Secrets;

/// <summary>All generations of a resource's secrets, oldest first. The last is the current one, and the only current one.</summary>
public sealed record ResourceSecrets(ResourceId Resource, Seq<SecretGeneration> Generations)
{
    public SecretGeneration.Current Current =>
        Generations[^1] as SecretGeneration.Current
        ?? throw new UnreachableException("The newest generation is the current one.");

    public Option<SecretGeneration> Generation(OperationId mintedBy) =>
        Generations.Find(generation => generation.MintedBy == mintedBy);

    /// <summary>The generations that a customer can still log in with.</summary>
    public Seq<SecretGeneration> WorkingAt(DateTimeOffset now) =>
        Generations.Filter(generation => WorksAt(generation, now)).Strict();

    /// <summary>The generations whose time is over and that nobody has ended yet: the provisioner has to.</summary>
    public Seq<OperationId> DueAt(DateTimeOffset now) =>
        Generations.OfType<SecretGeneration.Expiring>()
            .Where(generation => generation.ExpiresAt <= now)
            .Select(generation => generation.MintedBy)
            .ToSeq().Strict();

    /// <summary>When the next generation is due; none when only the current one works.</summary>
    public Option<DateTimeOffset> NextDueAt =>
        Generations.OfType<SecretGeneration.Expiring>()
            .Select(generation => generation.ExpiresAt)
            .Order()
            .HeadOrNone();

    private static bool WorksAt(SecretGeneration generation, DateTimeOffset now) => generation switch
    {
        SecretGeneration.Current g => g.MintedAt <= now,
        SecretGeneration.Expiring g => g.MintedAt <= now && now < g.ExpiresAt,
        SecretGeneration.Ended => false,
        _ => throw new UnreachableException(generation.GetType().Name),
    };
}
