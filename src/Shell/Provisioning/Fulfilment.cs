using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Secrets;

namespace Marketplace.Shell.Provisioning;

/// <summary>
/// Has the provisioner do what a decision asks for and nobody waits for: at once, with the decision's own writes, where it is local; else
/// by an operation that the worker carries out.
/// </summary>
internal sealed class Fulfilment(Provisioners provisioners, CatalogueInForce catalogue)
{
    /// <summary>What is made, and what it costs.</summary>
    public Catalogue Catalogue => catalogue.Now;

    /// <summary>Null where the world outside has to follow.</summary>
    public ILocalProvisioner? Local(Resource resource) =>
        provisioners.Named(catalogue.Now.ProvisionerOf(resource)) as ILocalProvisioner;

    public IEnumerable<ILocalProvisioner> AllLocal => provisioners.All.OfType<ILocalProvisioner>();

    /// <summary>Makes the limits of the resource's plan hold. A local one reads the plan in the resource's own row.</summary>
    /// <param name="before">What comes back where the provisioner says no; null where nothing may.</param>
    public void ChangePlan(Writes writes, InstallationId installation, Resource resource, PriorTerms? before, DateTimeOffset now)
    {
        if (IsOutside(resource))
            OperationRows.Append(writes, installation, resource.Id, Ids.Operation(), new OperationRequest.ChangePlan(now, before), now);
    }

    /// <summary>Cuts service. A local one reads the status in the resource's own row.</summary>
    public void Suspend(Writes writes, InstallationId installation, Resource resource, DateTimeOffset now)
    {
        if (IsOutside(resource))
            OperationRows.Append(writes, installation, resource.Id, Ids.Operation(), new OperationRequest.Suspend(), now);
    }

    /// <summary>Lets everybody in again; false where that is so with the commit already.</summary>
    public bool Resume(Writes writes, InstallationId installation, Resource resource, DateTimeOffset now)
    {
        if (!IsOutside(resource))
            return false;

        OperationRows.Append(writes, installation, resource.Id, Ids.Operation(), new OperationRequest.Resume(), now);
        return true;
    }

    /// <summary>What was made elsewhere is forgotten, and nothing else: it is not ours to destroy.</summary>
    public void TakeDown(Writes writes, InstallationId installation, Resource resource, Actor actor, DateTimeOffset now)
    {
        if (!resource.Facts.IsOurs)
        {
            SecretRows.Erase(writes, installation, resource.Id, now);
            EventRows.Append(writes, installation, resource.Id, now, "resource.Forgotten", actor, new { });
            return;
        }

        if (Local(resource) is { } local)
        {
            local.Remove(writes, installation, resource.Id);
            Deprovisioned(writes, installation, resource.Id, actor, now);
            return;
        }

        OperationRows.Append(writes, installation, resource.Id, Ids.Operation(), new OperationRequest.Deprovision(now), now);
    }

    /// <summary>Whether an operation has to follow: it was made here, of something beside our rows.</summary>
    private bool IsOutside(Resource resource) => resource.Facts.IsOurs && Local(resource) is null;

    /// <summary>What follows when nothing is left of a resource.</summary>
    public static void Deprovisioned(Writes writes, InstallationId installation, ResourceId id, Actor actor, DateTimeOffset now)
    {
        SecretRows.Erase(writes, installation, id, now);
        ToldRows.Forget(writes, installation, id);
        EventRows.Append(writes, installation, id, now, "resource.Deprovisioned", actor, new { });
        ProviderEventRows.Append(writes, installation, now, new ProviderEvent.ResourceDeprovisioned(id));
    }
}
