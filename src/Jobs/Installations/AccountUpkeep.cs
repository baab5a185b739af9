using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Installations;

/// <summary>
/// Asks Vercel who the team of an active installation is: after the install, when a member has changed, and once a day. Whoever installed
/// it may leave; the installation goes on, with the contact that there is then. Source: contract §D.2, §I.
/// </summary>
public sealed partial class AccountUpkeep(IAccounts accounts, IVercel vercel, ILogger<AccountUpkeep> log) : IScheduledJob
{
    private const int InstallationsMax = 4;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public string Id => "accounts";

    public string Does => "Asks Vercel who the team of an installation is: after the install, when a member has changed, and once a day.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(15);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => accounts.Claim(now, max, Lease, cancel), InstallationsMax, claimed => claimed.Installation, claimed => Read(claimed, now, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task Read(ClaimedAccount claimed, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var next = AccountReading.NextAt(claimed.Installation, now);
            switch (await vercel.GetAccount(claimed.Installation, cancel))
            {
                case VercelAnswer<Account>.Accepted(var account):
                    await accounts.Learn(claimed, account, next, cancel);
                    break;
                case VercelAnswer<Account>.Unknown unknown:
                    NotRead(claimed.Installation.Value, unknown.Reason);
                    await accounts.Postpone(claimed, Retries.After(claimed.Attempts, unknown.RetryAfter), cancel);
                    break;
                case VercelAnswer<Account>.Refused refused:
                    await PutOff(claimed, $"{refused.Status}: {refused.Reason}", next, cancel);
                    break;
                case VercelAnswer<Account>.NotFound missing:
                    await PutOff(claimed, $"404: {missing.Reason}", next, cancel);
                    break;
                case VercelAnswer<Account>.TokenRefused refused:
                    await PutOff(claimed, refused.Reason, next, cancel);
                    break;
                case VercelAnswer<Account>.Gone gone:
                    await PutOff(claimed, gone.Reason, next, cancel);
                    break;
                case var other:
                    throw new UnreachableException(other.GetType().Name);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, claimed.Installation.Value, claimed.Attempts);
            await accounts.Postpone(claimed, Retries.After(claimed.Attempts), cancel);
        }
    }

    /// <summary>What we know already stays.</summary>
    private Task PutOff(ClaimedAccount claimed, string reason, DateTimeOffset next, CancellationToken cancel)
    {
        NotSaid(claimed.Installation.Value, reason, next);
        return accounts.PutOff(claimed, next, cancel);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The account of installation {InstallationId} could not be read at attempt {Attempt}; it is tried again")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Vercel gave no answer about the account of installation {InstallationId}: {Reason}; it is asked again")]
    private partial void NotRead(string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Vercel does not say who installation {InstallationId} is: {Reason}; it is asked again at {Next}")]
    private partial void NotSaid(string installationId, string reason, DateTimeOffset next);
}
