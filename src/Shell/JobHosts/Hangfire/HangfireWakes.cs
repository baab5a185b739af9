using Hangfire.Common;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>The schedule of the recurring jobs, as Hangfire keeps it.</summary>
internal sealed class HangfireWakes : IJobWakes
{
    private const string Prefix = "recurring-job:";

    private const string LoadSql =
        $"""
        select substr(job.key, length('{Prefix}') + 1),
            max(job.value) filter (where job.field = 'LastExecution'), max(job.value) filter (where job.field = 'NextExecution')
        from {HangfireStore.Schema}.hash job
        where job.key like '{Prefix}%'
        group by job.key order by job.key
        """;

    public string Host => "Hangfire";

    public async Task<IReadOnlyList<JobWake>> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var exists = new NpgsqlCommand($"select to_regclass('{HangfireStore.Schema}.hash') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancel))!)
            return [];

        await using var schedule = new NpgsqlCommand(LoadSql, connection);
        await using var reader = await schedule.ExecuteReaderAsync(cancel);
        var wakes = new List<JobWake>();
        while (await reader.ReadAsync(cancel))
            wakes.Add(new JobWake(reader.GetString(0), Moment(reader, 1), Moment(reader, 2)));
        return wakes;
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) || JobHelper.DeserializeNullableDateTime(reader.GetString(column)) is not { } moment
            ? null
            : new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc));
}
