using System.Diagnostics;
using Marketplace.Core.Time;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>Reads how everything stands, for all who look within a few seconds together: the page may be on a wall, and on many.</summary>
internal sealed class OverviewStore(NpgsqlDataSource database, LedgerHours ledger, JobsView jobs, TimeProvider clock)
{
    /// <summary>Real time: a virtual jump would show what was before it.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    public const int Days = 30;

    /// <summary>What Vercel did not take is no revenue, and a test invoice is paid by nobody.</summary>
    private static readonly InvoiceFilter Billed = InvoiceFilter.All with
    {
        States = InvoiceFilter.AllStates.Filter(state => state is not ("skipped" or "refused")).Strict(),
        Kinds = InvoiceFilter.AllKinds.Filter(kind => kind != "test").Strict(),
    };

    private readonly Lock gate = new();
    private Task<OverviewReading>? reading;
    private long readAt;
    private DateTimeOffset readFor;

    public Task<OverviewReading> Read()
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (reading is null or { IsFaulted: true } or { IsCanceled: true }
                || (reading.IsCompleted && (Stopwatch.GetElapsedTime(readAt) > GoodFor || now - readFor > GoodFor)))
            {
                (readAt, readFor) = (Stopwatch.GetTimestamp(), now);
                reading = Look(now);
            }

            return reading;
        }
    }

    /// <summary>Nobody's cancellation: others wait for the same.</summary>
    private async Task<OverviewReading> Look(DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var (month, since) = (MonthOf(now), today.AddDays(1 - Days));
        var loads = new Loads();
        var installations = OverviewRows.Installations(loads);
        var resources = OverviewRows.Resources(loads);
        var (installs, uninstalls) = (OverviewRows.Installs(loads, since), OverviewRows.Uninstalls(loads, since));
        var first = month < since ? month : since;
        var billed = InvoiceListRows.Sums(loads, Billed with { Dated = new TimeRange(first, InvoiceFilter.Always.End) });
        var (days, usage) = (ToldDayRows.Days(loads, first), ToldDayRows.Usage(loads, first));
        var troubles = OverviewRows.Troubles(loads, now);
        var report = await ReadWithJobs(loads);
        var hours = await ledger.OfEverybody(new TimeRange(month < today.AddDays(-1) ? month : today.AddDays(-1), HourSlot.Of(now).End), CancellationToken.None);
        return new OverviewReading(
            now, installations.Value, resources.Value, installs.Value, uninstalls.Value, billed.Value,
            troubles.Select(one => KeyValuePair.Create(one.Key, one.Value.Value)).Concat(OverviewJobs.Troubles(report)).ToDictionary(),
            days.Value, usage.Value, hours);
    }

    /// <summary>The jobs by real time, whatever the clock says.</summary>
    private async Task<JobsReport> ReadWithJobs(Loads loads)
    {
        await using var connection = await database.OpenConnectionAsync();
        await loads.Read(connection, CancellationToken.None);
        return await jobs.Load(connection, at: null, CancellationToken.None);
    }

    public static DateTimeOffset MonthOf(DateTimeOffset now) => new(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
}
