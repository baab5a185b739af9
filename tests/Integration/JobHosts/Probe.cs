using System.Collections.Concurrent;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketplace.Integration.JobHosts;

/// <summary>A job that counts its runs. The same one may be given to several nodes, and then counts those of all.</summary>
internal sealed class Probe(string id) : IScheduledJob
{
    private readonly Lock gate = new();
    private int running;

    public string Id => id;

    public string Does => $"Counts the runs of {id}.";

    public JobSchedule Schedule { get; init; } = JobSchedule.EverySeconds(1);

    public Func<CancellationToken, Task> Work { get; init; } = _ => Task.CompletedTask;

    public ConcurrentQueue<DateTimeOffset> Runs { get; } = new();

    /// <summary>As many as ever ran side by side.</summary>
    public int SideBySide { get; private set; }

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        Runs.Enqueue(now);
        lock (gate)
            SideBySide = Math.Max(SideBySide, ++running);
        try
        {
            await Work(cancel);
        }
        finally
        {
            lock (gate)
                running--;
        }
    }
}

internal static class Nodes
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A server with these jobs and no others.</summary>
    public static Task<TestServer> Start(this TestDatabase database, Role role, IEnumerable<Probe> jobs, Action<WebApplicationBuilder>? adjust = null) =>
        TestServer.Start(
            new TestServerOptions
            {
                Role = role,
                ConnectionString = database.ConnectionString,
                Adjust = builder =>
                {
                    builder.Services.RemoveAll<IScheduledJob>();
                    foreach (var job in jobs)
                        builder.Services.AddSingleton<IScheduledJob>(job);
                    adjust?.Invoke(builder);
                },
            },
            Cancel);

    /// <summary>Asks until it is so.</summary>
    public static async Task Until(Func<Task<bool>> reached, int withinSeconds = 20)
    {
        for (var attempt = 0; !await reached(); attempt++)
        {
            Assert.True(attempt < withinSeconds * 20, $"It did not come to it within {withinSeconds} seconds.");
            await Task.Delay(50, Cancel);
        }
    }

    public static Task Until(Func<bool> reached, int withinSeconds = 20) => Until(() => Task.FromResult(reached()), withinSeconds);

    /// <summary>The first value of the first row.</summary>
    public static async Task<T?> Ask<T>(this TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync(Cancel);
    }
}
