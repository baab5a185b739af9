using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Statements;

/// <summary>Everything that the store holds of one installation and period, each from where it was written down first.</summary>
/// <param name="Life">From the install to the request of the uninstall.</param>
/// <param name="Use">What the period's charges follow from; or why they cannot be worked out any more.</param>
/// <param name="Invoices">All of the installation's: what a period comes to may be on those of its neighbours.</param>
/// <param name="Refunds">Of those invoices.</param>
/// <param name="Meters">Of the period.</param>
/// <param name="Pages">Of the prepaid ledger: one for each balance that ever was moved before the period's end.</param>
/// <param name="Burns">Of uses in the period, whenever they were entered.</param>
/// <param name="IsTest">Whether nothing but tests is invoiced.</param>
/// <param name="IsFinal">Whether the installation has ended for good.</param>
public sealed record StatementSources(
    InstallationId Installation,
    BillingPeriod Period,
    Lifetime Life,
    Either<ChargesUnknown, PeriodUse> Use,
    Seq<RecordedInvoice> Invoices,
    Seq<Refund> Refunds,
    Seq<MeterCount> Meters,
    Seq<LedgerPage> Pages,
    Seq<BalanceEntry> Burns,
    bool IsTest,
    bool IsFinal);

/// <summary>What was used in a period.</summary>
/// <param name="AtClosing">As it was known when the period was closed, or as it is known now of one that is not.</param>
/// <param name="Since">With all that came later, by which balances are burnt down.</param>
/// <param name="Late">What came of earlier periods when they were closed, and is billed with this one.</param>
public sealed record PeriodUse(BilledInstallation AtClosing, BilledInstallation Since, Seq<LateUsage> Late);

/// <summary>The catalogue does not fit what was sold any more.</summary>
/// <param name="Reason">For whoever keeps the catalogue.</param>
public sealed record ChargesUnknown(string Reason);

/// <summary>How much was written down of one metric of one resource in the period.</summary>
/// <param name="Readings">Of its meter.</param>
/// <param name="Events">That the provider's backend reported.</param>
/// <param name="Quantity">The sum of those events.</param>
/// <param name="Late">The sum of what was reported of the period when it was closed: it is billed with a later one.</param>
public sealed record MeterCount(ResourceId Resource, MetricId Metric, long Readings, long Events, decimal Quantity, decimal Late);

/// <summary>One balance of prepaid money in a period.</summary>
/// <param name="Balance">Of a resource or, with none, of the installation as a whole.</param>
/// <param name="Opening">How it stood before the period.</param>
/// <param name="Entries">Of the period, in their order.</param>
/// <param name="Closing">How it stood after the last of them, as the ledger says.</param>
public sealed record LedgerPage(Option<ResourceId> Balance, Usd Opening, Seq<BalanceEntry> Entries, Usd Closing)
{
    /// <summary>What was bought.</summary>
    public Usd Bought => Usd.Sum(Entries.Filter(entry => entry.Burnt.IsNone && entry.Reason.IsNone).Map(entry => entry.Amount));

    /// <summary>What the provider gave, less what it took.</summary>
    public Usd Adjusted => Usd.Sum(Entries.Filter(entry => entry.Reason.IsSome).Map(entry => entry.Amount));

    /// <summary>What was used up, above zero.</summary>
    public Usd Burnt => Usd.Zero - Usd.Sum(Entries.Filter(entry => entry.Burnt.IsSome).Map(entry => entry.Amount));
}
