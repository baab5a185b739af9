using LanguageExt;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>Slots of the ledger for operators: what Vercel does not have by its own report, and everything of one hour.</summary>
internal static class SlotListRows
{
    private const string Columns = "s.installation_id, s.slot_start, s.period_start, s.period_end, s.state, s.changed_at, s.reason, s.superseded_by";

    // Each state from where it goes on.
    private const string Each = $"""
        from unnest($1::text[]) as t (state) cross join lateral (
            select {Columns} from usage_slot s
            where s.state = t.state and s.state <> 'confirmed' and s.slot_start >= $2 and s.slot_start < $3
        """;

    private const string NewestSql = $"""
        select s.* {Each} and (s.slot_start, s.installation_id) < ($4, $5) order by s.slot_start desc, s.installation_id desc limit $6) s
        order by s.slot_start desc, s.installation_id desc limit $6
        """;

    private const string OldestSql = $"""
        select s.* {Each} and (s.slot_start, s.installation_id) > ($4, $5) order by s.slot_start, s.installation_id limit $6) s
        order by s.slot_start, s.installation_id limit $6
        """;

    // Installation after installation: the page is full long before everybody was looked at.
    private const string ConfirmedInSql = $"""
        select {Columns} from installation i cross join lateral (
            select * from usage_slot u where u.installation_id = i.installation_id and u.slot_start = $1 and u.state = 'confirmed' offset 0) s
        where i.installation_id > $2 order by i.installation_id limit $3
        """;

    // What an hour has no row of, with what came in the way. One that is leaving has lived no longer than it says.
    private const string DueInSql = """
        select b.installation_id, $1::timestamptz, $1::timestamptz, $1::timestamptz + interval '1 hour', 'due', b.due_at, b.last_error, null::timestamptz
        from billing_schedule b
        where b.work = 'usage' and b.due_at <= $2 and date_trunc('hour', b.due_at - interval '1 microsecond', 'UTC') <= $1 and b.installation_id > $3
            and exists (
                select from installation i where i.installation_id = b.installation_id
                    and i.installed_at < $1 + interval '1 hour' and (i.uninstall_requested_at is null or i.uninstall_requested_at > $1)
                    and ($1 + interval '1 hour' <= $2 or i.uninstall_requested_at <= $2))
            and not exists (select from usage_slot u where u.installation_id = b.installation_id and u.slot_start = $1)
        order by b.installation_id limit $4
        """;

    // The same of one installation, hour by hour from the first that is not reported on.
    private const string DueOfOneSql = """
        select b.installation_id, h.hour, h.hour, h.hour + interval '1 hour', 'due', b.due_at, b.last_error, null::timestamptz
        from billing_schedule b
        join installation i on i.installation_id = b.installation_id
        cross join lateral generate_series(
            greatest(date_trunc('hour', b.due_at - interval '1 microsecond', 'UTC'), date_trunc('hour', i.installed_at, 'UTC'), $2),
            least(
                case when i.uninstall_requested_at <= $4 then date_trunc('hour', i.uninstall_requested_at - interval '1 microsecond', 'UTC')
                    else date_trunc('hour', $4::timestamptz, 'UTC') - interval '1 hour' end,
                $3::timestamptz - interval '1 microsecond'),
            interval '1 hour') as h (hour)
        where b.installation_id = $1 and b.work = 'usage' and b.due_at <= $4 and case when $6 then h.hour > $5 else h.hour < $5 end
            and not exists (select from usage_slot u where u.installation_id = $1 and u.slot_start = h.hour)
        order by case when $6 then h.hour end, h.hour desc limit $7
        """;

    // Of one installation, whatever became of them.
    private const string OfOneSql = $"""
        select {Columns} from usage_slot s
        where s.installation_id = $1 and s.slot_start >= $2 and s.slot_start < $3 and ($5::text is null or s.state = $5) and s.slot_start < $4
        order by s.slot_start desc limit $6
        """;

    private const string OfOneOldestSql = $"""
        select {Columns} from usage_slot s
        where s.installation_id = $1 and s.slot_start >= $2 and s.slot_start < $3 and ($5::text is null or s.state = $5) and s.slot_start > $4
        order by s.slot_start limit $6
        """;

    /// <summary>Of everybody, in some states but not those that are confirmed.</summary>
    public static Loaded<Seq<ListedSlot>> Page(Loads loads, string[] states, TimeRange hours, SlotPlace after, int max) => after.Ascending
        ? loads.Many(OldestSql, Read, states, hours.Start, hours.End, after.Hour, after.Installation, max)
        : loads.Many(NewestSql, Read, states, hours.Start, hours.End, after.Hour, after.Installation, max);

    /// <summary>Who has confirmed the hour, in the order of their ids.</summary>
    public static Loaded<Seq<ListedSlot>> ConfirmedIn(Loads loads, HourSlot hour, string after, int max) =>
        loads.Many(ConfirmedInSql, Read, hour.Start, after, max);

    /// <summary>By whom the hour is still to be reported, in the order of their ids.</summary>
    public static Loaded<Seq<ListedSlot>> DueIn(Loads loads, HourSlot hour, DateTimeOffset now, string after, int max) =>
        loads.Many(DueInSql, Read, hour.Start, now, after, max);

    /// <summary>The hours of an installation that are still to be reported.</summary>
    public static Loaded<Seq<ListedSlot>> DueOfOne(Loads loads, string installation, TimeRange hours, DateTimeOffset now, SlotPlace after, int max) =>
        loads.Many(DueOfOneSql, Read, installation, hours.Start, hours.End, now, after.Hour, after.Ascending, max);

    /// <param name="state">Any that has a row, when null.</param>
    public static Loaded<Seq<ListedSlot>> OfOne(Loads loads, string installation, TimeRange hours, string? state, SlotPlace after, int max) =>
        after.Ascending
            ? loads.Many(OfOneOldestSql, Read, installation, hours.Start, hours.End, after.Hour, state, max)
            : loads.Many(OfOneSql, Read, installation, hours.Start, hours.End, after.Hour, state, max);

    private static ListedSlot Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), HourSlot.Of(reader.Moment(1)), new BillingPeriod(reader.Moment(2), reader.Moment(3)), reader.GetString(4),
        reader.Moment(5), reader.TextOrNull(6), reader.MomentOrNull(7) is { } by ? HourSlot.Of(by) : null);
}

/// <summary>Where a page of slots goes on.</summary>
internal sealed record SlotPlace(DateTimeOffset Hour, string Installation, bool Ascending)
{
    public static readonly SlotPlace Newest = new(DateTimeOffset.MaxValue.AddTicks(-9), "", Ascending: false);

    public static readonly SlotPlace Oldest = new(DateTimeOffset.UnixEpoch, "", Ascending: true);
}

/// <summary>An entry of the ledger as an operator sees it.</summary>
/// <param name="Reason">Of what was refused, or is dead.</param>
/// <param name="By">The later report that says the same.</param>
internal sealed record ListedSlot(
    string Installation, HourSlot Hour, BillingPeriod Period, string State, DateTimeOffset ChangedAt, string? Reason, HourSlot? By);
