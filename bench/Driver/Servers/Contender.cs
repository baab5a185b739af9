using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;
using Marketplace.Driver.Scenarios;

namespace Marketplace.Driver.Servers;

/// <summary>A server under measurement: its process, its database, and what each connection has there.</summary>
internal sealed class Contender : IAsyncDisposable
{
    private readonly ServerProcess process;
    private readonly int? postmaster;

    private Contender(FreshDatabase database, ServerProcess process, Uri baseUrl, int? postmaster, IReadOnlyList<Estate> estates)
    {
        this.process = process;
        this.postmaster = postmaster;
        (Database, BaseUrl, Estates) = (database, baseUrl, estates);
    }

    /// <summary>One for each connection.</summary>
    public IReadOnlyList<Estate> Estates { get; }

    public PartnerCalls Calls => Estates[0].Calls;

    public FreshDatabase Database { get; }

    public Uri BaseUrl { get; }

    public Memory Memory => new(ProcessStatistics.Resident(process.Id), ProcessStatistics.ResidentPeak(process.Id));

    public IEnumerable<string> LastLines => process.LastLines;

    /// <summary>Starts the server on an empty database.</summary>
    /// <param name="settings">All but the database.</param>
    public static async Task<Contender> Start(
        string purpose, IReadOnlyList<string> words, string postgres, IReadOnlyDictionary<string, string> settings,
        Purchase purchase, IReadOnlyList<Customer[]> customers, CancellationToken cancel)
    {
        var database = await FreshDatabase.Create(postgres, purpose, cancel);
        ServerProcess? started = null;
        try
        {
            started = ServerProcess.Start(words, new Dictionary<string, string>(settings)
            {
                ["ConnectionStrings__Marketplace"] = database.ConnectionString,
            });
            var listening = await started.Listening(cancel);
            var backend = (int)await database.Count("select pg_backend_pid()", cancel);
            var calls = new PartnerCalls(purchase);
            return new Contender(
                database, started, listening, ProcessStatistics.Parent(backend),
                [.. customers.Select(own => new Estate(calls, own, new Queue<Customer>()))]);
        }
        catch
        {
            if (started is not null)
                await started.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    public void Pause() => process.Pause();

    public void Resume() => process.Resume();

    /// <summary>What every connection needs before anything can be measured: installed customers.</summary>
    public Task InstallAll(CancellationToken cancel) =>
        new ClosedLoop(BaseUrl, [.. Estates.Select(estate => new Installer(estate, once: true))]).ToTheEnd(cancel);

    /// <summary>Makes resources without measuring.</summary>
    public Task Provision(int each, CancellationToken cancel) =>
        new ClosedLoop(BaseUrl, [.. Estates.Select(estate => new Provisioner(estate, each))]).ToTheEnd(cancel);

    /// <summary>Every connection does the same for the given time.</summary>
    public async Task<Result> Measure(
        Func<Estate, User> user, TimeSpan warmUp, TimeSpan duration, CancellationToken cancel)
    {
        Spent before = default, after;
        var measured = await new ClosedLoop(BaseUrl, [.. Estates.Select(user)]).For(
            warmUp, duration, async () => before = await SpentSoFar(cancel), cancel);
        after = await SpentSoFar(cancel);
        return new Result(measured.Duration, measured.Latencies, after - before);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await Database.DisposeAsync();
    }

    private async Task<Spent> SpentSoFar(CancellationToken cancel) => new(
        ProcessStatistics.ProcessorTime(process.Id),
        postmaster is { } parent ? ProcessStatistics.ProcessorTimeOfFamily(parent) : null,
        Environment.CpuUsage.TotalTime,
        await Database.Transactions(cancel));
}

/// <summary>In bytes; null where the system does not say.</summary>
internal readonly record struct Memory(long? Resident, long? Peak);

/// <summary>Processor time of the three processes that share the machine, and the server's transactions.</summary>
internal readonly record struct Spent(TimeSpan? Server, TimeSpan? Postgres, TimeSpan Driver, long Transactions)
{
    public static Spent operator +(Spent one, Spent other) => new(
        one.Server + other.Server, one.Postgres + other.Postgres, one.Driver + other.Driver, one.Transactions + other.Transactions);

    public static Spent operator -(Spent after, Spent before) => new(
        after.Server - before.Server, after.Postgres - before.Postgres, after.Driver - before.Driver,
        after.Transactions - before.Transactions);
}

/// <summary>What one server did in one scenario; results of several rounds add up.</summary>
internal sealed record Result(TimeSpan Duration, Latencies Latencies, Spent Spent)
{
    public double PerSecond => Latencies.Count / Duration.TotalSeconds;

    public static Result operator +(Result one, Result other)
    {
        var latencies = new Latencies();
        latencies.Add(one.Latencies);
        latencies.Add(other.Latencies);
        return new Result(one.Duration + other.Duration, latencies, one.Spent + other.Spent);
    }
}
