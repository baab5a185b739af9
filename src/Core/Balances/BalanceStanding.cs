using LanguageExt;
using Marketplace.Core.Money;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Balances;

/// <summary>How a balance stands after its last entry: all that the next one continues from, however long the ledger is.</summary>
/// <param name="Amount">The sum of its entries; below zero it is a debt.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="EmptySince">The moment of the entry that left nothing; none while something is left, and before the first entry.</param>
public sealed record BalanceStanding(Usd Amount, int Entries, Option<DateTimeOffset> EmptySince)
{
    /// <summary>Nothing was ever entered.</summary>
    public static readonly BalanceStanding Untouched = new(Usd.Zero, 0, None);

    public BalanceStanding After(BalanceEntry entry)
    {
        var amount = Amount + entry.Amount;
        return new BalanceStanding(amount, Entries + 1, amount > Usd.Zero ? None : EmptySince | Some(entry.At));
    }
}
