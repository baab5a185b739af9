using LanguageExt;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Usage;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>How everything stood at a moment.</summary>
/// <param name="Days">What Vercel was told of everybody's days, oldest first, as far as it was counted.</param>
/// <param name="Slots">Of the usage ledger, by the hour, of this month and of the last days.</param>
internal sealed record OverviewReading(
    DateTimeOffset At, Seq<(string Stage, long Count)> Installations, Seq<(string Product, string Status, long Count)> Resources,
    Seq<(DateTimeOffset Day, long Count)> Installs, Seq<(DateTimeOffset Day, long Count)> Uninstalls, Seq<InvoicedDay> Billed,
    IReadOnlyDictionary<Trouble, Counted> Troubles, Seq<LedgerDay> Days, Seq<LedgerDayUsage> Usage, IReadOnlyList<LedgerHour> Slots);

/// <summary>How many, as far as was counted.</summary>
internal sealed record Counted(long Count)
{
    public static readonly Counted None = new(0);

    public bool IsAny => Count > 0;

    public static Counted Of(long count) => count == 0 ? None : new(count);

    public string Text => Count >= OverviewRows.CountMax ? $"{OverviewRows.CountMax:#,0}+" : Dashboard.Shown.Quantity(Count);
}

/// <summary>What does not go on without a person.</summary>
internal enum Trouble
{
    NoWorker,
    IdleJobs,
    FailingJobs,
    PausedJobs,
    DeadMessages,
    DeadEvents,
    DeadWebhooks,
    DeadSlots,
    RefusedSlots,
    WaitingBilling,
    RefusedInvoices,
    UnpaidInvoices,
    Faults,
    Errors,
    Operations,
    Tokenless,
    Differing,
}
