using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.OperatorConsole.Jobs.Pages;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Tables;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Jobs;

/// <summary>GET /ops/jobs/{jobId}: how a job stands, what came of its runs, and what people did to it.</summary>
internal static class ShowJobEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private const int ChartRowsMax = 60;
    private const int ActionsMax = 20;

    private static readonly TableShape Shape = new("Runs", "-started")
    {
        Columns = [new("Began", "started"), new("Node"), new("Runs", IsNumber: true), new("Took", IsNumber: true), new("Outcome"), new("About it")],
        Filters =
        [
            TableFilter.Choice("outcome", "Outcome", [.. Enum.GetValues<JobOutcome>().Select(one => new FilterChoice(JobOutcomes.WordOf(one), JobWords.Of(one).Text))]),
        ],
        Empty = new("No runs yet", "What comes of its runs is here a few seconds after they end."),
    };

    private static async Task<IResult> Handle(
        Operator person, string jobId, HttpRequest request, JobsView jobs, NpgsqlDataSource database, OperatorMessages messages, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var report = await jobs.Load(connection, at: null, cancel);
        if (report.Jobs.FirstOrDefault(known => known.Id == jobId) is not { } job)
            return messages.NoSuch(person.Frame, "Job", JobPaths.Root, "To the jobs");

        var found = await JobViewRows.Runs(connection, jobId, Asked(asked), cancel);
        var (rows, table) = asked.Show(found, runs => PageCursor.After(PageCursor.Part(runs.Runs.StartedAt), runs.Node));
        var newest = await JobViewRows.Runs(connection, jobId, AskedRuns.Newest(ChartRowsMax), cancel);
        var actions = await JobViewRows.Actions(connection, jobId, ActionsMax, cancel);
        return OperatorPage.Of<JobPage>(person.Frame, new JobPageView(
            job.Id, JobPaths.Of(job.Id), job.Does, JobWords.Of(job.State), Facts(job, report),
            job.Pause is { } pause ? new NoticeView(Tone.Warn, $"Paused by {pause.By} since {JobWords.At(pause.At).Text}", pause.Reason, null) : null,
            job.Asked is { } run ? new NoticeView(Tone.Busy, $"{run.By} has asked for a run, which begins when a node is free", run.Reason, null) : null,
            Trouble(job), job.Pause is not null, job.Pause is null && job.Asked is null,
            Durations([.. newest.Reverse()]), table, [.. rows.Select(Row)],
            [.. actions.Select(action => new JobActionRow(JobWords.At(action.At), action.Actor, action.Cause))]));
    }

    /// <summary>The way to the runbook, where something is amiss with it.</summary>
    private static NoticeView? Trouble(JobOverview job) =>
        job.State is JobState.Unserved or JobState.Late ? new NoticeView(Tone.Bad, "No node has woken it in its time", null, RunbookLinks.NoWorker)
        : job.Last?.Runs.Outcome is JobOutcome.Failed or JobOutcome.Lost ? new NoticeView(Tone.Bad, "Its last run failed", "What went wrong is below.", RunbookLinks.JobStaysFailed)
        : job.Failures > 0 ? new NoticeView(Tone.Warn, "It failed within the hour", "Its last run went well.", RunbookLinks.JobFails)
        : null;

    private static AskedRuns Asked(TableQuery asked)
    {
        var outcome = asked.Filter("outcome");
        return asked.After switch
        {
            null => new AskedRuns(asked.IsDescending, null, null, outcome, TableQuery.Look),
            { Parts: [var moment, var node] } when PageCursor.Moment(moment) is { } at => new AskedRuns(asked.IsDescending, at, node, outcome, TableQuery.Look),
            _ => throw TableQuery.Stale(),
        };
    }

    private static List<Fact> Facts(JobOverview job, JobsReport report)
    {
        var facts = new List<Fact> { new("Schedule", Sentence(JobWords.Of(job.Schedule))) };
        if (job.Pause is null && job.Wake?.Next is { } next)
            facts.Add(new Fact("Next run", Sentence(JobWords.Next(report.At, next, job.State).Text)));
        facts.Add(new Fact("Last run", job.Last is { } last ? Sentence(JobWords.From(report.At, last.Runs.EndedAt).Text) : "Never"));
        if (job.UnderWay is { } under)
            facts.Add(new Fact("Under way", $"For {JobWords.Took(report.At > under.Since ? report.At - under.Since : TimeSpan.Zero)} on {under.Node}"));
        facts.Add(new Fact("Failed within the hour", Shown.Quantity(job.Failures)));
        facts.Add(new Fact("Woken by", report.Host));
        return facts;
    }

    private static ChartView Durations(IReadOnlyList<KeptRuns> runs) => new(
        "How long runs took", [.. runs.Select(one => $"{one.Runs.StartedAt.UtcDateTime:HH:mm:ss}")],
        [
            new ChartSeries("on average", ChartTone.Accent, [.. runs.Select(one => Milliseconds(one.Runs.Took / one.Runs.Runs))]),
            new ChartSeries("the longest", ChartTone.Quiet, [.. runs.Select(one => Milliseconds(one.Runs.Longest))]),
        ],
        value => JobWords.Took(TimeSpan.FromMilliseconds((double)value)));

    private static RunRow Row(KeptRuns kept)
    {
        var runs = kept.Runs;
        return new RunRow(
            JobWords.At(runs.StartedAt), kept.Node, runs.Runs, JobWords.Took(runs.Took / runs.Runs),
            runs.Runs > 1 ? $"at most {JobWords.Took(runs.Longest)}" : null, JobWords.Of(runs.Outcome), runs.Error,
            runs.Request is { } request ? $"Asked for by {request.By}: {request.Reason}" : null);
    }

    private static decimal Milliseconds(TimeSpan span) => Math.Round((decimal)span.TotalMilliseconds, 1);

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}";
}
