using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Secrets;

/// <summary>The provider gives a resource other secrets than its provisioner minted, or more. Source: contract §D.6.</summary>
/// <param name="Secrets">At least one, each of another name.</param>
/// <param name="IsPartial">Those of other names stay.</param>
/// <remarks>It replaces what customers are told, and ends no credential: that is for whoever has minted it.</remarks>
public sealed record PushSecrets(Seq<Secret> Secrets, bool IsPartial)
{
    private const int SecretsMax = 100;

    /// <summary>What is pushed, or everything that is wrong with it. No value is in any message.</summary>
    public static Validation<FieldError, PushSecrets> Parse(Seq<Secret> secrets, bool isPartial) =>
        ParseSecrets(secrets).Map(good => new PushSecrets(good, isPartial));

    /// <summary>At least one, at most 100, each with a value and a name of its own.</summary>
    internal static Validation<FieldError, Seq<Secret>> ParseSecrets(Seq<Secret> secrets) =>
        secrets.IsEmpty ? new FieldError("secrets", "At least one secret is required.")
        : secrets.Count > SecretsMax ? new FieldError("secrets", $"There can be {SecretsMax} secrets.")
        : secrets.Exists(secret => secret.Name.Length == 0 || secret.Values.Exists(value => value.Length == 0))
            ? new FieldError("secrets", "A secret has a name and a value, and neither is empty.")
        : secrets.Exists(secret => secret.Name.Contains('\0', StringComparison.Ordinal)) ? new FieldError("secrets", "U+0000 cannot be in a name.")
        : secrets.Map(secret => secret.Name).Distinct().Count() < secrets.Count ? new FieldError("secrets", "Each secret has another name.")
        : secrets;

    /// <summary>What is held then. Nothing happened where it was held already. A suspended resource takes them too: they let nobody in.</summary>
    public Either<ResourceRejection, Transition<HeldSecrets, SecretEvent>> Decide(Resource resource, HeldSecrets held, DateTimeOffset now) =>
        resource switch
        {
            Resource.Onboarding or Resource.Ready or Resource.Resumed or Resource.Suspended => Pushed(resource.Id, held, now),
            Resource.Pending r => new ResourceRejection.StillProvisioning(r.Id),
            Resource.Error r => new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason),
            Resource.Uninstalled gone => new ResourceRejection.AlreadyUninstalled(gone.Id),
            _ => throw new UnreachableException(resource.GetType().Name),
        };

    private Transition<HeldSecrets, SecretEvent> Pushed(ResourceId resource, HeldSecrets held, DateTimeOffset now)
    {
        var next = held.With(this);
        return next.IsWhole == held.IsWhole && toHashSet(next.All) == toHashSet(held.All)
            ? new(held, Empty)
            : new(next, Seq1<SecretEvent>(new SecretEvent.Pushed(resource, Secrets.Map(secret => secret.Name).Strict(), IsPartial, now)));
    }

    /// <summary>Records print every property, and logs print records: the values stay out.</summary>
    public override string ToString() => $"PushSecrets of {Secrets.Count}";
}
