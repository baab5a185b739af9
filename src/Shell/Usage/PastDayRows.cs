using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Usage;

/// <summary>Days that are over, whose hours become one sum each, so that a report reads a month by its days.</summary>
/// <remarks>
/// Sums are moved and never copied: every event is in one of them at any moment, whoever reads or writes meanwhile. An event that comes later
/// begins its hour anew, and that joins its day the next time. A day in which a period or a plan begins keeps its hours; where a plan turns out
/// to have begun in one that has none any more, its events are read.
/// </remarks>
internal static class PastDayRows
{
    /// <summary>Longer than a period, so that the last day of the one before is found, and what came late for it.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(40);

    // In the order in which events are summed up, so that nobody waits in a circle. The first hour of a day takes in the others.
    private const string JoinSql = """
        with edge as (
            select resource_id, started_at as at from plan_period where installation_id = $1 and started_at > $3
            union all
            select resource_id, ended_at from plan_period where installation_id = $1 and ended_at > $3),
        whole as (
            select h.resource_id, h.metric, h.begins_at, h.late_in
            from resource r cross join unnest($2::text[]) as w (metric)
            join usage_hour h on h.installation_id = $1 and h.resource_id = r.resource_id and h.metric = w.metric
                and h.begins_at >= $3 and h.begins_at < $4
            cross join lateral (select date_trunc('day', h.begins_at, 'UTC') as begins_at) day
            where r.installation_id = $1 and h.begins_at > day.begins_at and day.begins_at <> all ($5) and not exists (
                select from edge e where e.resource_id = h.resource_id and e.at > day.begins_at and e.at < day.begins_at + interval '1 day')
            order by h.resource_id, h.metric, h.begins_at, h.late_in
            for update of h),
        moved as (
            delete from usage_hour h using whole w
            where h.installation_id = $1 and h.resource_id = w.resource_id and h.metric = w.metric and h.begins_at = w.begins_at
                and h.late_in = w.late_in
            returning h.*)
        insert into usage_hour as known (installation_id, resource_id, metric, begins_at, late_in, last_at, quantity, events)
        select $1, resource_id, metric, date_trunc('day', begins_at, 'UTC'), late_in, max(last_at), sum(quantity), sum(events)::bigint
        from moved group by 2, 3, 4, 5 order by 2, 3, 4, 5
        on conflict (installation_id, resource_id, metric, begins_at, late_in) do update
        set quantity = known.quantity + excluded.quantity, events = known.events + excluded.events,
            last_at = greatest(known.last_at, excluded.last_at)
        """;

    /// <summary>Whether an hour is the one of its day in which an installation's past days are put together: they take turns.</summary>
    public static bool IsTurn(InstallationId installation, HourSlot hour) => installation.Value.Sum(letter => letter) % 24 == hour.Start.Hour;

    /// <param name="until">Of what came before, no hour is asked for any more: only whole days, periods and plans are.</param>
    public static void Join(Writes writes, InstallationId installation, string[] metrics, BillingAnchor anchor, DateTimeOffset until)
    {
        var range = new TimeRange(UsageDay.Of(until - LookBack).Start, UsageDay.Of(until).Start);
        writes.Add(
            JoinSql, installation.Value, metrics, range.Start, range.End,
            BillingPeriod.Overlapping(range, anchor)
                .Filter(period => period.Start != UsageDay.Of(period.Start).Start)
                .Map(period => UsageDay.Of(period.Start).Start)
                .ToArray());
    }
}
