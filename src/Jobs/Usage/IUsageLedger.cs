using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Jobs.Usage;

/// <summary>The store of usage. Claims are leases on one installation's reports.</summary>
public interface IUsageLedger
{
    /// <summary>Installations that have a report due, the longest waiting first, where nobody holds them.</summary>
    Task<IReadOnlyList<ClaimedWork>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>
    /// The resources to measure, by their provisioners; null while the last reading of a deleted one is still to come, which a report
    /// must not overtake.
    /// </summary>
    Task<IReadOnlyList<MeasuredResource>?> ResourcesToMeasure(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>What reports since the moment follow from.</summary>
    Task<BillingAccount> Load(InstallationId installation, DateTimeOffset since, DateTimeOffset now, CancellationToken cancel);

    Task Save(InstallationId installation, Seq<UsageSlot> slots, CancellationToken cancel);

    /// <summary>All is sent until then; null when no report will ever be due again.</summary>
    Task Done(ClaimedWork work, DateTimeOffset? nextDueAt, CancellationToken cancel);

    Task Postpone(ClaimedWork work, string reason, TimeSpan delay, CancellationToken cancel);
}

/// <summary>An installation whose turn it is.</summary>
/// <param name="DueAt">Since when there is something to do; all before it is done.</param>
/// <param name="Attempts">Counting the one that it was claimed for; one when the last was a success.</param>
/// <param name="Revision">Of its schedule, as claimed: a change that comes meanwhile is not overwritten.</param>
public sealed record ClaimedWork(InstallationId Installation, DateTimeOffset DueAt, int Attempts, long Revision);

public sealed record MeasuredResource(ProvisionedResource Resource, string Provisioner);
