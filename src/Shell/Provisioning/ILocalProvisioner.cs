using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Provisioning;

/// <summary>
/// The seam to what is made of rows beside our own: nothing outside the database has to follow a decision, so that it commits with the
/// decision, and no operation is needed. The worker calls it as any other provisioner.
/// </summary>
/// <remarks>
/// A change of plan, a suspension and its end need no call: plan and status are in the resource's row, and count from its commit.
/// Nobody waits for it, so that it cannot refuse.
/// </remarks>
internal interface ILocalProvisioner : IProvisioner
{
    /// <summary>Credentials beside those that exist, the first or later ones. They are shown once, and only their hash is kept.</summary>
    Seq<Secret> Mint(Writes writes, InstallationId installation, ResourceId resource, OperationId operation, DateTimeOffset now);

    /// <summary>Ends the credentials that these operations minted.</summary>
    void End(Writes writes, InstallationId installation, ResourceId resource, Seq<OperationId> minted);

    /// <summary>Ends every credential of the resource, and forgets it.</summary>
    void Remove(Writes writes, InstallationId installation, ResourceId resource);

    /// <summary>
    /// Looks at what it keeps of these resources, where it has made them, and gives what writes that for another installation: their
    /// credentials go on working.
    /// </summary>
    Action<Writes, InstallationId> Move(Loads loads, InstallationId from, Seq<ResourceId> resources);
}
