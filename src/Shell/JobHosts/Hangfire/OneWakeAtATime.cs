using System.Text.Json;
using Hangfire.Client;
using Npgsql;

namespace Marketplace.Shell.JobHosts;

/// <summary>
/// Makes no wake of a job that has one waiting or under way: wakes that nobody has time for would pile up, and one makes up for all.
/// </summary>
/// <remarks>The wakes of one recurring job are made one after the other, under Hangfire's lock.</remarks>
internal sealed class OneWakeAtATime(NpgsqlDataSource database) : IClientFilter
{
    private const string Recurring = "RecurringJobId";

    // What is in the queue is waiting or under way, and nothing else is; of a node that died as well, until another one takes it.
    private const string IsUnderWaySql =
        $"""
        select exists (
            select from {HangfireStore.Schema}.jobqueue waiting
            join {HangfireStore.Schema}.jobparameter woken on woken.jobid = waiting.jobid and woken.name = '{Recurring}'
            where woken.value = $1)
        """;

    public void OnCreating(CreatingContext context)
    {
        if (context.GetJobParameter<string>(Recurring) is { } job)
            context.Canceled = IsUnderWay(job);
    }

    public void OnCreated(CreatedContext context)
    {
    }

    private bool IsUnderWay(string job)
    {
        using var connection = database.OpenConnection();
        using var command = new NpgsqlCommand(IsUnderWaySql, connection) { Parameters = { new() { Value = JsonSerializer.Serialize(job) } } };
        return (bool)command.ExecuteScalar()!;
    }
}
