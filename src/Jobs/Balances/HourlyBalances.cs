using System.Diagnostics;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Balances;

/// <summary>
/// Burns the credit of every installation with a prepayment plan, every hour, and tells Vercel what is left. It follows the reading of
/// the meters, and whatever moves a balance in between. Source: contract §D.9, §E.12.
/// </summary>
/// <remarks>
/// A statement that never arrived is not sent late: the next one says what is left by then, and the newest wins.
/// </remarks>
public sealed partial class HourlyBalances(
    IBillingSchedule schedule, IPrepaidBalances balances, IVercel vercel, ILogger<HourlyBalances> log) : IScheduledJob
{
    private const int InstallationsMax = 16;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public string Id => "balances";

    public string Does => "Burns the credit of installations with a prepayment plan, every hour, and tells Vercel what is left.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(5);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => schedule.Claim(BillingWork.Balances, now, max, Lease, cancel), InstallationsMax, work => work.Installation, work => Settle(work, now, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task Settle(ClaimedWork work, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var statement = await balances.Settle(work, now, cancel);
            if (!statement.Balances.IsEmpty && await Tell(work, statement, cancel) is { } wait)
                await schedule.PutOff(work, wait, cancel);
            else
                await schedule.Done(work, statement.ChangesAt.MatchUnsafe<DateTimeOffset?>(at => at, () => null), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, work.Installation.Value, work.Attempts);
            await schedule.Postpone(work, fault.GetType().Name, Retries.After(work.Attempts), cancel);
        }
    }

    /// <summary>Null when Vercel has answered.</summary>
    private async Task<Wait?> Tell(ClaimedWork work, BalanceStatement statement, CancellationToken cancel)
    {
        switch (await vercel.SubmitBalances(statement, cancel))
        {
            case VercelAnswer<Nothing>.Accepted:
                await balances.Told(statement, refusal: null, cancel);
                return null;
            case VercelAnswer<Nothing>.Unknown unknown:
                return new Wait.For(unknown.Reason, Retries.After(work.Attempts, unknown.RetryAfter));
            case VercelAnswer<Nothing>.Refused refused:
                return await Refused(statement, $"{refused.Status}: {refused.Reason}", cancel);
            case VercelAnswer<Nothing>.NotFound missing:
                return await Refused(statement, $"404: {missing.Reason}", cancel);
            case VercelAnswer<Nothing>.TokenRefused refused:
                NoAccess(work.Installation.Value, refused.Reason);
                return new Wait.ForToken(refused.Reason);
            case VercelAnswer<Nothing>.Gone gone:
                return await Refused(statement, gone.Reason, cancel);
            case var other:
                throw new UnreachableException(other.GetType().Name);
        }
    }

    /// <summary>Sending the same again cannot help. The next hour says something else.</summary>
    private async Task<Wait?> Refused(BalanceStatement statement, string reason, CancellationToken cancel)
    {
        StatementRefused(statement.Installation.Value, statement.Hour.Start, reason);
        await balances.Told(statement, reason, cancel);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Balances of installation {InstallationId} could not be settled at attempt {Attempt}; they are tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Balances wait, because Vercel does not accept the token of installation {InstallationId}: {Reason}")]
    private partial void NoAccess(string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Vercel refused the balances of installation {InstallationId} for {Slot}: {Reason}")]
    private partial void StatementRefused(string installationId, DateTimeOffset slot, string reason);
}
