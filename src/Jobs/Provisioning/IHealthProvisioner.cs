using LanguageExt;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Provisioning;

/// <summary>A provisioner that can say whether a resource serves its customer now. Source: contract §D.13.</summary>
public interface IHealthProvisioner : IProvisioner
{
    /// <summary>Tries it as the customer would. That it does not serve is an answer, not a fault.</summary>
    /// <param name="current">The resource's own secrets.</param>
    Task<ResourceHealth> Check(ProvisionedResource resource, Seq<Secret> current, CancellationToken cancel);
}

/// <param name="Text">For the customer to read.</param>
public sealed record ResourceHealth(bool Serves, string Text);
