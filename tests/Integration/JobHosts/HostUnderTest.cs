using System.Diagnostics;
using Marketplace.Shell.JobHosts;

namespace Marketplace.Integration.JobHosts;

/// <summary>All that the tests of every host have to know of the one that is compiled in: how its store looks.</summary>
internal static class HostUnderTest
{
    private static string Name => JobHost.Wakes.Host;

    /// <summary>Every job that is registered, in order, as often as it is.</summary>
    public static string RegisteredSql => Name switch
    {
        "Quartz" => "select array_agg(job_name::text order by job_name) from quartz.qrtz_triggers",
        "Hangfire" => "select array_agg(value order by value) from hangfire.set where key = 'recurring-jobs'",
        _ => throw new UnreachableException(Name),
    };

    /// <summary>Makes the next wake of a job one that three days ago nobody was there for.</summary>
    public static string MissedSql(string job) => Name switch
    {
        "Quartz" =>
            $"""
            update quartz.qrtz_triggers
            set next_fire_time = next_fire_time - 4 * 864000000000, start_time = start_time - 9 * 864000000000, prev_fire_time = next_fire_time - 5 * 864000000000
            where trigger_name = '{job}'
            """,
        "Hangfire" =>
            $"""
            with past as (update hangfire.hash set value = (extract(epoch from now() - interval '3 days') * 1000)::bigint::text
                where key = 'recurring-job:{job}' and field in ('CreatedAt', 'LastExecution', 'NextExecution'))
            update hangfire.set set score = extract(epoch from now() - interval '3 days') where value = '{job}'
            """,
        _ => throw new UnreachableException(Name),
    };

    /// <summary>Makes a job one that should have been woken a week ago, and that nobody wakes now; what it was is in a table <c>kept</c>.</summary>
    public static string LateSql(string job) => Name switch
    {
        "Quartz" =>
            $"""
            create table kept as select trigger_name, trigger_state, next_fire_time from quartz.qrtz_triggers where trigger_name = '{job}';
            update quartz.qrtz_triggers set trigger_state = 'BLOCKED', next_fire_time = next_fire_time - 7 * 864000000000 where trigger_name = '{job}'
            """,
        // Of these the score in the set alone wakes it.
        "Hangfire" =>
            $"""
            create table kept as select key, field, value from hangfire.hash where key = 'recurring-job:{job}' and field = 'NextExecution';
            update hangfire.hash set value = (extract(epoch from now() - interval '7 days') * 1000)::bigint::text
            where key = 'recurring-job:{job}' and field = 'NextExecution'
            """,
        _ => throw new UnreachableException(Name),
    };

    /// <summary>Takes back what <see cref="LateSql"/> did.</summary>
    public static string RestoreSql => Name switch
    {
        "Quartz" =>
            """
            update quartz.qrtz_triggers as now set trigger_state = kept.trigger_state, next_fire_time = kept.next_fire_time
            from kept where now.trigger_name = kept.trigger_name;
            drop table kept
            """,
        "Hangfire" =>
            """
            update hangfire.hash as now set value = kept.value from kept where now.key = kept.key and now.field = kept.field;
            drop table kept
            """,
        _ => throw new UnreachableException(Name),
    };
}
