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

    /// <summary>Makes the next wake of the job <c>nightly</c> one that three days ago nobody was there for.</summary>
    public static string MissedSql => Name switch
    {
        "Quartz" =>
            """
            update quartz.qrtz_triggers
            set next_fire_time = next_fire_time - 4 * 864000000000, start_time = start_time - 9 * 864000000000, prev_fire_time = next_fire_time - 5 * 864000000000
            where trigger_name = 'nightly'
            """,
        "Hangfire" =>
            """
            with past as (update hangfire.hash set value = (extract(epoch from now() - interval '3 days') * 1000)::bigint::text
                where key = 'recurring-job:nightly' and field in ('CreatedAt', 'LastExecution', 'NextExecution'))
            update hangfire.set set score = extract(epoch from now() - interval '3 days') where value = 'nightly'
            """,
        _ => throw new UnreachableException(Name),
    };
}
