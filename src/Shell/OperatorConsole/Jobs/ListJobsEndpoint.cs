using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.JobHosts;
using Marketplace.Shell.OperatorConsole.Jobs.Pages;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.OperatorConsole.Tables;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Jobs;

/// <summary>GET /ops/jobs: every job and every node. There are a few dozen of them, whatever the number of customers.</summary>
internal static class ListJobsEndpoint
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Handle);

    private static readonly TableShape Shape = new("Jobs", "job")
    {
        Columns =
        [
            new("Job", "job"), new("What it does, and when"), new("Last run", "last"), new("Next run", "next"), new("Failed within the hour", "failed", IsNumber: true), new("State"),
        ],
        Search = "Name, or what it does",
        Filters =
        [
            TableFilter.Choice("state", "State", [.. Enum.GetValues<JobState>().Select(state => new FilterChoice(Key(state), JobWords.Of(state).Text))]),
        ],
        Empty = new("No jobs yet", "They are here from the first start of a worker on: --role worker, or --role all."),
    };

    private static async Task<IResult> Handle(Operator person, HttpRequest request, JobsView jobs, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var report = await jobs.Load(connection, at: null, cancel);
        var (rows, table) = asked.Show(Found(report, asked), job => PageCursor.After(job.Id));
        return OperatorPage.Of<JobListPage>(person.Frame, new JobListView(
            report.Host, JobHost.Dashboard, Trouble(report), table, [.. rows.Select(job => Row(job, report.At))], [.. report.Nodes.Select(node => Row(node, report.At))]));
    }

    private static List<JobOverview> Found(JobsReport report, TableQuery asked)
    {
        var found = report.Jobs
            .Where(job => asked.Filter("state") is not { } state || Key(job.State) == state)
            .Where(job => asked.Search is not { } words
                || job.Id.Contains(words, StringComparison.OrdinalIgnoreCase) || job.Does.Contains(words, StringComparison.OrdinalIgnoreCase));
        var ordered = asked.Sort switch
        {
            "last" => found.OrderBy(job => job.Last?.Runs.EndedAt).ThenBy(job => job.Id, StringComparer.Ordinal),
            "next" => found.OrderBy(job => job.Wake?.Next).ThenBy(job => job.Id, StringComparer.Ordinal),
            "failed" => found.OrderBy(job => job.Failures).ThenBy(job => job.Id, StringComparer.Ordinal),
            _ => found.OrderBy(job => job.Id, StringComparer.Ordinal),
        };
        IEnumerable<JobOverview> rows = asked.IsDescending ? ordered.Reverse() : ordered;
        return asked.After is { Parts: [var last] } ? [.. rows.SkipWhile(job => job.Id != last).Skip(1)]
            : asked.After is null ? [.. rows]
            : throw TableQuery.Stale();
    }

    private static NoticeView? Trouble(JobsReport report) =>
        report.Jobs.Count > 0 && report.Living == 0
            ? new NoticeView(Tone.Bad, "No node lives", "Nothing is done until a worker runs again: --role worker, or --role all. Then one run makes up for all that were missed.", RunbookLinks.NoWorker)
        : report.Jobs.Where(job => job.Pause is not null).Select(job => job.Id).ToList() is { Count: > 0 } paused
            ? new NoticeView(Tone.Warn, $"{Counted.Of(paused.Count, "job is", "jobs are")} paused: {string.Join(", ", paused)}", "What they do waits until somebody resumes them.", null)
        : report.Jobs.Where(job => job.Failures > 0).Select(job => job.Id).ToList() is { Count: > 0 } failing
            ? new NoticeView(Tone.Warn, $"{Counted.Of(failing.Count, "job", "jobs")} failed within the hour: {string.Join(", ", failing)}", "The next wake tries again. The page of the job says why.", RunbookLinks.JobFails)
        : null;

    private static JobRow Row(JobOverview job, DateTimeOffset now) => new(
        job.Id, JobPaths.Of(job.Id), job.Does, JobWords.Of(job.Schedule),
        job.Last is { } last ? JobWords.From(now, last.Runs.EndedAt) : null,
        job.Last is { Runs: var runs } ? $"{JobWords.Of(runs.Outcome).Text}, {JobWords.Took(runs.Took / runs.Runs)}" : null,
        job.Pause is null && job.Wake?.Next is { } next ? JobWords.Next(now, next, job.State) : null,
        job.Failures, JobWords.Of(job.State));

    private static NodeRow Row(NodeOverview node, DateTimeOffset now) => new(
        node.Name, JobWords.Of(node), JobWords.At(node.StartedAt), JobWords.From(now, node.SeenAt), node.Version,
        node is { Lives: true, Running.Count: > 0 } ? string.Join(", ", node.Running.Keys.Order(StringComparer.Ordinal)) : "—");

    private static string Key(JobState state) => state.ToString().ToLowerInvariant();
}
