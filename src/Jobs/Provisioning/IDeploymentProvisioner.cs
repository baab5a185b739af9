using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Provisioning;

/// <summary>A provisioner whose resources do something for a deployment that waits for it. Source: contract §E.15, D.12.</summary>
public interface IDeploymentProvisioner : IProvisioner
{
    /// <summary>What the catalogue may declare for its products, by slug.</summary>
    IReadOnlyCollection<string> DeploymentActions { get; }

    /// <summary>
    /// Does it, or says why it cannot be done. Idempotent by the action's id, and may be repeated after a crash at any point: whichever
    /// attempt's secrets the deployment ends up with, they work.
    /// </summary>
    /// <param name="current">The resource's own secrets.</param>
    /// <remarks>A fault is an exception, and tried again; a refusal is final.</remarks>
    Task<Either<ProvisionerRefusal, ActionOutcome>> Act(
        ProvisionedResource resource, DeploymentActionId action, Seq<Secret> current, CancellationToken cancel);

    /// <summary>Removes whatever was made for the action. Quiet when there is nothing.</summary>
    Task Undo(ProvisionedResource resource, DeploymentActionId action, CancellationToken cancel);
}

/// <summary>What came of an action.</summary>
/// <param name="Text">For the customer to read.</param>
/// <param name="Secrets">What this one deployment gets instead of the resource's secrets of the same names.</param>
public sealed record ActionOutcome(string Text, Seq<Secret> Secrets)
{
    /// <summary>Records print every property, and logs print records: the values stay out.</summary>
    public override string ToString() => $"ActionOutcome {Text}";
}
