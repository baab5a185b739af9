using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Jobs.Usage;

/// <summary>The store of usage.</summary>
public interface IUsageLedger
{
    /// <summary>
    /// The resources to measure, by their provisioners; null while the last reading of a deleted one is still to come, which a report
    /// must not overtake.
    /// </summary>
    Task<IReadOnlyList<MeasuredResource>?> ResourcesToMeasure(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>What reports since the moment follow from: all of the billing period in which it lies, and what came after.</summary>
    Task<BillingAccount> Load(InstallationId installation, DateTimeOffset since, DateTimeOffset now, CancellationToken cancel);

    Task Save(InstallationId installation, Seq<UsageSlot> slots, CancellationToken cancel);
}

public sealed record MeasuredResource(ProvisionedResource Resource, string Provisioner);
