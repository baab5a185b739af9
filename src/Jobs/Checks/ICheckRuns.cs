using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Jobs.Checks;

/// <summary>The store of check runs that wait for their conclusion. Claims are leases.</summary>
public interface ICheckRuns
{
    Task<IReadOnlyList<CheckRun>> Claim(int runsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>Vercel has its conclusion, or wants none any more.</summary>
    Task End(CheckRun run, string? remark, CancellationToken cancel);

    /// <summary>To be tried again after the delay.</summary>
    Task Postpone(CheckRun run, string reason, TimeSpan delay, CancellationToken cancel);

    /// <summary>Forgets at most so many that are over, and had to be before a moment; and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel);
}

/// <summary>One run of a check of a resource.</summary>
/// <param name="Deadline">Nobody waits for longer.</param>
/// <param name="IsServed">Whether the resource is in service.</param>
/// <param name="Secrets">The resource's own, as Vercel hands them out now.</param>
/// <param name="Attempts">Counting the one that it was claimed for.</param>
public sealed record CheckRun(
    CheckRunId Id, DeploymentId Deployment, ProvisionedResource Resource, string Provisioner, bool IsServed, Seq<Secret> Secrets,
    DateTimeOffset Deadline, int Attempts)
{
    public InstallationId Installation => Resource.Installation;

    /// <summary>Records print every property, and logs print records: the secrets stay out.</summary>
    public override string ToString() => $"{Id} of {Resource.Id}";
}
