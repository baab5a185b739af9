using System.Diagnostics;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Outbox;

/// <summary>Sends what Vercel must hear: at least once, in order for each installation, outside any transaction.</summary>
public sealed partial class OutboxDispatch(IOutbox outbox, IVercel vercel, ILogger<OutboxDispatch> log) : IScheduledJob
{
    /// <summary>
    /// How long Vercel may take to know a resource: it stores the resource after it has read our answer, and it may repeat a provision
    /// whose answer it never read. Business time.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private const int MessagesMax = 16;

    /// <summary>Longer than two calls to Vercel, of which each may be made once more with a new token.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at whether Vercel knows the resource by now.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    /// <summary>A token that Vercel does not accept may be replaced; until then nothing is given up.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(15);

    public string Id => "outbox";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) =>
        Claims.WorkOff(max => outbox.Claim(now, max, Lease, cancel), MessagesMax, message => Send(message, now, cancel), cancel);

    /// <summary>One message's fault is its own: it is sent again later, and delays no other installation.</summary>
    private async Task Send(OutboxMessage message, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            if (await Call(message, cancel) is { } answer)
                await Settle(message, answer, now, cancel);
            else
                await outbox.Delivered(message, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Faulted(fault, message.Kind, message.Installation.Value, message.Attempts);
            await outbox.Postpone(message, fault.GetType().Name, Retries.After(message.Attempts), cancel);
        }
    }

    /// <summary>Null when there is nothing to say any more.</summary>
    private async Task<VercelAnswer<Nothing>?> Call(OutboxMessage message, CancellationToken cancel)
    {
        if (message.Kind == MessageKind.InstallationNotice)
        {
            return await outbox.ReadInstallation(message, cancel) is { } installation
                ? await vercel.UpdateInstallation(installation, cancel)
                : null;
        }

        return await outbox.Read(message, cancel) is { } truth ? await Call(message, truth, cancel) : null;
    }

    private async Task<VercelAnswer<Nothing>> Call(OutboxMessage message, ResourceTruth truth, CancellationToken cancel)
    {
        switch (message.Kind)
        {
            case MessageKind.ResourceState:
                return await vercel.UpdateResource(message.Installation, truth.Resource, truth.Secrets, cancel);
            case MessageKind.ResourceStatus:
                return await vercel.UpdateResource(message.Installation, truth.Resource, LanguageExt.Seq<Core.Secrets.Secret>.Empty, cancel);
            case MessageKind.ResourceSecrets:
                return await vercel.UpdateSecrets(message.Installation, truth.Resource.Id, new SecretsChange.Whole(truth.Secrets), cancel);
            case MessageKind.ResourceAdoption:
                var known = await vercel.GetResource(message.Installation, truth.Resource.Id, cancel);
                return known is VercelAnswer<VercelResource>.Accepted
                    ? await vercel.UpdateResource(message.Installation, truth.Resource, truth.Secrets, cancel)
                    : known.Map(_ => default(Nothing));
            default:
                throw new UnreachableException(message.Kind.ToString());
        }
    }

    private Task Settle(OutboxMessage message, VercelAnswer<Nothing> answer, DateTimeOffset now, CancellationToken cancel)
    {
        switch (answer)
        {
            case VercelAnswer<Nothing>.Accepted when message.Kind is not (MessageKind.ResourceState or MessageKind.ResourceAdoption):
                return outbox.Delivered(message, cancel);
            case VercelAnswer<Nothing>.Accepted:
                return outbox.Adopt(message, cancel);
            case VercelAnswer<Nothing>.Unknown unknown:
                var delay = unknown.RetryAfter ?? Retries.After(message.Attempts);
                Failed(message.Kind, message.Installation.Value, message.Attempts, unknown.Reason, delay);
                return outbox.Postpone(message, unknown.Reason, delay, cancel);
            case VercelAnswer<Nothing>.NotFound missing:
                return Unknown(message, $"404: {missing.Reason}", now, cancel);
            case VercelAnswer<Nothing>.Refused refused:
                return Die(message, $"{refused.Status}: {refused.Reason}", cancel);
            case VercelAnswer<Nothing>.TokenRefused refused:
                NoAccess(message.Kind, message.Installation.Value, refused.Reason);
                return outbox.Postpone(message, refused.Reason, Stuck, cancel);
            case VercelAnswer<Nothing>.Gone gone:
                return Die(message, gone.Reason, cancel);
            default:
                throw new UnreachableException(answer.GetType().Name);
        }
    }

    /// <summary>Not known yet, or not at all: only time tells.</summary>
    private Task Unknown(OutboxMessage message, string reason, DateTimeOffset now, CancellationToken cancel)
    {
        var givenUpAt = message.CreatedAt + Patience;
        if (now < givenUpAt)
            return outbox.Defer(message, reason, now + Look < givenUpAt ? now + Look : givenUpAt, cancel);

        switch (message.Kind)
        {
            case MessageKind.ResourceState or MessageKind.ResourceAdoption:
                Undone(message.Installation.Value, message.Resource?.Value);
                return outbox.Undo(message, cancel);
            case MessageKind.ResourceSecrets or MessageKind.ResourceStatus or MessageKind.InstallationNotice:
                return Die(message, reason, cancel);
            default:
                throw new UnreachableException(message.Kind.ToString());
        }
    }

    private Task Die(OutboxMessage message, string reason, CancellationToken cancel)
    {
        Died(message.Kind, message.Installation.Value, reason);
        return outbox.Dead(message, reason, cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Message {Kind} of installation {InstallationId} failed at attempt {Attempt}: {Reason}; it is sent again in {Delay}")]
    private partial void Failed(MessageKind kind, string installationId, int attempt, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Message {Kind} of installation {InstallationId} could not be sent at attempt {Attempt}; it is tried again")]
    private partial void Faulted(Exception fault, MessageKind kind, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Message {Kind} waits, because Vercel does not accept the token of installation {InstallationId}: {Reason}")]
    private partial void NoAccess(MessageKind kind, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Kind} of installation {InstallationId} cannot be delivered: {Reason}")]
    private partial void Died(MessageKind kind, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Vercel does not know resource {ResourceId} of installation {InstallationId}, whose provision was never answered: it is undone")]
    private partial void Undone(string installationId, string? resourceId);
}
