using System.Diagnostics;
using LanguageExt;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Checks;

/// <summary>Registers the checks that the catalogue declares, for each project that is connected to a resource. Source: contract §D.13, v2.</summary>
/// <remarks>
/// Vercel cannot be asked which checks there are, and knows no name for them that would be ours. So one whose answer is lost may be there
/// twice: each run is concluded all the same.
/// </remarks>
public sealed partial class ProjectChecks(IProjectChecks checks, IVercelDeployments vercel, ILogger<ProjectChecks> log) : IScheduledJob
{
    private const int ChecksMax = 4;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public string Id => "project-checks";

    public string Does => "Registers the checks that the catalogue declares, for each project that is connected to a resource.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(5);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(Id, max => checks.Claim(max, Lease, cancel), ChecksMax, check => check.Installation, check => Register(check, cancel), cancel);

    private async Task Register(WantedCheck check, CancellationToken cancel)
    {
        try
        {
            if (check.Declared is not { } declared)
            {
                await checks.Refused(check, "the resource is gone, or the catalogue does not declare it any more", cancel);
                return;
            }

            switch (await vercel.CreateProjectCheck(
                check.Installation, check.Project,
                new ProjectCheck(declared.Name)
                {
                    IsRerequestable = true,
                    Requires = CheckRequirement.None,
                    Blocks = declared.IsBlocking ? CheckBarrier.DeploymentPromotion : CheckBarrier.None,
                    Timeout = declared.Timeout,
                    Resource = check.Resource,
                },
                cancel))
            {
                case VercelAnswer<Option<CheckId>>.Accepted(var id):
                    await checks.Registered(check, id.MatchUnsafe<CheckId?>(known => known, () => null), cancel);
                    break;
                case VercelAnswer<Option<CheckId>>.Unknown unknown:
                    await checks.Postpone(check, unknown.Reason, Retries.After(check.Attempts, unknown.RetryAfter), cancel);
                    break;
                // Another token may come.
                case VercelAnswer<Option<CheckId>>.TokenRefused refused:
                    await checks.Postpone(check, refused.Reason, VercelPatience.TokenWait, cancel);
                    break;
                case VercelAnswer<Option<CheckId>>.Refused refused:
                    await Refuse(check, $"{refused.Status}: {refused.Reason}", cancel);
                    break;
                case VercelAnswer<Option<CheckId>>.NotFound missing:
                    await Refuse(check, $"404: {missing.Reason}", cancel);
                    break;
                case VercelAnswer<Option<CheckId>>.Gone gone:
                    await Refuse(check, gone.Reason, cancel);
                    break;
                case var other:
                    throw new UnreachableException(other.GetType().Name);
            }
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            Failed(fault, check.ToString(), check.Attempts);
            await checks.Postpone(check, fault.GetType().Name, Retries.After(check.Attempts), cancel);
        }
    }

    private Task Refuse(WantedCheck check, string reason, CancellationToken cancel)
    {
        NotTaken(check.ToString(), reason);
        return checks.Refused(check, reason, cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The check {Check} could not be registered at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string check, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel does not take the check {Check}: {Reason}")]
    private partial void NotTaken(string check, string reason);
}
