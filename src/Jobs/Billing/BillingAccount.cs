using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Jobs.Billing;

/// <summary>Everything from which an installation's reports and invoices follow, read at one moment.</summary>
/// <param name="Life">From the install to the request of the uninstall.</param>
/// <param name="Billed">With the resources that lived in the time that is asked for, and the measurements of that time.</param>
/// <param name="Slots">The ledger's entries of that time.</param>
/// <param name="Invoices">All of the installation's.</param>
public sealed record BillingAccount(
    InstallationId Installation,
    Lifetime Life,
    BillingAnchor Anchor,
    BilledInstallation Billed,
    Seq<UsageSlot> Slots,
    Seq<Invoice> Invoices)
{
    /// <summary>What the catalogue lays down for all.</summary>
    public BillingPolicy Policy { get; init; } = BillingPolicy.Default;

    /// <summary>Present where nothing but tests is invoiced.</summary>
    public Option<InvoiceTest> Test { get; init; }

    /// <summary>What came when its period was closed, and is billed with the one that is being closed.</summary>
    public Seq<LateUsage> Late { get; init; } = Seq<LateUsage>.Empty;

    /// <summary>The same as invoices are drafted from it.</summary>
    public InvoicedInstallation Invoiced =>
        new(Installation, Life, Anchor, Billed, Invoices, Slots) { SmallTotals = Policy.SmallTotals, Test = Test, Late = Late };
}
