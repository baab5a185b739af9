using System.Globalization;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Clock;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Drift;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration;

/// <summary>Time, the worker, and a look into the store.</summary>
public sealed partial class Acme
{
    private static readonly TimeSpan EventuallyMax = TimeSpan.FromSeconds(30);

    /// <summary>Time passes, and nobody has done anything yet.</summary>
    public void Pass(TimeSpan span) => Vercel.Clock.MoveTo(Now + span);

    /// <summary>The worker wakes for these jobs once or, without any, works until nothing is due.</summary>
    public async Task Work(params string[] jobs)
    {
        using var patience = Patience();
        if (jobs.Length == 0)
        {
            try
            {
                await Server.Services.GetRequiredService<ICatchUp>().WorkOff(Now, patience.Token);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                Assert.Fail($"The worker does not come to an end: {string.Join("; ", await StillDue())}");
            }

            return;
        }

        foreach (var job in jobs)
            await Server.Services.GetServices<IScheduledJob>().Single(known => known.Id == job).RunOnce(Now, patience.Token);
    }

    /// <summary>The report on everybody, as an operator reads it.</summary>
    internal async Task<(int Differences, string Text)> Drift()
    {
        await using var output = new StringWriter();
        var summary = new DriftSummary();
        var report = Server.Services.GetRequiredService<DriftResults>().Everybody(summary, new Actor("operator:test", "drift"), Cancel);
        await DriftCommand.Print(report, summary, asJson: false, output);
        return (summary.Differences, output.ToString());
    }

    private Task<IReadOnlyList<string>> StillDue() =>
        AskAll<string>(
            """
            select concat_ws(' ', installation_id, work, due_at, last_error) from billing_schedule where due_at <= $1 and not awaits_token
            union all select concat_ws(' ', installation_id, kind, last_error) from operation where state = 'pending'
            union all select concat_ws(' ', installation_id, kind, last_error) from outbox_message where state = 'pending' and due_at <= $1
            union all select concat_ws(' ', installation_id, type, last_error) from webhook where state = 'pending'
            """,
            Now);

    /// <summary>What failed and waits for its next attempt has waited long enough.</summary>
    internal Task TryAgainNow(Provisioned resource) =>
        Execute(
            "update operation set next_attempt_at = clock_timestamp(), leased_until = '-infinity' where installation_id = $1 and resource_id = $2 and state = 'pending'",
            resource.Installation, resource.Id);

    /// <summary>Waits until there is something, in real time.</summary>
    public async Task<T> Eventually<T>(Func<Task<T?>> look)
        where T : class
    {
        using var patience = Patience();
        while (true)
        {
            if (await look() is { } found)
                return found;
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>The plan periods of a resource as text, oldest first: plan, beginning, end.</summary>
    internal Task<IReadOnlyList<string>> PlanPeriods(Provisioned resource) =>
        AskAll<string>(
            """
            select concat_ws(' ', billing_plan_id, to_char(started_at at time zone 'utc', 'HH24:MI:SS'),
                coalesce(to_char(ended_at at time zone 'utc', 'HH24:MI:SS'), ''))
            from plan_period where installation_id = $1 and resource_id = $2 order by started_at
            """,
            resource.Installation, resource.Id);

    /// <summary>The first value of the first row; the default when there is none.</summary>
    public async Task<T?> Ask<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(Cancel) is { } value and not DBNull
            ? (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture)
            : default;
    }

    public async Task<IReadOnlyList<T>> AskAll<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancel))
            rows.Add(await reader.GetFieldValueAsync<T>(0, Cancel));
        return rows;
    }

    public async Task Execute(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(EventuallyMax);
        return patience;
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
