using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Idempotency;

/// <summary>Forgets the answers to keys that nobody repeats any more, so that what is kept of calls does not grow without end.</summary>
public sealed class AnswerRetention(IKeptAnswers answers) : IScheduledJob
{
    /// <summary>How long Vercel repeats a call is not published (contract §B.0); its webhooks, for comparison, are repeated for a day.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public string Id => "answer-retention";

    public string Does => "Forgets the answers to idempotency keys that nobody repeats any more.";

    public JobSchedule Schedule => new JobSchedule.Cron("17 3 * * *");

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Forgetting.InBatches(max => answers.Forget(now - KeptFor, max, cancel), cancel);
}

/// <summary>The store of the answers to keyed calls.</summary>
public interface IKeptAnswers
{
    /// <summary>Forgets at most <paramref name="max"/> calls that were made before a moment, and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel);
}
