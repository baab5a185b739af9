using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Installations;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Jobs.Deployments;

/// <summary>The store of what is to be done for deployments. Claims are leases.</summary>
public interface IDeploymentActions
{
    Task<IReadOnlyList<ActionWork>> Claim(DateTimeOffset now, int actionsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>Recorded before an outcome is sent: whoever comes after a crash knows that Vercel may have it.</summary>
    Task Telling(ActionWork work, CancellationToken cancel);

    /// <summary>Commits what came of it, and lets go of it.</summary>
    Task Conclude(ActionWork work, DeploymentActionCommand command, DateTimeOffset now, CancellationToken cancel);

    /// <summary>To be tried again after the delay.</summary>
    Task Postpone(ActionWork work, string reason, TimeSpan delay, CancellationToken cancel);

    /// <summary>Forgets at most so many of which nothing is left since before a moment, and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel);
}

/// <summary>One action with something to do, and what it is done with.</summary>
/// <param name="IsServed">Whether the resource is in service.</param>
/// <param name="IsDeclared">Whether the catalogue says that the product has it.</param>
/// <param name="Secrets">The resource's own, as Vercel hands them out now.</param>
/// <param name="MayBeTold">An outcome was sent before, and may have reached Vercel.</param>
/// <param name="Attempts">Counting the one that it was claimed for.</param>
public sealed record ActionWork(
    DeploymentAction Action, ProvisionedResource Resource, string Provisioner, bool IsServed, bool IsDeclared, Seq<Secret> Secrets,
    bool MayBeTold, int Attempts)
{
    public InstallationId Installation => Resource.Installation;

    /// <summary>Records print every property, and logs print records: the secrets stay out.</summary>
    public override string ToString() => Action.Id.ToString();
}
