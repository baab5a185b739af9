using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.Usage;

/// <summary>
/// What Vercel was told of each installation's day, and the days of everybody, which a job counts from it: nobody has to add up what a
/// hundred thousand used.
/// </summary>
internal static class ToldDayRows
{
    // An hour that is sent again knows less than what was told since.
    private const string SaveSql = """
        insert into told_day as known (installation_id, day, as_of, total, open_until, products, metrics, quantities)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (installation_id, day) do update set as_of = excluded.as_of, total = excluded.total, open_until = excluded.open_until,
            products = excluded.products, metrics = excluded.metrics, quantities = excluded.quantities
        where known.as_of <= excluded.as_of
        """;

    // Vercel takes the report of a day until the end of the next, so that a day is counted until it was once after that. The bill of an
    // installation is the one that it was told of last: on the day or, early on the day, on the one before.
    private const string CountSql = """
        with counted as (
            select distinct t.day from told_day t
            where not exists (select from ledger_day d where d.day = t.day and d.counted_at >= t.day + interval '2 days')),
        bills as (
            select c.day, coalesce(sum(last.total) filter (where last.open_until > least($1, c.day + interval '1 day')), 0) as total,
                count(*) filter (where last.open_until > least($1, c.day + interval '1 day')) as bills
            from counted c cross join lateral (
                select t.total, t.open_until from told_day t where t.day = c.day
                union all
                select before.total, before.open_until from told_day before
                where before.day = c.day - interval '1 day'
                    and not exists (select from told_day t where t.installation_id = before.installation_id and t.day = c.day)) last
            group by c.day),
        days as (
            insert into ledger_day as known (day, total, bills, counted_at)
            select day, total, bills, $1 from bills order by day
            on conflict (day) do update set total = excluded.total, bills = excluded.bills, counted_at = excluded.counted_at)
        insert into ledger_day_usage as known (day, product_id, metric, total, highest)
        select t.day, u.product_id, u.metric, sum(u.quantity), max(u.quantity)
        from counted c join told_day t on t.day = c.day
            cross join lateral unnest(t.products, t.metrics, t.quantities) as u (product_id, metric, quantity)
        group by 1, 2, 3 order by 1, 2, 3
        on conflict (day, product_id, metric) do update set total = excluded.total, highest = excluded.highest
        """;

    private const string ForgetSql = "delete from told_day where day < $1";

    private const string DaysSql = "select day, total, bills, counted_at from ledger_day where day >= $1 order by day";

    private const string UsageSql = "select day, product_id, metric, total, highest from ledger_day_usage where day >= $1";

    /// <summary>Keeps what is told, unless more is known of the day already.</summary>
    public static void Save(Writes writes, InstallationId installation, ToldDay told) => writes.Add(
        SaveSql, installation.Value, told.Day.Start, told.AsOf, told.Total.Amount, told.OpenUntil,
        told.Usage.Map(usage => usage.Product.Value).ToArray(), told.Usage.Map(usage => usage.Metric.Id.Value).ToArray(),
        SqlValue.List(told.Usage.Map(usage => usage.DayValue).ToArray(), NpgsqlDbType.Numeric));

    /// <summary>Counts the days that can still change, and forgets what was told of those that nobody looks into any more.</summary>
    public static async Task CountAnew(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var count = transaction.Command(CountSql, now))
            await count.ExecuteNonQueryAsync(cancel);
        await using (var forget = transaction.Command(ForgetSql, UsageDay.Of(now).Start.AddDays(-2)))
            await forget.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>What the days of everybody came to, oldest first, as they were counted last.</summary>
    /// <param name="since">The beginning of a day.</param>
    public static Loaded<Seq<LedgerDay>> Days(Loads loads, DateTimeOffset since) => loads.Many(
        DaysSql, reader => new LedgerDay(reader.Moment(0), new Usd(reader.GetDecimal(1)), reader.GetInt64(2), reader.Moment(3)), since);

    /// <inheritdoc cref="Days"/>
    public static Loaded<Seq<LedgerDayUsage>> Usage(Loads loads, DateTimeOffset since) => loads.Many(
        UsageSql,
        reader => new LedgerDayUsage(reader.Moment(0), reader.GetString(1), reader.GetString(2), reader.GetDecimal(3), reader.GetDecimal(4)), since);
}

/// <summary>A day of everybody.</summary>
/// <param name="Total">What the periods that were under way on it had cost until its end, or until it was counted, as Vercel was told.</param>
/// <param name="Bills">Of so many installations.</param>
internal sealed record LedgerDay(DateTimeOffset Day, Usd Total, long Bills, DateTimeOffset CountedAt);

/// <param name="Total">Of all installations together.</param>
/// <param name="Highest">Of one.</param>
internal sealed record LedgerDayUsage(DateTimeOffset Day, string Product, string Metric, decimal Total, decimal Highest);
