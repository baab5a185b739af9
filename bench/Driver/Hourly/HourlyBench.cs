using System.Diagnostics;
using System.Globalization;
using Marketplace.Driver.Load;
using Marketplace.Driver.Report;

namespace Marketplace.Driver.Hourly;

/// <summary>
/// The run of an hour over ever more installations: how long it takes, what that is for each, and how much memory the worker needs. And
/// over a few with ever longer billing periods behind them.
/// </summary>
/// <param name="server">The command that starts the server.</param>
/// <param name="postgres">The connection string of a role with CREATEDB.</param>
internal sealed class HourlyBench(IReadOnlyList<string> server, string postgres, TextWriter say)
{
    private const int HoursOfService = 24;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(20);

    private readonly long started = Stopwatch.GetTimestamp();

    /// <param name="sizes">How many installations.</param>
    /// <param name="warming">How many more are reported beforehand.</param>
    /// <param name="ages">How many hours their periods have run, at the first of the sizes.</param>
    /// <param name="areLevels">What is billed is read by the hour, not reported.</param>
    public async Task<string> Run(
        IReadOnlyList<int> sizes, IReadOnlyList<int> ages, int warming, bool areLevels, CancellationToken cancel)
    {
        var table = new Table(
            ">installations", ">hours so far", ">seconds", ">ms each", ">of the worker", ">of PostgreSQL", ">transactions each", ">MB at most");
        foreach (var (installations, hours) in sizes.Select(size => (size, HoursOfService)).Concat(ages.Where(age => age > HoursOfService).Select(age => (sizes[0], age))))
        {
            var run = await Hour(new HourlyEstate(installations, warming, hours, IsLevel: areLevels), cancel);
            table.Add(
                run.Reports.ToString("N0", CultureInfo.InvariantCulture), hours.ToString(CultureInfo.InvariantCulture),
                Text(run.Took.TotalSeconds, "0.0"), Text(run.Each(run.Took), "0.00"), Text(run.Each(run.Worker), "0.00"),
                Text(run.Each(run.Postgres), "0.00"), Text((double)run.Transactions / run.Reports, "0.0"),
                Text(run.Peak / (1024.0 * 1024), "0"));
        }

        return string.Join('\n', table.Lines());
    }

    /// <exception cref="WrongAnswerException">An installation is not reported, or not once.</exception>
    private async Task<HourlyRun> Hour(HourlyEstate estate, CancellationToken cancel)
    {
        Say($"{estate.Installations:N0} installations after {estate.Hours} hours: seeding");
        await using var worker = await HourlyWorker.Prepare(server, postgres, estate, cancel);
        await worker.Start(cancel);
        await worker.Vercel.CaughtUp.WaitAsync(RunMax, cancel);
        try
        {
            await HourlyEstate.Strike(worker.Database, first: true, cancel);
            var warm = await Done(worker, cancel);
            Say($"    {warm:N0} are reported, to warm up; the hour strikes for the others");
            await HourlyEstate.Strike(worker.Database, first: false, cancel);
            worker.Vercel.Restart();
            var before = await HourlySpent.SoFar(worker, cancel);
            var reports = await Done(worker, cancel) - warm;
            var after = await HourlySpent.SoFar(worker, cancel);
            var run = new HourlyRun(
                reports, worker.Vercel.Span, after.Worker - before.Worker, after.Postgres - before.Postgres,
                after.Transactions - before.Transactions, worker.Memory.Peak ?? 0);
            if (worker.Vercel.Reports != reports || warm != estate.Warming || reports != estate.Installations)
                throw new WrongAnswerException($"{worker.Vercel.Reports} reports for {reports} of {estate.Installations} installations");
            Say($"    {reports:N0} reports in {run.Took.TotalSeconds:0.0} s");
            return run;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            foreach (var line in worker.LastLines.TakeLast(10))
                await say.WriteLineAsync($"    {line}");
            throw;
        }
    }

    /// <summary>How many have the hour confirmed, once nothing is due any more.</summary>
    private static async Task<int> Done(HourlyWorker worker, CancellationToken cancel)
    {
        var since = Stopwatch.StartNew();
        while (await worker.Database.Count(
            $"""
            select exists (select from billing_schedule where work = 'usage' and attempts = 0 and due_at <= '{HourlyEstate.DueAt:O}')::integer
                + exists (select from billing_schedule where work = 'usage' and attempts > 0)::integer
            """,
            cancel) > 0)
        {
            if (since.Elapsed > RunMax)
                throw new WrongAnswerException($"the run is not over after {RunMax.TotalMinutes:0} minutes");
            await Task.Delay(Poll, cancel);
        }

        return (int)await worker.Database.Count(
            $"select count(*) from usage_slot where state = 'confirmed' and slot_start = '{HourlyEstate.DueAt.AddHours(-1):O}'", cancel);
    }

    private void Say(string what) => say.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds,6:0.0} s  {what}");

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
