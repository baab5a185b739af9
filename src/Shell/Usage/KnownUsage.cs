namespace Marketplace.Shell.Usage;

/// <summary>
/// What is to be known of usage that came when its own period was closed: as far as it is billed with a period that begins at the moment
/// or before.
/// </summary>
/// <param name="Amounts">The beginning of time for those alone that came in time.</param>
/// <param name="Readings">Likewise. A reading tells of more than its own period: a level lasts.</param>
internal sealed record KnownUsage(DateTimeOffset Amounts, DateTimeOffset Readings)
{
    /// <summary>What balances are burnt down by: no invoice closes them, and what comes late is burnt with the next hour.</summary>
    public static readonly KnownUsage Everything = new(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);

    /// <summary>What a period's reports tell as its own: what came late is billed beside it, with another.</summary>
    public static readonly KnownUsage InTime = new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>What the invoices of the period that begins at the moment bill, and those before it.</summary>
    public static KnownUsage BilledWith(DateTimeOffset start) => new(start, start);

    public static KnownUsage BilledBefore(DateTimeOffset start) => BilledWith(start.AddTicks(-TimeSpan.TicksPerMicrosecond));
}
