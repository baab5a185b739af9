using System.Diagnostics;
using System.Security.Cryptography;
using Marketplace.Driver.Customers;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;
using Marketplace.Driver.Scenarios;
using Marketplace.Driver.Servers;

namespace Marketplace.Driver;

/// <summary>
/// Floor and server in the same run, on databases of their own in the same PostgreSQL, in turns: while one is under load the other
/// is held, and takes nothing.
/// </summary>
internal sealed class Bench(BenchPlan plan, BenchTarget target, TextWriter say)
{
    private const int LinesTold = 10;
    private const int ResourcesEach = 8;

    private static readonly TimeSpan SoakSample = TimeSpan.FromSeconds(1);

    /// <summary>Lives need newcomers, and are made of the others.</summary>
    private IEnumerable<Scenario> Warming =>
        target.Scenarios.Count == 1 && target.Scenarios[0].IsOfNewcomers ? Scenario.All.Where(scenario => !scenario.IsOfNewcomers)
        : target.Scenarios.Where(scenario => !scenario.IsOfNewcomers);

    private readonly long started = Stopwatch.GetTimestamp();

    /// <exception cref="WrongAnswerException">A server said what it must not say.</exception>
    public async Task<Findings> Run(CancellationToken cancel)
    {
        await using var vercel = await VercelSide.Start(cancel);
        Say("signing tokens");
        var customers = Many(plan.Connections, () => Many(plan.CustomersPerConnection, () => Customer.Mint(vercel.Tokens)));
        var newcomers = Many(
            plan.Rounds, () => Many(plan.Connections, () => Many(plan.LivesPerConnection, () => Customer.Mint(vercel.Tokens))));

        Say("starting the servers");
        var settings = Settings(vercel);
        await using var floor = await Contender.Start("floor", target.Floor, target.Postgres, settings, target.Purchase, customers, cancel);
        await using var server = await Contender.Start("server", target.Server, target.Postgres, settings, target.Purchase, customers, cancel);
        try
        {
            var atStart = server.Memory;
            await Guarantees.Hold(server, Customer.Mint(vercel.Tokens), customers[0][0], cancel);

            var scores = target.Scenarios.Select(scenario => new Score(scenario)).ToList();
            await Alone(server, floor, () => WarmUp(floor, "floor", plan.FloorWarmUp, cancel));
            await Alone(floor, server, () => WarmUp(server, "server", plan.WarmUp, cancel));
            for (var round = 0; round < plan.Rounds; round++)
            {
                await Alone(server, floor, () => Round(floor, round, newcomers[round], scores, isFloor: true, cancel));
                await Alone(floor, server, () => Round(server, round, newcomers[round], scores, isFloor: false, cancel));
            }

            var soak = target.Scenarios.Count == Scenario.All.Count ? await Soak(server, cancel) : null;
            Say("asking the database whether every promise was kept");
            await Guarantees.WereKept(server, cancel);
            return new Findings(plan, scores, atStart, server.Memory, soak);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            foreach (var line in server.LastLines.TakeLast(LinesTold).Concat(floor.LastLines.TakeLast(LinesTold)))
                await say.WriteLineAsync($"    {line}");
            throw;
        }
    }

    /// <summary>While the one is under load, the other takes nothing.</summary>
    private static async Task Alone(Contender held, Contender loaded, Func<Task> load)
    {
        held.Pause();
        loaded.Resume();
        await load();
    }

    private async Task WarmUp(Contender contender, string name, TimeSpan time, CancellationToken cancel)
    {
        Say($"warming up the {name}");
        await contender.InstallAll(cancel);
        if (Warming.Any(scenario => scenario.NeedsResources))
            await contender.Provision(ResourcesEach, cancel);
        await contender.Measure(estate => Warmer.Of(estate, Warming), TimeSpan.Zero, time, cancel);
    }

    private async Task Round(
        Contender contender, int round, Customer[][] newcomers, List<Score> scores, bool isFloor, CancellationToken cancel)
    {
        var name = isFloor ? "floor" : "server";
        Say($"round {round + 1} of {plan.Rounds}: {name}");
        foreach (var (estate, own) in contender.Estates.Zip(newcomers))
        {
            estate.Newcomers.Clear();
            foreach (var newcomer in own)
                estate.Newcomers.Enqueue(newcomer);
        }

        foreach (var score in scores)
        {
            if (score.Scenario.NeedsResources && contender.Estates.Any(estate => estate.Resources.Count == 0))
                await contender.Provision(ResourcesEach, cancel);
            var result = await contender.Measure(score.Scenario.User, plan.RunUp, plan.Measured, cancel);
            if (result.Latencies.Count == 0)
                throw new WrongAnswerException($"nothing was answered in time: {score.Scenario.Name}, {name}");
            score.Add(isFloor, result);
        }
    }

    private async Task<Soak> Soak(Contender server, CancellationToken cancel)
    {
        Say($"GET and PATCH in turn for {plan.Soak.TotalSeconds:0} s: does the memory grow?");
        await server.Provision(ResourcesEach, cancel);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sampling = Sample(server, done.Token);
        var result = await server.Measure(estate => new Worker(estate), TimeSpan.Zero, plan.Soak, cancel);
        await done.CancelAsync();
        return new Soak(result, await sampling);
    }

    private static async Task<IReadOnlyList<long>> Sample(Contender server, CancellationToken cancel)
    {
        var samples = new List<long>();
        while (!cancel.IsCancellationRequested)
        {
            if (server.Memory.Resident is { } resident)
                samples.Add(resident);
            await Task.Delay(SoakSample, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return samples;
    }

    /// <summary>All but the database.</summary>
    public Dictionary<string, string> Settings(VercelSide vercel) => new(StringComparer.Ordinal)
    {
        ["Vercel__ApiBaseUrl"] = vercel.BaseUrl,
        ["Vercel__Issuer"] = vercel.BaseUrl,
        ["Vercel__MetadataAddress"] = $"{vercel.BaseUrl}/.well-known/openid-configuration",
        ["Vercel__IntegrationId"] = VercelSide.IntegrationId,
        ["Vercel__ClientSecret"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        ["Vercel__Slug"] = "benchmark",
        ["Catalog__Path"] = target.Catalogue,
        ["DataProtection__Key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["urls"] = "http://127.0.0.1:0",
        [SocketCompletions.Variable] = "0",
    };

    private void Say(string what) => say.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {what}");

    private static T[] Many<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}

/// <summary>What is measured.</summary>
/// <param name="Server">The command that starts the server, its role included.</param>
/// <param name="Floor">The command that starts the floor.</param>
/// <param name="Postgres">The connection string of a role with CREATEDB, on the PostgreSQL that both use.</param>
/// <param name="Catalogue">The path of the catalogue.</param>
internal sealed record BenchTarget(
    IReadOnlyList<string> Server, IReadOnlyList<string> Floor, string Postgres, string Catalogue, Purchase Purchase,
    IReadOnlyList<Scenario> Scenarios)
{
    public override string ToString() => nameof(BenchTarget);
}
