using System.Diagnostics;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Installations;

/// <summary>
/// Ends an uninstall when the resources are down, the usage is told and the final invoice is taken: then, and only then, Vercel may
/// let the token die. Source: contract §E.5.
/// </summary>
public sealed partial class DeleteFinalization(
    IBillingSchedule schedule, IUninstalls uninstalls, IVercel vercel, ILogger<DeleteFinalization> log) : IScheduledJob
{
    private const int InstallationsMax = 16;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>Invoices that Vercel has not settled yet block it there, and what a person has to mend takes its time; business time.</summary>
    private static readonly TimeSpan SettlementWait = TimeSpan.FromMinutes(30);

    /// <summary>Older documents of the contract name a window of half a day: what is final by then is final in time, whichever holds.</summary>
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromHours(12);

    /// <summary>Half of what there is: from here on somebody has to look.</summary>
    private TimeSpan Alarm => (uninstalls.Window < ShortestWindow ? uninstalls.Window : ShortestWindow) / 2;

    public string Id => "finalization";

    public string Does => "Ends uninstalls once the resources are down, the usage is told and the final invoice is taken.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(10);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => schedule.Claim(BillingWork.Finalization, now, max, Lease, cancel), InstallationsMax, work => work.Installation, work => End(work, now, cancel), cancel);

    private async Task End(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var uninstall = await uninstalls.Load(work.Installation, cancel);
            var windowIsOver = now >= uninstall.RequestedAt + uninstalls.Window;
            var wait = uninstall.Hindrance switch
            {
                null => await Finalize(work, unbilled: null, windowIsOver || uninstall.IsRemoved, now, cancel),
                // The token dies now, or is dead: what is not billed never will be.
                (Hindrance.Unbilled or Hindrance.Refused) and { Text: var unbilled } when windowIsOver =>
                    await Finalize(work, unbilled, windowIsOver, now, cancel),
                // Vercel has ended it by itself, and refuses what is left: nobody can mend that.
                Hindrance.Refused { Text: var unbilled } when uninstall.IsRemoved =>
                    await Finalize(work, unbilled, windowIsOver: true, now, cancel),
                Hindrance.Refused refused => new Wait.Until(refused.Text, now + SettlementWait),
                (Hindrance.StillUp or Hindrance.Unbilled) and { Text: var text } => new Wait.For(text, Retries.Soon(work.Attempts)),
                var other => throw new UnreachableException(other.GetType().Name),
            };
            if (wait is null)
                return;

            if (uninstall.Hindrance is Hindrance.Refused)
                await uninstalls.LookAgain(work.Installation, now, cancel);
            if (now - uninstall.RequestedAt > Alarm)
                Late(work.Installation.Value, uninstall.RequestedAt, wait.Reason);
            await schedule.PutOff(work, wait, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await schedule.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    /// <summary>Null when the installation is final.</summary>
    private async Task<Wait?> Finalize(
        ClaimedWork work, string? unbilled, bool windowIsOver, DateTimeOffset now, CancellationToken cancel)
    {
        switch (await vercel.FinalizeBilling(work.Installation, cancel))
        {
            case VercelAnswer<Nothing>.Refused refused when !windowIsOver:
                return new Wait.Until(refused.Reason, now + SettlementWait);
            case VercelAnswer<Nothing>.Unknown unknown:
                return new Wait.For(unknown.Reason, Retries.After(work.Attempts, unknown.RetryAfter));
            case VercelAnswer<Nothing>.TokenRefused refused when !windowIsOver:
                // It is dead because all is over, or it is another one by mistake: the end of the window tells, and until then nothing is lost.
                return new Wait.Until(refused.Reason, now + SettlementWait);
            case VercelAnswer<Nothing>.Accepted:
            case VercelAnswer<Nothing>.TokenRefused:
            case VercelAnswer<Nothing>.Gone:
            case VercelAnswer<Nothing>.NotFound:
            case VercelAnswer<Nothing>.Refused:
                // Either way it is over for Vercel, and nothing can be told any more: after the window, a no changes nothing.
                if (unbilled is not null)
                    GivenUp(work.Installation.Value, unbilled);
                foreach (var refund in await uninstalls.Complete(work.Installation, unbilled, cancel))
                    RefundGivenUp(refund.Terms.Id.Value, refund.Terms.Amount.Amount, refund.Terms.Invoice.Value, work.Installation.Value, refund is Refund.Failed);
                return null;
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

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Refund {RefundId} of {Amount} dollars of invoice {ExternalId} was not answered by Vercel before {InstallationId} was final, and only Vercel's support can help now (never sent: {NeverSent})")]
    private partial void RefundGivenUp(string refundId, decimal amount, string externalId, string installationId, bool neverSent);
}
