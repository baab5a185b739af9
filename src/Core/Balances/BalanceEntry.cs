using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;

namespace Marketplace.Core.Balances;

/// <summary>One line of the ledger of an installation's prepaid money. It is never changed and never taken back.</summary>
/// <param name="Cause">What the entry is for; one cause may enter amounts for several balances, all at once.</param>
/// <param name="Resource">Whose balance; none for the balance of the installation as a whole. Source: contract §D.9.</param>
/// <param name="Amount">
/// Not zero: what is bought adds, what is used up takes away. What a use comes to may also shrink, and then it gives back. The provider may
/// add, and take away.
/// </param>
/// <param name="At">When it was entered. The order of a ledger is that of its entries, whatever the clock says.</param>
public sealed record BalanceEntry(BalanceCause Cause, Option<ResourceId> Resource, Usd Amount, DateTimeOffset At)
{
    /// <summary>Of an entry that burns: what is burnt of the use with this entry. None of a purchase.</summary>
    public Option<Burnt> Burnt { get; init; }

    /// <summary>Of an adjustment: why the provider gave credit, or took it. None of what was bought or burnt.</summary>
    public Option<string> Reason { get; init; }
}

/// <summary>What is entered once and never again, under a name that follows from the thing itself: <c>purchase:mi_x</c>.</summary>
public readonly record struct BalanceCause(string Value)
{
    /// <summary>The purchase that this invoice of Vercel's proves. Source: contract §B.4.</summary>
    public static BalanceCause Purchase(VercelInvoiceId invoice) => new($"purchase:{invoice.Value}");

    /// <summary>What the provider gave or took.</summary>
    public static BalanceCause Adjustment(AdjustmentId id) => new($"adjustment:{id.Value}");

    /// <summary>What a use has cost more by an hour than before it. No two of them share a name: the plan's is quoted, and the resource comes last.</summary>
    public static BalanceCause Burn(PrepaidUse use, HourSlot hour) =>
        new($"burn:{Text(use.Period.Start)}:{Text(hour.Start)}:{Uri.EscapeDataString(use.Plan.Value)}"
            + use.Balance.Match(resource => $":{resource.Value}", () => ""));

    /// <summary>Of which adjustment it is the cause, if of any.</summary>
    public Option<AdjustmentId> AdjustmentId =>
        Value.StartsWith("adjustment:", StringComparison.Ordinal) ? new AdjustmentId(Value["adjustment:".Length..]) : Option<AdjustmentId>.None;

    public override string ToString() => Value;

    private static string Text(DateTimeOffset hour) => hour.ToString("yyyyMMdd'T'HH", CultureInfo.InvariantCulture);
}
