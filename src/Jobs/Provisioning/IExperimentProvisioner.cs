using LanguageExt;
using Marketplace.Core.Experiments;

namespace Marketplace.Jobs.Provisioning;

/// <summary>
/// A provisioner that keeps flags or experiments of its resources. The catalogue names it for each product that declares the experimentation
/// protocol. Source: contract §E.13.
/// </summary>
public interface IExperimentProvisioner : IProvisioner
{
    /// <summary>All of a resource, as they are now; in any order. Whoever changes one says so, and then this is asked.</summary>
    Task<Seq<Flag>> Flags(ProvisionedResource resource, CancellationToken cancel);
}
