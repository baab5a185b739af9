using System.Diagnostics;
using LanguageExt;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Checks;

/// <summary>
/// Says of each deployment that asks whether the resource serves it: running, then a conclusion, at least once and within the run's time.
/// Source: contract §D.13, §F, <c>deployment.checkrun.*</c>.
/// </summary>
public sealed partial class CheckRuns(ICheckRuns runs, Provisioners provisioners, IVercelDeployments vercel, ILogger<CheckRuns> log) : IScheduledJob
{
    private const int RunsMax = 4;

    private const int AttemptsMax = 3;

    /// <summary>Longer than <see cref="CheckMax"/>, so that nobody else takes what is still under way.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan CheckMax = TimeSpan.FromSeconds(30);

    /// <summary>After its deadline a run is told for so long that it is over; then Vercel has given it up long since. Business time.</summary>
    private static readonly TimeSpan ToldFor = TimeSpan.FromDays(1);

    public string Id => "check-runs";

    public string Does => "Says of each deployment that asks whether the resource serves it.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(1);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(Id, max => runs.Claim(max, Lease, cancel), RunsMax, run => run.Installation, run => Do(run, now, cancel), cancel);

    private async Task Do(CheckRun run, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            if (now >= run.Deadline + ToldFor)
            {
                await runs.End(run, "nobody took its conclusion in time", cancel);
                return;
            }

            if (now < run.Deadline && !await Goes(run, await Tell(run, new RunProgress.Running(), null, cancel), cancel))
                return;
            var (conclusion, text) = now < run.Deadline ? await Conclude(run, now, cancel) : (RunConclusion.Timeout, "The check did not run in time.");
            if (await Goes(run, await Tell(run, new RunProgress.Completed(conclusion, now), text, cancel), cancel))
                await runs.End(run, remark: null, cancel);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            Failed(fault, run.ToString(), run.Attempts);
            await runs.Postpone(run, fault.GetType().Name, Retries.Soon(run.Attempts), cancel);
        }
    }

    private async Task<(RunConclusion, string)> Conclude(CheckRun run, DateTimeOffset now, CancellationToken cancel)
    {
        if (!run.IsServed)
            return (RunConclusion.Failed, "The resource is not in service.");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(run.Deadline - now < CheckMax ? run.Deadline - now : CheckMax);
        try
        {
            var health = await provisioners.Healthy(run.Provisioner).Check(run.Resource, run.Secrets, limit.Token);
            return (health.Serves ? RunConclusion.Succeeded : RunConclusion.Failed, health.Text);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (RunConclusion.Timeout, "The check did not end in time.");
        }
        catch (Exception fault) when (run.Attempts >= AttemptsMax && !cancel.IsCancellationRequested)
        {
            Failed(fault, run.ToString(), run.Attempts);
            return (RunConclusion.Neutral, "The check itself failed, and says nothing of the resource.");
        }
    }

    /// <summary>False where nobody wants to hear it, and where nobody answers: then it is tried again.</summary>
    private async Task<bool> Goes(CheckRun run, VercelAnswer<Nothing> told, CancellationToken cancel)
    {
        switch (told)
        {
            case VercelAnswer<Nothing>.Accepted:
                return true;
            case VercelAnswer<Nothing>.Unknown unknown:
                await runs.Postpone(run, unknown.Reason, Retries.Soon(run.Attempts, unknown.RetryAfter), cancel);
                return false;
            // Another token may come.
            case VercelAnswer<Nothing>.TokenRefused refused:
                await runs.Postpone(run, refused.Reason, Retries.Soon(run.Attempts), cancel);
                return false;
            case VercelAnswer<Nothing>.Refused refused:
                await runs.End(run, $"Vercel says {refused.Status}: {refused.Reason}", cancel);
                return false;
            case VercelAnswer<Nothing>.NotFound missing:
                await runs.End(run, $"Vercel says 404: {missing.Reason}", cancel);
                return false;
            case VercelAnswer<Nothing>.Gone gone:
                await runs.End(run, $"Vercel says that it is over: {gone.Reason}", cancel);
                return false;
            default:
                throw new UnreachableException(told.GetType().Name);
        }
    }

    private Task<VercelAnswer<Nothing>> Tell(CheckRun run, RunProgress progress, string? text, CancellationToken cancel) =>
        vercel.UpdateCheckRun(
            run.Installation, run.Deployment, run.Id,
            new CheckRunUpdate { Progress = Prelude.Some(progress), ConclusionText = Prelude.Optional(text)! }, cancel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The check run {Run} failed at attempt {Attempt}")]
    private partial void Failed(Exception fault, string run, int attempt);
}
