using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Transfers;

/// <summary>A resource that a transfer names, as the source has it now.</summary>
/// <param name="Resource">None when the source has never had it.</param>
/// <param name="IsChanging">Something is still being done to it outside: its secrets or its limits are not what they will be.</param>
public sealed record TransferCandidate(ResourceId Id, Option<Resource> Resource, bool IsChanging)
{
    /// <summary>The resource, when it works and is at rest.</summary>
    public Either<TransferRejection, Resource> Movable() =>
        Resource.Match(
            Some: resource => resource switch
            {
                Resources.Resource.Onboarding or Resources.Resource.Ready or Resources.Resource.Resumed when !resource.Facts.IsOurs =>
                    new TransferRejection.MadeElsewhere(Id),
                Resources.Resource.Onboarding or Resources.Resource.Ready or Resources.Resource.Resumed =>
                    IsChanging ? new TransferRejection.UnderWay(Id) : Right<TransferRejection, Resource>(resource),
                Resources.Resource.Pending => new TransferRejection.UnderWay(Id),
                Resources.Resource.Suspended => new TransferRejection.CurrentlySuspended(Id),
                Resources.Resource.Error => new TransferRejection.ProvisioningHadFailed(Id),
                Resources.Resource.Uninstalled => new TransferRejection.NotTheSources(Id),
                _ => throw new UnreachableException(resource.GetType().Name),
            },
            None: () => new TransferRejection.NotTheSources(Id));

    /// <summary>All of them, or why the first of those that cannot move cannot.</summary>
    internal static Either<TransferRejection, Seq<Resource>> AllMovable(Seq<TransferCandidate> candidates) =>
        candidates.Fold(
            Right<TransferRejection, Seq<Resource>>(Empty),
            (soFar, candidate) => soFar.Bind(moving => candidate.Movable().Map(moving.Add)));
}
