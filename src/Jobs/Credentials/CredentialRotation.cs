using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Credentials;

/// <summary>
/// Replaces the tokens of installations, on a schedule and on demand: a new one is made and kept, it is tried, it is used, and only then
/// the old one is revoked. Whoever comes after a crash goes on from what is held; where the answer with a new token was lost, the old one
/// still works, and another is made. Source: contract §D.3.
/// </summary>
public sealed partial class CredentialRotation(IRotations rotations, IVercelCredentials vercel, ILogger<CredentialRotation> log) : IScheduledJob
{
    private const int InstallationsMax = 4;

    private const int Conflict = 409;

    /// <summary>Longer than three calls to Vercel, and what is read and written around them.</summary>
    private static readonly TimeSpan Lease = (3 * VercelPatience.AnswerMax) + TimeSpan.FromMinutes(1);

    /// <summary>What Vercel refuses is not offered again at once: somebody has to look, or to enable it.</summary>
    private static readonly TimeSpan RefusalWait = TimeSpan.FromHours(1);

    public string Id => "credentials";

    public string Does => "Replaces the tokens of installations, on a schedule and on demand.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(5);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(
            Id, max => rotations.Claim(now, max, Lease, cancel), InstallationsMax, claimed => claimed.Installation, claimed => Rotate(claimed, cancel), cancel);

    /// <summary>One installation's fault is its own: it is tried again later, and delays nobody else.</summary>
    private async Task Rotate(ClaimedRotation claimed, CancellationToken cancel)
    {
        try
        {
            if (await GoOn(claimed, cancel) is { } delay)
                await rotations.Postpone(claimed.Installation, delay, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Failed(fault, claimed.Installation.Value, claimed.Attempts);
            await rotations.Postpone(claimed.Installation, Retries.After(claimed.Attempts), cancel);
        }
    }

    /// <summary>Null when the rotation is at its end, or there is no token any more; else how long to wait.</summary>
    private async Task<TimeSpan?> GoOn(ClaimedRotation claimed, CancellationToken cancel)
    {
        var held = await rotations.Load(claimed.Installation, cancel);
        while (held is not null)
        {
            var isLast = held is HeldTokens.Superseding;
            (held, var wait) = held switch
            {
                HeldTokens.Settled settled => await Make(claimed, settled, cancel),
                HeldTokens.Unproven unproven => await Try(claimed, unproven, cancel),
                HeldTokens.Superseding superseding => await Revoke(claimed, superseding, cancel),
                _ => throw new UnreachableException(held.GetType().Name),
            };
            if (wait is not null || isLast)
                return wait;
        }

        return null;
    }

    private async Task<Step> Make(ClaimedRotation claimed, HeldTokens.Settled settled, CancellationToken cancel) =>
        await vercel.Rotate(claimed.Installation, settled.Current, cancel) switch
        {
            VercelAnswer<AccessToken>.Accepted(var made) => new(await rotations.Keep(claimed.Installation, settled.Current, made, cancel)),
            // It may have been made: then nobody will ever know it, and the one that is used works on.
            var refused => Halt(claimed, settled, refused, "made"),
        };

    private async Task<Step> Try(ClaimedRotation claimed, HeldTokens.Unproven unproven, CancellationToken cancel)
    {
        switch (await vercel.Try(claimed.Installation, unproven.Next, cancel))
        {
            case VercelAnswer<Nothing>.Accepted:
                return new(await rotations.Use(claimed.Installation, unproven, cancel));
            case VercelAnswer<Nothing>.TokenRefused refused:
                // Another is made in the next round.
                NotWorking(claimed.Installation.Value, refused.Reason);
                return new(await rotations.Discard(claimed.Installation, unproven, cancel)) { Wait = Retries.After(claimed.Attempts) };
            case var other:
                return Halt(claimed, unproven, other, "tried");
        }
    }

    private async Task<Step> Revoke(ClaimedRotation claimed, HeldTokens.Superseding superseding, CancellationToken cancel) =>
        await vercel.Revoke(claimed.Installation, superseding.Former, superseding.Current, cancel) switch
        {
            // What Vercel does not know opens nothing either.
            VercelAnswer<Nothing>.Accepted or VercelAnswer<Nothing>.NotFound =>
                new(await rotations.Forget(claimed.Installation, superseding, cancel)),
            var refused => Halt(claimed, superseding, refused, "revoked"),
        };

    /// <summary>Nothing is changed, and it is gone on with later.</summary>
    private Step Halt<T>(ClaimedRotation claimed, HeldTokens held, VercelAnswer<T> answer, string step)
    {
        var (reason, wait) = answer switch
        {
            VercelAnswer<T>.Unknown unknown => (unknown.Reason, Retries.After(claimed.Attempts, unknown.RetryAfter)),
            // Somebody else is at it.
            VercelAnswer<T>.Refused { Status: Conflict } conflict => ($"409: {conflict.Reason}", Retries.After(claimed.Attempts)),
            VercelAnswer<T>.Refused refused => ($"{refused.Status}: {refused.Reason}", RefusalWait),
            VercelAnswer<T>.NotFound missing => ($"404: {missing.Reason}", RefusalWait),
            VercelAnswer<T>.TokenRefused refused => (refused.Reason, VercelPatience.TokenWait),
            VercelAnswer<T>.Gone gone => (gone.Reason, RefusalWait),
            _ => throw new UnreachableException(answer.GetType().Name),
        };
        Halted(claimed.Installation.Value, step, claimed.Attempts, reason, wait);
        return new(held) { Wait = wait };
    }

    /// <param name="Held">What is held after it; null when there is no token any more.</param>
    private sealed record Step(HeldTokens? Held)
    {
        /// <summary>Present where it is not gone on with now.</summary>
        public TimeSpan? Wait { get; init; }

        public void Deconstruct(out HeldTokens? held, out TimeSpan? wait) => (held, wait) = (Held, Wait);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The token of installation {InstallationId} could not be rotated at attempt {Attempt}; it is tried again, and the old one works on")]
    private partial void Failed(Exception fault, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The rotation of the token of installation {InstallationId} waits to be {Step} at attempt {Attempt}: {Reason}; it is gone on with in {Delay}")]
    private partial void Halted(string installationId, string step, int attempt, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The new token of installation {InstallationId} does not work: {Reason}; the old one goes on, and another is made")]
    private partial void NotWorking(string installationId, string reason);
}
