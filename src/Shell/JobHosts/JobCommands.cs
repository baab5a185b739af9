using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Npgsql;
using static Marketplace.Shell.Configuration.CommandParts;

namespace Marketplace.Shell.JobHosts;

/// <summary>The jobs from the command line, through the database alone: whoever asks needs no server.</summary>
internal static class JobCommands
{
    public static Command Command(CommandHost host) =>
        new("jobs", "Shows the jobs, and has one run now, pause, or go on.")
        {
            ListCommand(host),
            ChangeCommand(
                host, "run", "Has a job run once more, as soon as a node is free.", "the run is asked for", "there is no such job, it is paused, or a run is asked for already",
                (controls, job, actor, reason, cancel) => controls.Run(job, actor, reason, cancel)),
            ChangeCommand(
                host, "pause", "Has no node begin a job until it is resumed. What it does waits.", "it is paused", "there is no such job, or it is paused already",
                (controls, job, actor, reason, cancel) => controls.Pause(job, actor, reason, cancel)),
            ChangeCommand(
                host, "resume", "Lets a paused job run again.", "it runs again", "there is no such job, or it is not paused",
                (controls, job, actor, _, cancel) => controls.Resume(job, actor, cancel)),
        };

    public static async Task<int> List(NpgsqlDataSource database, bool asJson, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var report = await new JobsView(JobHost.Wakes).Load(connection, at: null, cancel);
        if (asJson)
            return await SayJson(JobsWire.Of(report));

        foreach (var job in report.Jobs)
        {
            var last = job.Last is { Runs: var runs } ? $"{JobOutcomes.WordOf(runs.Outcome)} at {Time(runs.EndedAt)}" : "never ran";
            await Console.Out.WriteLineAsync($"{job.Id}  {job.State.ToString().ToLowerInvariant()}  {last}{(job.Wake?.Next is { } next ? $"  next at {Time(next)}" : "")}");
            if (job.Pause is { } pause)
                await Console.Out.WriteLineAsync($"  paused by {pause.By} at {Time(pause.At)}: {pause.Reason}");
        }

        if (report.Jobs.Count == 0)
            await Console.Out.WriteLineAsync("There is none: no worker has ever run on this database.");
        await Console.Error.WriteLineAsync($"{Counted.Of(report.Living, "node runs", "nodes run")} them.");
        return 0;
    }

    /// <param name="change">Of the job, with who asks and the reason.</param>
    public static async Task<int> Change(
        NpgsqlDataSource database, string verb, string job, string reason,
        Func<JobControls, string, Actor, string, CancellationToken, Task<JobAnswer>> change, CancellationToken cancel)
    {
        if (AuditReason.Problem(reason) is { } problem)
            return await SayNothingDone($"--reason: {problem}");

        switch (await change(new JobControls(database), job, Actor.Operator($"jobs {verb}: {reason.Trim()}"), reason.Trim(), cancel))
        {
            case JobAnswer.Done:
                await Console.Out.WriteLineAsync(verb switch
                {
                    "run" => $"{job} runs within seconds where a node is free; jobs list shows what comes of it.",
                    "pause" => $"{job} is begun by no node any more; a run that is under way comes to its end.",
                    "resume" => $"{job} runs again from its next wake on.",
                    _ => throw new UnreachableException(verb),
                });
                return 0;
            case JobAnswer.Unknown:
                return await SayNothingDone($"There is no job {job}. See: jobs list.");
            case JobAnswer.Paused:
                return await SayNothingDone($"{job} is paused: resume it first.");
            default:
                return await SayNothingDone(verb switch
                {
                    "run" => $"A run of {job} is asked for already, and begins when a node is free.",
                    "pause" => $"{job} is paused already.",
                    _ => $"{job} is not paused.",
                });
        }
    }

    private static OperatorCommand ListCommand(CommandHost host)
    {
        var json = CommandParts.Json("As JSON, with the nodes.");
        var command = Of("list", "Lists every job, how it stands, and when it ran and will run.", json);
        command.SetAction(host.OnDatabase((app, parsed, cancel) => List(app.Services.GetRequiredService<NpgsqlDataSource>(), parsed.GetValue(json), cancel)));
        return command.Examples("jobs list", "jobs list --json").Ends("they are listed");
    }

    private static OperatorCommand ChangeCommand(
        CommandHost host, string verb, string description, string done, string otherwise,
        Func<JobControls, string, Actor, string, CancellationToken, Task<JobAnswer>> change)
    {
        var job = new Argument<string>("job") { Description = "The job's name, as jobs list has it." };
        var reason = Reason();
        var command = Of(verb, description, job, reason);
        command.SetAction(host.OnDatabase((app, parsed, cancel) => Change(
            app.Services.GetRequiredService<NpgsqlDataSource>(), verb, parsed.GetValue(job)!, parsed.GetValue(reason)!, change, cancel)));
        return command.Examples($"jobs {verb} outbox-retention --reason \"The disk was full\"").Ends(done, otherwise);
    }

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>The jobs and the nodes as JSON.</summary>
internal sealed record JobsWire(string Host, IReadOnlyList<JobWire> Jobs, IReadOnlyList<NodeWire> Nodes)
{
    public static JobsWire Of(JobsReport report) => new(
        report.Host,
        [.. report.Jobs.Select(job => new JobWire(
            job.Id, job.Does, job.State.ToString().ToLowerInvariant(), (job.Schedule as JobSchedule.Every)?.Interval.TotalSeconds,
            (job.Schedule as JobSchedule.Cron)?.Expression, job.Last?.Runs.EndedAt, job.Last is { Runs: var runs } ? JobOutcomes.WordOf(runs.Outcome) : null,
            job.Last?.Runs.Error, job.Wake?.Next, job.Pause is { } pause ? new PauseWire(pause.By, pause.Reason, pause.At) : null))],
        [.. report.Nodes.Select(node => new NodeWire(node.Name, node.Lives, node.StartedAt, node.SeenAt, node.StoppedAt))]);
}

internal sealed record JobWire(
    string Id, string Does, string State, double? IntervalSeconds, string? Cron, DateTimeOffset? LastEndedAt, string? LastOutcome, string? LastError,
    DateTimeOffset? NextAt, PauseWire? Paused);

internal sealed record PauseWire(string By, string Reason, DateTimeOffset At);

internal sealed record NodeWire(string Name, bool IsAlive, DateTimeOffset StartedAt, DateTimeOffset SeenAt, DateTimeOffset? StoppedAt);
