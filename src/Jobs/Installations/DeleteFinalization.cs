using System.Diagnostics;
using Marketplace.Core.Installations;
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

    /// <summary>What hinders is gone within moments, where nothing is broken.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>Invoices that Vercel has not settled yet block it there; business time.</summary>
    private static readonly TimeSpan SettlementWait = TimeSpan.FromMinutes(30);

    /// <summary>Half of the shortest window that the contract names: from here on somebody has to look.</summary>
    private static readonly TimeSpan Alarm = TimeSpan.FromHours(6);

    public string Id => "finalization";

    public JobSchedule Schedule => JobSchedule.EverySeconds(10);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await uninstalls.Claim(now, InstallationsMax, Lease, cancel) is { Count: > 0 } claimed)
            await Task.WhenAll(claimed.Select(work => Finalize(work, now, cancel)));
    }

    private async Task Finalize(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var uninstall = await uninstalls.Load(work.Installation, cancel);
            if (uninstall.Hindrance is { } hindrance)
            {
                if (now - uninstall.RequestedAt > Alarm)
                    Late(work.Installation.Value, uninstall.RequestedAt, hindrance);
                await uninstalls.Postpone(work.Installation, hindrance, Glance, cancel);
                return;
            }

            await Finalize(work, uninstall, now, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await uninstalls.Postpone(work.Installation, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    private async Task Finalize(ClaimedWork work, Uninstall uninstall, DateTimeOffset now, CancellationToken cancel)
    {
        switch (await vercel.FinalizeBilling(work.Installation, cancel))
        {
            case VercelAnswer<Nothing>.Accepted:
            case VercelAnswer<Nothing>.Gone:
            case VercelAnswer<Nothing>.NotFound:
                // Either way it is over for Vercel, and nothing of ours is left to tell.
                await uninstalls.Complete(work.Installation, cancel);
                break;
            case VercelAnswer<Nothing>.Refused refused:
                if (now - uninstall.RequestedAt > Alarm)
                    Late(work.Installation.Value, uninstall.RequestedAt, refused.Reason);
                await uninstalls.Defer(work.Installation, refused.Reason, now + SettlementWait, cancel);
                break;
            case VercelAnswer<Nothing>.Unknown unknown:
                await uninstalls.Postpone(
                    work.Installation, unknown.Reason, unknown.RetryAfter ?? Retries.After(work.Attempts), cancel);
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
}
