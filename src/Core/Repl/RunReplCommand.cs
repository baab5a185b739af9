using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Repl;

/// <summary>Decides whether a command may be run now.</summary>
public static class RunReplCommand
{
    /// <summary>A refusal, or nothing to say. One that was deleted is unknown, whatever its product could do.</summary>
    public static Either<ReplRejection, Unit> Allowed(Product product, Resource resource, ReplCommand command) =>
        resource is Resource.Uninstalled gone
            ? new ReplRejection.OutOfService(new ResourceRejection.AlreadyUninstalled(gone.Id))
            : product.Repl.Match(
                Some: repl => command.IsReadOnly && !repl.SupportsReadOnlyMode
                    ? new ReplRejection.NoReadOnlyMode(product.Id)
                    : InService(resource),
                None: () => new ReplRejection.NoRepl(product.Id));

    private static Either<ReplRejection, Unit> InService(Resource resource) => resource switch
    {
        Resource.Onboarding or Resource.Ready or Resource.Resumed when !resource.Facts.IsOurs =>
            new ReplRejection.OutOfService(new ResourceRejection.NotOurs(resource.Id)),
        Resource.Onboarding or Resource.Ready or Resource.Resumed => unit,
        Resource.Pending r => new ReplRejection.OutOfService(new ResourceRejection.StillProvisioning(r.Id)),
        Resource.Suspended r => new ReplRejection.OutOfService(new ResourceRejection.CurrentlySuspended(r.Id)),
        Resource.Error r => new ReplRejection.OutOfService(new ResourceRejection.ProvisioningHadFailed(r.Id, r.Reason)),
        Resource.Uninstalled r => new ReplRejection.OutOfService(new ResourceRejection.AlreadyUninstalled(r.Id)),
        _ => throw new UnreachableException(resource.GetType().Name),
    };
}
