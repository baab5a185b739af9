using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;

namespace Marketplace.Jobs.Provisioning;

/// <summary>
/// The seam to what is really sold: a database server, an API, the provider's own control plane. Every call is idempotent
/// by resource and operation id, may be repeated after a crash at any point, and runs outside any transaction.
/// </summary>
/// <remarks>
/// An operation is answered done, refused or pending (<see cref="ProvisionerAnswer{T}"/>). One that was answered pending is asked for
/// again with the same id until it is done or refused. What takes something away (<see cref="ExpireSecrets"/>, <see cref="Deprovision"/>)
/// is asked for without end: to give it up would leave something behind.
/// </remarks>
public interface IProvisioner
{
    /// <summary>The name by which the catalogue refers to it.</summary>
    string Name { get; }

    /// <summary>Makes the resource and its first credentials. Repeated with the same operation, it hands out fresh secrets for the same thing.</summary>
    Task<ProvisionerAnswer<Seq<Secret>>> Provision(ProvisionedResource resource, OperationId operation, CancellationToken cancel);

    /// <summary>Makes the plan's limits hold, and what was chosen in the form; either may have changed.</summary>
    Task<ProvisionerAnswer<Unit>> ChangePlan(ProvisionedResource resource, OperationId operation, CancellationToken cancel);

    /// <summary>Really cuts service: open sessions end, new ones are refused; what exists is kept.</summary>
    Task<ProvisionerAnswer<Unit>> Suspend(ProvisionedResource resource, OperationId operation, CancellationToken cancel);

    Task<ProvisionerAnswer<Unit>> Resume(ProvisionedResource resource, OperationId operation, CancellationToken cancel);

    /// <summary>Mints credentials beside those that exist. The old ones go on working until they are named to <see cref="ExpireSecrets"/>.</summary>
    Task<ProvisionerAnswer<Seq<Secret>>> Rotate(ProvisionedResource resource, OperationId operation, CancellationToken cancel);

    /// <summary>Ends the credentials that these operations (a provision, rotations) minted: open sessions end, new ones are refused.</summary>
    Task<ProvisionerAnswer<Unit>> ExpireSecrets(
        ProvisionedResource resource, OperationId operation, Seq<OperationId> minted, CancellationToken cancel);

    /// <summary>Destroys the resource with all its credentials. Quiet when it is gone already.</summary>
    Task<ProvisionerAnswer<Unit>> Deprovision(ProvisionedResource resource, OperationId operation, CancellationToken cancel);

    /// <summary>Reads every metric that it measures, at <paramref name="now"/>; empty when the resource is not there.</summary>
    Task<Seq<Measurement>> Measure(ProvisionedResource resource, DateTimeOffset now, CancellationToken cancel);

    /// <summary>What it holds, for the drift report; none where it cannot say.</summary>
    Task<Option<Seq<ResourceId>>> List(CancellationToken cancel);
}

/// <summary>What a provisioner needs to know of a resource.</summary>
public sealed record ProvisionedResource(
    InstallationId Installation, ResourceId Id, ProductId Product, string Name, Map<string, MetadataValue> Metadata, Option<BillingPlan> Plan);

/// <summary>A final no, with a reason that the customer can read.</summary>
public sealed record ProvisionerRefusal(string Reason);
