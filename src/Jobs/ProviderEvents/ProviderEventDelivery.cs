using System.Diagnostics;
using Marketplace.Core.ProviderEvents;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.ProviderEvents;

/// <summary>
/// Tells the provider's backend what happened: at least once, in order for each installation, outside any transaction. While one event
/// fails, those behind it in its installation wait; nobody else's do.
/// </summary>
public sealed partial class ProviderEventDelivery(IProviderEvents events, IProviderBackend backend, ILogger<ProviderEventDelivery> log) : IScheduledJob
{
    /// <summary>So many installations at once: a slow answer holds up its own lane alone.</summary>
    private const int Lanes = 16;

    /// <summary>Then others have their turn.</summary>
    private const int LineMax = 50;

    /// <summary>Then the job looks at the clock again. Real time.</summary>
    private static readonly TimeSpan TurnMax = TimeSpan.FromMinutes(1);

    public string Id => "provider-events";

    public string Does => "Tells your backend what happened, in order for each installation.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    private TimeSpan Lease => backend.AnswerMax + TimeSpan.FromMinutes(1);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        if (!backend.IsListening)
            return Task.CompletedTask;

        var began = TimeProvider.System.GetTimestamp();
        return Claims.WorkOff(
            max => TimeProvider.System.GetElapsedTime(began) < TurnMax
                ? events.Claim(now, max, Lease, cancel)
                : Task.FromResult<IReadOnlyList<KeptEvent>>([]),
            Lanes, first => SendLine(first, now, cancel), cancel);
    }

    /// <summary>The event and those behind it, as long as they arrive.</summary>
    private async Task SendLine(KeptEvent first, DateTimeOffset now, CancellationToken cancel)
    {
        var next = first;
        for (var sent = 1; await Send(next, now, cancel) && sent < LineMax && !cancel.IsCancellationRequested; sent++)
        {
            if (await events.ClaimNext(first.Installation, now, Lease, cancel) is not { } behind)
                return;
            next = behind;
        }
    }

    /// <summary>Whether the line goes on.</summary>
    private async Task<bool> Send(KeptEvent sent, DateTimeOffset now, CancellationToken cancel)
    {
        using var span = Traces.Begin(Id, sent.Installation)?.SetTag(Traces.JobTag, Id).SetTag(Traces.KindTag, sent.Type).SetTag(Traces.AttemptTag, sent.Attempts);
        switch (await backend.Send(sent, cancel))
        {
            case BackendAnswer.Accepted:
                await events.Delivered(sent, cancel);
                return true;
            case BackendAnswer.Gone(var setback) when !sent.IsTest:
                Stopped(sent.Type, sent.Installation.Value);
                await events.Stop(sent, setback, now, cancel);
                return false;
            case BackendAnswer.Gone(var setback):
                await events.Dead(sent, setback, cancel);
                return true;
            case BackendAnswer.Failed(var setback, var retryAfter):
                return await Failed(sent, setback, retryAfter, now, cancel);
            case var answer:
                throw new UnreachableException(answer.GetType().Name);
        }
    }

    /// <summary>Whoever sends a test wants to know now.</summary>
    private async Task<bool> Failed(KeptEvent sent, Setback setback, TimeSpan? retryAfter, DateTimeOffset now, CancellationToken cancel)
    {
        if (sent.IsTest || DeliveryLimit.IsReached(sent.TriedSince, sent.Attempts, now))
        {
            if (!sent.IsTest)
                Died(sent.Sequence, sent.Type, sent.Installation.Value, sent.Attempts, setback.Reason);
            await events.Dead(sent, setback, cancel);
            return true;
        }

        var delay = Retries.After(sent.Attempts, retryAfter);
        Postponed(sent.Sequence, sent.Type, sent.Installation.Value, sent.Attempts, setback.Reason, delay);
        await events.Postpone(sent, setback, now + delay, cancel);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Event {Sequence} ({Type}) of installation {InstallationId} was not taken at attempt {Attempt}: {Reason}; it is sent again in {Delay}")]
    private partial void Postponed(long sequence, string type, string installationId, int attempt, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Event {Sequence} ({Type}) of installation {InstallationId} is given up after {Attempts} attempts: {Reason}. When that is mended, have it sent once more: events replay {InstallationId}")]
    private partial void Died(long sequence, string type, string installationId, int attempts, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The provider's backend answered 410 to an event ({Type}) of installation {InstallationId}: events wait until it takes a test (events test), or has another address")]
    private partial void Stopped(string type, string installationId);
}
