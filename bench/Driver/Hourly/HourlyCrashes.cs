using System.Diagnostics;
using Marketplace.Driver.Load;

namespace Marketplace.Driver.Hourly;

/// <summary>
/// The last hour of a period, with its reports and its invoices, by a worker that is killed at random points: in the middle of a call, when
/// Vercel has taken something that nobody has written down.
/// </summary>
/// <param name="server">The command that starts the server.</param>
/// <param name="postgres">The connection string of a role with CREATEDB.</param>
internal sealed class HourlyCrashes(IReadOnlyList<string> server, string postgres, TextWriter say)
{
    private const int HoursOfService = 24;

    // A lease outlives its holder for minutes, which nobody waits for here.
    private const string LeasesAreOver = "update billing_schedule set leased_until = '-infinity', next_attempt_at = clock_timestamp() where leased_until > '-infinity'";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(15);

    /// <exception cref="WrongAnswerException">An hour was missed, or an invoice doubled.</exception>
    public async Task<string> Run(int installations, int kills, int seed, CancellationToken cancel)
    {
        // Each has one report and one invoice.
        var random = new Random(seed);
        var points = Enumerable.Range(1, (2 * installations) - 1).OrderBy(_ => random.Next()).Take(kills).Order().ToArray();
        await say.WriteLineAsync($"{installations:N0} installations, {kills} kills, seed {seed}: seeding");
        await using var worker = await HourlyWorker.Prepare(
            server, postgres, new HourlyEstate(installations, Warming: 0, HoursOfService, EndsPeriod: true), cancel);
        await HourlyEstate.Strike(worker.Database, first: false, cancel);
        await HourlyEstate.StrikePeriod(worker.Database, cancel);

        var started = Stopwatch.StartNew();
        for (var kill = 0; kill < kills; kill++)
        {
            var isKilled = 0;
            worker.Vercel.Called = call =>
            {
                if (call >= points[kill] && Interlocked.Exchange(ref isKilled, 1) == 0)
                    worker.Kill();
                return Task.CompletedTask;
            };
            worker.Launch();
            await worker.Ended(cancel).WaitAsync(RunMax, cancel);
            if (isKilled == 0)
                throw new WrongAnswerException($"the worker ended by itself:{Environment.NewLine}{string.Join(Environment.NewLine, worker.LastLines)}");
            await worker.Database.Execute(LeasesAreOver, cancel);
        }

        worker.Vercel.Called = _ => Task.CompletedTask;
        await worker.Start(cancel);
        await Done(worker, started, cancel);
        return await Checked(worker, installations, kills, started.Elapsed, cancel);
    }

    private static async Task Done(HourlyWorker worker, Stopwatch started, CancellationToken cancel)
    {
        while (await worker.Database.Count(
            $"select count(*) from (select from billing_schedule where due_at <= '{HourlyEstate.DueAt:O}' limit 1) as due", cancel) > 0)
        {
            if (started.Elapsed > RunMax)
                throw new WrongAnswerException($"the run is not over after {RunMax.TotalMinutes:0} minutes");
            await Task.Delay(Poll, cancel);
        }
    }

    private static async Task<string> Checked(
        HourlyWorker worker, int installations, int kills, TimeSpan took, CancellationToken cancel)
    {
        var confirmed = await worker.Database.Count("select count(*) from usage_slot where state = 'confirmed'", cancel);
        var missed = ((long)installations * HoursOfService) - confirmed;
        var recorded = await worker.Database.Count("select count(*) from invoice where state in ('accepted', 'known')", cancel);
        var charged = worker.Vercel.Charged;
        var doubled = charged.Values.Sum(count => count - 1);
        var result = $"{installations:N0} installations, {kills} kills, {took.TotalSeconds:0} s: {missed} slots missed, {doubled} invoices doubled, "
            + $"{installations - charged.Count} missed; {worker.Vercel.Reports - installations} reports and {worker.Vercel.Asked - installations} invoices were sent once more";
        return missed == 0 && doubled == 0 && charged.Count == installations && recorded == installations
            ? result
            : throw new WrongAnswerException($"{result}; {recorded} invoices on record");
    }
}
