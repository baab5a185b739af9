using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.Audit;
using Marketplace.Shell.JobHosts;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.JobHosts;

/// <summary>Two nodes that run the same jobs, and a server that runs none, on one database.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private readonly Probe[] jobs;

    public TwoNodes()
    {
        Gate = new SemaphoreSlim(0);
        Steady = new Probe("steady");
        Broken = new Probe("broken") { Work = _ => throw new InvalidOperationException("It broke, password=hunter2 in hand.") };
        Nightly = new Probe("nightly") { Schedule = new JobSchedule.Cron("30 3 * * *") };
        Slow = new Probe("slow") { Schedule = new JobSchedule.Cron("30 4 * * *"), Work = Gate.WaitAsync };
        Pausable = new Probe("pausable");
        jobs = [Steady, Broken, Nightly, Slow, Pausable];
    }

    public TestDatabase Database { get; private set; } = null!;

    public TestServer Api { get; private set; } = null!;

    public TestServer One { get; private set; } = null!;

    public TestServer Other { get; private set; } = null!;

    internal Probe Steady { get; }

    internal Probe Broken { get; }

    internal Probe Nightly { get; }

    /// <summary>It ends when the gate lets it.</summary>
    internal Probe Slow { get; }

    internal SemaphoreSlim Gate { get; }

    internal Probe Pausable { get; }

    internal static Actor Ada { get; } = new("operator:ada", "tests: it must be so");

    internal JobControls Controls => Api.Services.GetRequiredService<JobControls>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.Create(Cancel);
        Api = await Database.Start(Role.Api, []);
        var nodes = await Task.WhenAll(Database.Start(Role.Worker, jobs), Database.Start(Role.Worker, jobs));
        (One, Other) = (nodes[0], nodes[1]);
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Release(100);
        foreach (var server in new[] { Api, One, Other })
            await server.DisposeAsync();
        Gate.Dispose();
        await Database.DisposeAsync();
    }

    /// <summary>As whoever runs no job sees it.</summary>
    internal async Task<JobsReport> Look()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync(Cancel);
        return await Api.Services.GetRequiredService<JobsView>().Load(connection, at: null, Cancel);
    }

    internal async Task<JobOverview> Look(Probe job) => (await Look()).Jobs.Single(known => known.Id == job.Id);
}
