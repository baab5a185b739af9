using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Balances;

/// <summary>Takes what prepayment plans cost from the balances that pay for them, once for each hour.</summary>
/// <remarks>
/// An entry is the difference of two running totals in whole cents, so that whatever was missed, or comes late, is made good by the next
/// one, and all entries of a use sum to what it costs.
/// </remarks>
public static class BurnDown
{
    /// <summary>
    /// Enters what each use comes to beyond what is burnt of it. A use for which the hour was entered already has to wait for the next
    /// one, so that repeating an hour changes nothing.
    /// </summary>
    /// <param name="charges">Each use once, as it comes to now; of earlier periods too, where usage may have come late.</param>
    /// <param name="hour">The newest that is over.</param>
    public static Transition<BalanceLedger, BalanceEvent> Enter(
        BalanceLedger ledger, Seq<PrepaidCharge> charges, HourSlot hour, DateTimeOffset now)
    {
        var entries = charges.Bind(charge => Entry(ledger, charge, hour, now).ToSeq()).Strict();
        return new Transition<BalanceLedger, BalanceEvent>(ledger.Add(entries), entries.Map(Told).Strict());
    }

    private static Option<BalanceEntry> Entry(BalanceLedger ledger, PrepaidCharge charge, HourSlot hour, DateTimeOffset now)
    {
        var last = ledger.LastBurn(charge.Use);
        var due = charge.Total - last.Map(burnt => burnt.SoFar).IfNone(Usd.Zero);
        if (due == Usd.Zero || last.Exists(burnt => burnt.Hour.Start >= hour.Start))
            return None;

        return new BalanceEntry(BalanceCause.Burn(charge.Use, hour), charge.Use.Balance, Usd.Zero - due, now)
        {
            Burnt = new Burnt(charge.Use, hour, charge.Total),
        };
    }

    private static BalanceEvent Told(BalanceEntry entry)
    {
        var burnt = entry.Burnt.IfNone(() => throw new System.Diagnostics.UnreachableException(entry.Cause.Value));
        return new BalanceEvent.Burnt(
            entry.Resource, burnt.Use.Plan, burnt.Use.Period, burnt.Hour, Usd.Zero - entry.Amount, entry.At);
    }
}
