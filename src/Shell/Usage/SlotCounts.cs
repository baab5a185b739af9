namespace Marketplace.Shell.Usage;

/// <summary>How many slots stand how. Together they are every hour that was lived.</summary>
/// <param name="Due">Over, and not told yet.</param>
/// <param name="Superseded">Never told by themselves; a later report of their period says the same.</param>
/// <param name="Untold">Of installations that were over before anybody told them, as where nothing was left to bill.</param>
public sealed record SlotCounts(long Due, long Sent, long Confirmed, long Refused, long Dead, long Superseded, long Untold)
{
    public static readonly SlotCounts None = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>What the ledger has a row of.</summary>
    public long Written => Sent + Confirmed + Refused + Dead + Superseded;

    public long All => Due + Written + Untold;

    public static SlotCounts operator +(SlotCounts one, SlotCounts other) => new(
        one.Due + other.Due, one.Sent + other.Sent, one.Confirmed + other.Confirmed, one.Refused + other.Refused, one.Dead + other.Dead,
        one.Superseded + other.Superseded, one.Untold + other.Untold);
}

/// <summary>One hour of the ledger, of everybody or of one installation.</summary>
public sealed record LedgerHour(DateTimeOffset Start, SlotCounts Slots);
