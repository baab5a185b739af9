using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.UsageEvents;

/// <summary>
/// Events that lie ahead of the moment at which their resource changes hands: they were counted with the source and belong to the target, as
/// if they had arrived after it.
/// </summary>
internal static class EventsAheadRows
{
    private const string LoadSql = """
        select resource_id, metric, used_at, quantity, source, event_id, received_at from usage_event
        where installation_id = $1 and resource_id = any ($2) and used_at >= $3
        """;

    // Each out of the sum that it is in: the last that began before it. What is left of the hour is taken apart where the plan ends in it, so
    // that the moment of its last event stays. The key stays too: whoever says whose the resource was is told that it was counted.
    private const string LeaveSql = """
        with gone as (
            delete from usage_event where installation_id = $1 and resource_id = any ($2) and used_at >= $3
            returning resource_id, metric, used_at, quantity, late_in),
        summed as (
            select g.resource_id, g.metric, g.late_in, h.begins_at, sum(g.quantity) as quantity, count(*) as events
            from gone g cross join lateral (
                select max(begins_at) as begins_at from usage_hour
                where installation_id = $1 and resource_id = g.resource_id and metric = g.metric and late_in = g.late_in and begins_at <= g.used_at) h
            group by g.resource_id, g.metric, g.late_in, h.begins_at)
        update usage_hour h set quantity = h.quantity - s.quantity, events = h.events - s.events
        from summed s
        where h.installation_id = $1 and h.resource_id = s.resource_id and h.metric = s.metric and h.begins_at = s.begins_at and h.late_in = s.late_in
        """;

    // A plan that begins within an hour begins another sum.
    private const string ArriveSql = """
        with arrived as (
            select e.*, case when e.used_at < c.closed_until then c.closed_until else '-infinity' end as late_in
            from unnest($2::text[], $3::text[], $4::timestamptz[], $5::numeric[], $6::text[], $7::text[], $8::timestamptz[])
                    as e (resource_id, metric, used_at, quantity, source, event_id, received_at)
                left join usage_closing c on c.installation_id = $1),
        key as (
            insert into usage_event_key (installation_id, source, event_id, received_at)
            select $1, source, event_id, received_at from arrived
            on conflict do nothing),
        kept as (
            insert into usage_event (installation_id, resource_id, metric, used_at, quantity, source, event_id, received_at, late_in)
            select $1, resource_id, metric, used_at, quantity, source, event_id, received_at, late_in from arrived)
        insert into usage_hour as known (installation_id, resource_id, metric, begins_at, late_in, last_at, quantity, events)
        select $1, resource_id, metric, greatest(date_trunc('hour', used_at, 'UTC'), $9), late_in, max(used_at), sum(quantity), count(*)
        from arrived group by 2, 3, 4, 5 order by 2, 3, 4, 5
        on conflict (installation_id, resource_id, metric, begins_at, late_in) do update
        set quantity = known.quantity + excluded.quantity, events = known.events + excluded.events,
            last_at = greatest(known.last_at, excluded.last_at)
        """;

    /// <summary>What has arrived by now of the moment and later. Nothing can arrive until it is moved, if the intake is held.</summary>
    public static Loaded<Seq<EventAhead>> Load(Loads loads, InstallationId source, Seq<ResourceId> resources, DateTimeOffset since) =>
        loads.Many(LoadSql, Read, source.Value, Names(resources), since);

    /// <summary>From the hand-over on, what was used is the target's.</summary>
    public static void Move(
        Writes writes, InstallationId source, InstallationId target, Seq<ResourceId> resources, Seq<EventAhead> known, DateTimeOffset handedOverAt)
    {
        var moved = known.Filter(one => one.UsedAt >= handedOverAt).ToArray();
        if (moved.Length == 0)
            return;

        writes.Add(LeaveSql, source.Value, Names(resources), handedOverAt);
        writes.Add(
            ArriveSql, target.Value, Texts(one => one.Resource), Texts(one => one.Metric),
            SqlValue.List(moved.Select(one => one.UsedAt).ToArray(), NpgsqlDbType.TimestampTz),
            SqlValue.List(moved.Select(one => one.Quantity).ToArray(), NpgsqlDbType.Numeric), Texts(one => one.Source), Texts(one => one.Id),
            SqlValue.List(moved.Select(one => one.ReceivedAt).ToArray(), NpgsqlDbType.TimestampTz), handedOverAt);

        SqlValue Texts(Func<EventAhead, string> of) => SqlValue.List(moved.Select(of).ToArray(), NpgsqlDbType.Text);
    }

    private static string[] Names(Seq<ResourceId> resources) => [.. resources.Select(resource => resource.Value)];

    private static EventAhead Read(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.Moment(2), reader.GetDecimal(3), reader.GetString(4), reader.GetString(5), reader.Moment(6));
}

/// <summary>One amount as it is stored.</summary>
internal sealed record EventAhead(
    string Resource, string Metric, DateTimeOffset UsedAt, decimal Quantity, string Source, string Id, DateTimeOffset ReceivedAt);
