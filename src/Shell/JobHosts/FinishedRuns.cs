namespace Marketplace.Shell.JobHosts;

/// <summary>How a run ended.</summary>
internal enum JobOutcome
{
    Succeeded,
    Failed,

    /// <summary>It was told to stop, with its process.</summary>
    Stopped,

    /// <summary>Its node died under it.</summary>
    Lost,
}

internal static class JobOutcomes
{
    private static readonly string[] Words = ["succeeded", "failed", "stopped", "lost"];

    /// <summary>As it is kept, and shown.</summary>
    public static string WordOf(JobOutcome outcome) => Words[(int)outcome];

    public static JobOutcome Of(string word) => (JobOutcome)Array.IndexOf(Words, word);
}

/// <summary>Who asked for a run, and why.</summary>
internal sealed record RunRequest(string By, string Reason);

/// <summary>One run, or several of the same minute that one node did alike, each in no time.</summary>
/// <param name="StartedAt">Of the first of them, by the database's clock; <paramref name="EndedAt"/> of the last.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
/// <param name="Request">Null where the schedule woke it.</param>
internal sealed record FinishedRuns(
    string Job, DateTimeOffset StartedAt, DateTimeOffset EndedAt, JobOutcome Outcome, int Runs, TimeSpan Took, TimeSpan Longest,
    string? Error, RunRequest? Request)
{
    /// <summary>What takes longer has a row of its own.</summary>
    private static readonly TimeSpan QuickMax = TimeSpan.FromSeconds(10);

    public static FinishedRuns One(
        string job, DateTimeOffset startedAt, TimeSpan took, JobOutcome outcome, string? error = null, RunRequest? request = null) =>
        new(job, startedAt, startedAt + took, outcome, 1, took, took, error, request);

    /// <summary>Whether the later one is told in the same row: a job that is woken every second says the same sixty times a minute.</summary>
    public bool TellsOf(FinishedRuns later) =>
        Outcome is JobOutcome.Succeeded or JobOutcome.Failed
        && later.Outcome == Outcome && later.Error == Error && later.Job == Job
        && Request is null && later.Request is null
        && Longest < QuickMax && later.Longest < QuickMax
        && later.StartedAt.Ticks / TimeSpan.TicksPerMinute == StartedAt.Ticks / TimeSpan.TicksPerMinute;

    public FinishedRuns And(FinishedRuns later) => this with
    {
        EndedAt = later.EndedAt,
        Runs = Runs + later.Runs,
        Took = Took + later.Took,
        Longest = later.Longest > Longest ? later.Longest : Longest,
    };
}
