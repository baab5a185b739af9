using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Checks;

/// <summary>Runs of checks, in PostgreSQL. Whatever is told of one in whichever order, it begins once, and its end is its end.</summary>
internal static class CheckRunRows
{
    private const string Into = "insert into check_run (installation_id, run_id, resource_id, deployment_id, state, deadline)";

    private const string BeginSql = $"{Into} values ($1, $2, $3, $4, 'wanted', $5) on conflict do nothing";

    private const string CancelSql = $"""
        {Into} values ($1, $2, $3, $4, 'over', $5)
        on conflict (installation_id, run_id) do update set state = 'over', last_error = 'canceled'
        """;

    // Batch claim of a job: it spans installations on purpose. The lease is a next attempt: should its holder die, it comes.
    private const string ClaimSql = """
        with free as (
            select installation_id, run_id from check_run
            where state = 'wanted' and next_attempt_at <= clock_timestamp()
            order by next_attempt_at
            limit $1
            for update skip locked)
        update check_run r set next_attempt_at = clock_timestamp() + $2, attempts = r.attempts + 1
        from free
        where r.installation_id = free.installation_id and r.run_id = free.run_id
        returning r.installation_id, r.run_id, r.resource_id, r.deployment_id, r.deadline, r.attempts
        """;

    private const string EndSql = "update check_run set state = 'over', last_error = $3 where installation_id = $1 and run_id = $2";

    private const string PostponeSql = """
        update check_run set next_attempt_at = clock_timestamp() + $3, last_error = $4
        where installation_id = $1 and run_id = $2 and state = 'wanted'
        """;

    // What nobody asks for any more, in batches: it spans installations on purpose.
    private const string ForgetSql = """
        delete from check_run where (installation_id, run_id) in (
            select installation_id, run_id from check_run where state = 'over' and deadline < $1 limit $2 for update skip locked)
        """;

    private const string MoveSql = """
        with gone as (
            delete from check_run where installation_id = $1 and resource_id = any ($3)
            returning run_id, resource_id, deployment_id, state, deadline)
        insert into check_run (installation_id, run_id, resource_id, deployment_id, state, deadline)
        select $2, run_id, resource_id, deployment_id, state, deadline from gone
        on conflict do nothing
        """;

    public static void Begin(
        Writes writes, InstallationId installation, string run, ResourceId resource, string deployment, DateTimeOffset deadline) =>
        writes.Add(BeginSql, installation.Value, run, resource.Value, deployment, deadline);

    /// <summary>Also before it has begun: then it never does.</summary>
    public static void Cancel(
        Writes writes, InstallationId installation, string run, ResourceId resource, string deployment, DateTimeOffset deadline) =>
        writes.Add(CancelSql, installation.Value, run, resource.Value, deployment, deadline);

    /// <summary>Those of a resource that changes hands: who has it from now on can still say how it is.</summary>
    public static void Move(Writes writes, InstallationId from, InstallationId to, Seq<ResourceId> resources) =>
        writes.Add(MoveSql, from.Value, to.Value, resources.Select(id => id.Value).ToArray());

    public static async Task<IReadOnlyList<ClaimedRun>> Claim(
        NpgsqlConnection connection, int runsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, runsMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedRun>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedRun(
                new InstallationId(reader.GetString(0)), reader.GetString(1), new ResourceId(reader.GetString(2)), reader.GetString(3),
                reader.Moment(4), reader.GetInt32(5)));
        }

        return claimed;
    }

    public static async Task<int> Forget(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ForgetSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    public static void End(Writes writes, InstallationId installation, string run, string? remark) =>
        writes.Add(EndSql, installation.Value, run, remark);

    public static void Postpone(Writes writes, InstallationId installation, string run, string reason, TimeSpan delay) =>
        writes.Add(PostponeSql, installation.Value, run, delay, reason);
}

/// <summary>A row that is held.</summary>
internal sealed record ClaimedRun(
    InstallationId Installation, string Run, ResourceId Resource, string Deployment, DateTimeOffset Deadline, int Attempts);
