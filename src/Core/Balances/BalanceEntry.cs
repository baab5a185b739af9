using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>One line of the ledger of an installation's prepaid money. It is never changed and never taken back.</summary>
/// <param name="Cause">What the entry is for; one cause may enter amounts for several balances, all at once.</param>
/// <param name="Resource">Whose balance; none for the balance of the installation as a whole. Source: contract §D.9.</param>
/// <param name="Amount">Not zero: what is bought adds, what is used up takes away.</param>
public sealed record BalanceEntry(BalanceCause Cause, Option<ResourceId> Resource, Usd Amount, DateTimeOffset At);

/// <summary>What is entered once and never again, under a name that follows from the thing itself: <c>purchase:mi_x</c>.</summary>
public readonly record struct BalanceCause(string Value)
{
    /// <summary>The purchase that this invoice of Vercel's proves. Source: contract §B.4.</summary>
    public static BalanceCause Purchase(VercelInvoiceId invoice) => new($"purchase:{invoice.Value}");

    public override string ToString() => Value;
}
