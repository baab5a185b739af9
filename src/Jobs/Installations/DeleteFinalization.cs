using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Usage;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Installations;

/// <summary>
/// Ends an uninstall when the resources are down, the usage is told and the final invoice is taken: then, and only then, Vercel may
/// let the token die. Source: contract §E.5.
/// </summary>
public sealed partial class DeleteFinalization(IUninstalls uninstalls, IVercel vercel, ILogger<DeleteFinalization> log)
    : IScheduledJob
{
    private const int InstallationsMax = 16;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Invoices that Vercel has not settled yet block it there, and what a person has to mend takes its time; business time.</summary>
    private static readonly TimeSpan SettlementWait = TimeSpan.FromMinutes(30);

    /// <summary>Half of the shortest window that the contract names: from here on somebody has to look.</summary>
    private static readonly TimeSpan Alarm = TimeSpan.FromHours(6);

    public string Id => "finalization";

    public JobSchedule Schedule => JobSchedule.EverySeconds(10);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            max => uninstalls.Claim(now, max, Lease, cancel), InstallationsMax, work => End(work, now, cancel), cancel);

    private async Task End(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var uninstall = await uninstalls.Load(work.Installation, cancel);
            if (uninstall.Hindrance is not { } hindrance)
            {
                await Finalize(work, uninstall, unbilled: null, now, cancel);
                return;
            }

            if (now - uninstall.RequestedAt > Alarm)
                Late(work.Installation.Value, uninstall.RequestedAt, hindrance.Text);
            var windowIsOver = now >= uninstall.RequestedAt + uninstalls.Window;
            switch (hindrance)
            {
                case Hindrance.Unbilled or Hindrance.Refused when windowIsOver:
                    // The token dies now, or is dead: what is not billed never will be.
                    await Finalize(work, uninstall, hindrance.Text, now, cancel);
                    break;
                case Hindrance.Refused:
                    await uninstalls.Defer(work, hindrance.Text, now + SettlementWait, cancel);
                    break;
                case Hindrance.StillUp or Hindrance.Unbilled:
                    await uninstalls.Postpone(work, hindrance.Text, Retries.Soon(work.Attempts), cancel);
                    break;
                default:
                    throw new UnreachableException(hindrance.GetType().Name);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await uninstalls.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    private async Task Finalize(
        ClaimedWork work, Uninstall uninstall, string? unbilled, DateTimeOffset now, CancellationToken cancel)
    {
        switch (await vercel.FinalizeBilling(work.Installation, cancel))
        {
            case VercelAnswer<Nothing>.Accepted:
            case VercelAnswer<Nothing>.Gone:
            case VercelAnswer<Nothing>.NotFound:
                // Either way it is over for Vercel, and nothing can be told any more.
                if (unbilled is not null)
                    GivenUp(work.Installation.Value, unbilled);
                await uninstalls.Complete(work.Installation, unbilled, cancel);
                break;
            case VercelAnswer<Nothing>.Refused refused:
                if (now - uninstall.RequestedAt > Alarm)
                    Late(work.Installation.Value, uninstall.RequestedAt, refused.Reason);
                await uninstalls.Defer(work, refused.Reason, now + SettlementWait, cancel);
                break;
            case VercelAnswer<Nothing>.Unknown unknown:
                await uninstalls.Postpone(work, unknown.Reason, unknown.RetryAfter ?? Retries.After(work.Attempts), cancel);
                break;
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The uninstall of {InstallationId} could not be finished at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The uninstall of {InstallationId}, asked for at {RequestedAt}, is still not final: {Hindrance}. When Vercel's window closes, what is not billed is lost")]
    private partial void Late(string installationId, DateTimeOffset requestedAt, string hindrance);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel's window for {InstallationId} is over, and this is not billed: {Unbilled}")]
    private partial void GivenUp(string installationId, string unbilled);
}
