using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Statements;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Statements;

/// <summary>What a statement needs and nobody else: the lives of installations that are gone, recorded totals, and pages of the prepaid ledger.</summary>
internal static class StatementRows
{
    private const string LifeSql = "select installed_at, uninstall_requested_at from installation where installation_id = $1";

    private const string TotalsSql = "select external_id, total from invoice where installation_id = $1";

    // A reading tells of the time that led to it. An event belongs to the moment at which something was used.
    private const string MetersSql = """
        select resource_id, metric, sum(readings)::bigint, sum(events)::bigint, sum(quantity), sum(late) from (
            select resource_id, metric, count(*) as readings, 0::bigint as events, 0::numeric as quantity, 0::numeric as late from measurement
            where installation_id = $1 and measured_at > $2 and measured_at <= $3 group by resource_id, metric
            union all
            select resource_id, metric, 0, sum(events), sum(quantity) filter (where late_in <= $2), sum(quantity) filter (where late_in > $2)
            from usage_hour where installation_id = $1 and begins_at >= $2 and begins_at < $3 group by resource_id, metric) meter
        group by resource_id, metric order by resource_id, metric
        """;

    private const string PagesSql = """
        select b.balance, coalesce(before.balance_after, 0), coalesce(after.balance_after, 0)
        from (select distinct balance from balance_entry where installation_id = $1 and entered_at < $3) b
        left join lateral (
            select e.balance_after from balance_entry e
            where e.installation_id = $1 and e.balance = b.balance and e.entered_at < $2 order by e.position desc limit 1) before on true
        left join lateral (
            select e.balance_after from balance_entry e
            where e.installation_id = $1 and e.balance = b.balance and e.entered_at < $3 order by e.position desc limit 1) after on true
        order by b.balance
        """;

    private const string EntryColumns =
        "cause, resource_id, amount, entered_at, billing_plan_id, period_start, period_end, hour_start, burnt_after, reason";

    private const string EntriesSql = $"""
        select {EntryColumns} from balance_entry where installation_id = $1 and entered_at >= $2 and entered_at < $3 order by balance, position
        """;

    private const string BurnsSql = $"""
        select {EntryColumns} from balance_entry
        where installation_id = $1 and period_start = $2 and burnt_after is not null order by balance, position
        """;

    /// <summary>From the install to the request of the uninstall; null when there is no such installation.</summary>
    public static Loaded<Lifetime?> Life(Loads loads, InstallationId installation) => loads.One<Lifetime?>(
        null, LifeSql,
        reader => new Lifetime(reader.Moment(0), reader.MomentOrNull(1) is { } end ? end : Option<DateTimeOffset>.None), installation.Value);

    /// <summary>The totals as they were written down beside what the invoices say.</summary>
    public static Loaded<Seq<(ExternalInvoiceId Invoice, Usd Total)>> Totals(Loads loads, InstallationId installation) => loads.Many(
        TotalsSql, reader => (new ExternalInvoiceId(reader.GetString(0)), new Usd(reader.GetDecimal(1))), installation.Value);

    public static Loaded<Seq<MeterCount>> Meters(Loads loads, InstallationId installation, BillingPeriod period) => loads.Many(
        MetersSql,
        reader => new MeterCount(new ResourceId(reader.GetString(0)), new MetricId(reader.GetString(1)), reader.GetInt64(2), reader.GetInt64(3),
            Amount(reader, 4), Amount(reader, 5)),
        installation.Value, period.Start, period.End);

    /// <summary>A page for each balance that was ever moved before the period's end.</summary>
    public static Func<Seq<LedgerPage>> Pages(Loads loads, InstallationId installation, BillingPeriod period)
    {
        var pages = loads.Many(
            PagesSql, reader => (Balance: reader.GetString(0), Opening: reader.GetDecimal(1), Closing: reader.GetDecimal(2)),
            installation.Value, period.Start, period.End);
        var entries = loads.Many(EntriesSql, Entry, installation.Value, period.Start, period.End);
        return () => pages.Value.Map(page =>
        {
            var balance = page.Balance.Length == 0 ? Option<ResourceId>.None : new ResourceId(page.Balance);
            return new LedgerPage(
                balance, new Usd(page.Opening), entries.Value.Filter(entry => entry.Resource == balance).Strict(), new Usd(page.Closing));
        }).Strict();
    }

    /// <summary>Of uses in the period, whenever they were entered.</summary>
    public static Loaded<Seq<BalanceEntry>> Burns(Loads loads, InstallationId installation, BillingPeriod period) =>
        loads.Many(BurnsSql, Entry, installation.Value, period.Start);

    private static decimal Amount(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? 0m : reader.GetDecimal(column);

    private static BalanceEntry Entry(NpgsqlDataReader reader)
    {
        var balance = reader.TextOption(1).Map(id => new ResourceId(id));
        return new BalanceEntry(new BalanceCause(reader.GetString(0)), balance, new Usd(reader.GetDecimal(2)), reader.Moment(3))
        {
            Burnt = reader.TextOption(4).Map(plan => new Burnt(
                new PrepaidUse(
                    SubjectText.Read(reader.TextOrNull(1)), new PlanId(plan), new BillingPeriod(reader.Moment(5), reader.Moment(6))),
                HourSlot.Of(reader.Moment(7)), new Usd(reader.GetDecimal(8)))),
            Reason = reader.TextOption(9),
        };
    }
}
