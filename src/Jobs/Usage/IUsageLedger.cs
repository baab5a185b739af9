using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Jobs.Usage;

/// <summary>The store of usage. A report costs it three round trips, and one more where a meter was read, however long the installation's history is.</summary>
public interface IUsageLedger
{
    /// <summary>
    /// What is to be measured before a report; null while the last reading of a deleted resource is still to come, which a report must not
    /// overtake.
    /// </summary>
    Task<OpenAccount?> Open(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Writes down what became of the slots, and that all is done until then; null when there will never be anything again.</summary>
    Task Done(ClaimedWork work, LedgerChanges changes, DateTimeOffset? nextDueAt, CancellationToken cancel);

    /// <summary>Writes down what became of the slots, and that the others are to be tried again after the delay.</summary>
    Task Postpone(ClaimedWork work, LedgerChanges changes, string reason, TimeSpan delay, CancellationToken cancel);

    /// <summary>Writes down what became of the slots, and that the others are to be told with the next token.</summary>
    Task AwaitToken(ClaimedWork work, LedgerChanges changes, string reason, CancellationToken cancel);
}

/// <summary>What a run found out about an installation.</summary>
/// <param name="Slots">What became of its hours.</param>
/// <param name="Told">The days of which Vercel has taken a report, by the last one of each.</param>
public sealed record LedgerChanges(Seq<UsageSlot> Slots, Seq<ToldDay> Told);

/// <summary>An installation of which a report is to be made.</summary>
/// <param name="Resources">By their provisioners.</param>
/// <param name="Read">
/// Keeps what the meters said, and reads what reports since the moment follow from: all of the billing period in which it lies, and what
/// came after. Of the ledger, the hours since the moment, and those before it that a report can still make good.
/// </param>
public sealed record OpenAccount(
    IReadOnlyList<MeasuredResource> Resources, Func<Seq<Measurement>, DateTimeOffset, CancellationToken, Task<BillingAccount>> Read);

public sealed record MeasuredResource(ProvisionedResource Resource, string Provisioner);
