using LanguageExt;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>The slot ledger by the hour, over all installations: an operator's view, and its counts, which a job keeps.</summary>
/// <remarks>
/// All but the last are counted. An hour that is due has no row, so that it is counted from where each installation's reports have come to:
/// one that has fallen behind by two days is read once and not for every hour.
/// </remarks>
internal static class LedgerHourRows
{
    // As long as a run of the reports that began then may still write of it.
    private const string Changed = """
        known as (select coalesce(max(counted_at), '-infinity'::timestamptz) - interval '2 hours' as since from ledger_hour),
        changed as materialized (select distinct slot_start from usage_slot where changed_at >= (select since from known))
        """;

    private const string Counts = """
        select count(*) filter (where s.state = 'sent') as sent, count(*) filter (where s.state = 'confirmed') as confirmed,
            count(*) filter (where s.state = 'refused') as refused, count(*) filter (where s.state = 'dead') as dead,
            count(*) filter (where s.state = 'superseded') as superseded
        from usage_slot s
        """;

    // With those that were counted longest ago: an entry of a worker that was frozen for hours comes to light as well.
    private const string CountAnewSql = $"""
        with {Changed},
        due as (
            select slot_start from changed
            union
            (select slot_start from ledger_hour order by counted_at limit 2))
        insert into ledger_hour as h (slot_start, sent, confirmed, refused, dead, superseded, counted_at)
        select d.slot_start, c.sent, c.confirmed, c.refused, c.dead, c.superseded, $1
        from due d cross join lateral ({Counts} where s.slot_start = d.slot_start) c
        order by d.slot_start
        on conflict (slot_start) do update set sent = excluded.sent, confirmed = excluded.confirmed, refused = excluded.refused,
            dead = excluded.dead, superseded = excluded.superseded, counted_at = excluded.counted_at
        where h.counted_at <= excluded.counted_at
        """;

    private const string RangeSql = $"""
        with {Changed}
        select h.slot_start, h.sent, h.confirmed, h.refused, h.dead, h.superseded from ledger_hour h
        where h.slot_start >= $1 and h.slot_start < $2 and not exists (select from changed c where c.slot_start = h.slot_start)
        union all
        select d.slot_start, c.sent, c.confirmed, c.refused, c.dead, c.superseded
        from changed d cross join lateral ({Counts} where s.slot_start = d.slot_start) c
        where d.slot_start >= $1 and d.slot_start < $2
        """;

    // Whose life has begun with the hour, without those of whom the hour before was the last: all before the range are in its first hour.
    private const string LivesSql = """
        select hour, sum(lives)::bigint from (
            select greatest(date_trunc('hour', installed_at, 'UTC'), $1) as hour, count(*) as lives from installation
            where installed_at < $2 and (uninstall_requested_at is null or uninstall_requested_at > installed_at) group by 1
            union all
            select greatest(date_trunc('hour', uninstall_requested_at - interval '1 microsecond', 'UTC') + interval '1 hour', $1), -count(*)
            from installation
            where uninstall_requested_at > installed_at and uninstall_requested_at <= $2 - interval '1 hour' group by 1) changes
        group by hour
        """;

    // From the first hour that is not reported on, to the last one that is over, for each installation that has something to report.
    private const string Behind = """
        select b.installation_id, date_trunc('hour', b.due_at - interval '1 microsecond', 'UTC') as first_hour, b.due_at
        from billing_schedule b where b.work = 'usage' and b.due_at <= $3
        """;

    private const string DueSql = $"""
        with behind as ({Behind})
        select hour, sum(slots)::bigint from (
            select greatest(b.first_hour, $1) as hour, count(*) as slots from behind b group by 1
            union all
            select greatest(case when i.uninstall_requested_at <= $3
                    then date_trunc('hour', i.uninstall_requested_at - interval '1 microsecond', 'UTC') + interval '1 hour'
                    else date_trunc('hour', $3::timestamptz, 'UTC') end, b.first_hour, $1), -count(*)
            from behind b left join installation i on i.installation_id = b.installation_id and i.uninstall_requested_at is not null
            group by 1) changes
        where hour < $2 group by hour
        """;

    // Of those hours some are told already, where something came in the way of the others: what it was stands there.
    private const string ToldSql = $"""
        with behind as ({Behind} and b.last_error is not null)
        select s.slot_start, count(*) from behind b cross join lateral (
            select u.slot_start from usage_slot u
            where u.installation_id = b.installation_id and u.slot_start >= greatest(b.first_hour, $1) and u.slot_start < $2 offset 0) s
        group by s.slot_start
        """;

    public static async Task CountAnew(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(CountAnewSql, now);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What is in the ledger of the hours of a range; an hour of which there is nothing is not among them.</summary>
    public static Loaded<Seq<(DateTimeOffset Hour, SlotCounts Slots)>> Written(Loads loads, TimeRange hours) => loads.Many(
        RangeSql,
        reader => (reader.Moment(0), SlotCounts.None with
        {
            Sent = reader.GetInt64(1), Confirmed = reader.GetInt64(2), Refused = reader.GetInt64(3), Dead = reader.GetInt64(4),
            Superseded = reader.GetInt64(5),
        }),
        hours.Start, hours.End);

    /// <summary>By how many installations more than in the hour before an hour is lived in.</summary>
    public static Loaded<Seq<(DateTimeOffset Hour, long More)>> Lives(Loads loads, TimeRange hours) =>
        loads.Many(LivesSql, Change, hours.Start, hours.End);

    /// <summary>By how many more than in the hour before an hour is still to be reported by, the told ones among them.</summary>
    public static Loaded<Seq<(DateTimeOffset Hour, long More)>> Due(Loads loads, TimeRange hours, DateTimeOffset now) =>
        loads.Many(DueSql, Change, hours.Start, hours.End, now);

    /// <summary>The told ones among them.</summary>
    public static Loaded<Seq<(DateTimeOffset Hour, long Slots)>> Told(Loads loads, TimeRange hours, DateTimeOffset now) =>
        loads.Many(ToldSql, Change, hours.Start, hours.End, now);

    private static (DateTimeOffset Hour, long Count) Change(NpgsqlDataReader reader) => (reader.Moment(0), reader.GetInt64(1));
}
