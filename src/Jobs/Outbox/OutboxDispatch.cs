using System.Diagnostics;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Outbox;

/// <summary>Sends what Vercel must hear: at least once, in order for each installation, outside any transaction.</summary>
public sealed partial class OutboxDispatch(IOutbox outbox, IVercel vercel, ILogger<OutboxDispatch> log) : IScheduledJob
{
    private const int MessagesMax = 16;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    public string Id => "outbox";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public async Task RunOnce(DateTimeOffset now, CancellationToken cancel)
    {
        while (await outbox.Claim(now, MessagesMax, Lease, cancel) is { Count: > 0 } claimed)
            await Task.WhenAll(claimed.Select(message => Send(message, cancel)));
    }

    private async Task Send(OutboxMessage message, CancellationToken cancel)
    {
        if (await outbox.Read(message, cancel) is not { } truth)
        {
            await outbox.Delivered(message, cancel);
            return;
        }

        switch (message.Kind)
        {
            case MessageKind.ResourceState:
                await Settle(message, await vercel.UpdateResource(message.Installation, truth.Resource, truth.Secrets, cancel), cancel);
                break;
            case MessageKind.ResourceSecrets:
                await Settle(message, await vercel.ReplaceSecrets(message.Installation, truth.Resource.Id, truth.Secrets, cancel), cancel);
                break;
            case MessageKind.ResourceAdoption:
                await Adopt(message, truth, cancel);
                break;
            default:
                throw new UnreachableException(message.Kind.ToString());
        }
    }

    private async Task Adopt(OutboxMessage message, ResourceTruth truth, CancellationToken cancel)
    {
        if (truth.Adopted || truth.Resource is Resource.Uninstalled)
        {
            await outbox.Delivered(message, cancel);
            return;
        }

        var known = await vercel.GetResource(message.Installation, truth.Resource.Id, cancel);
        if (known is VercelAnswer<Nothing>.NotFound)
        {
            Undone(message.Installation.Value, truth.Resource.Id.Value);
            await outbox.Undo(message, cancel);
        }
        else if (known is VercelAnswer<Nothing>.Accepted)
        {
            await Settle(message, await vercel.UpdateResource(message.Installation, truth.Resource, truth.Secrets, cancel), cancel);
        }
        else
        {
            await Settle(message, known, cancel);
        }
    }

    private Task Settle<T>(OutboxMessage message, VercelAnswer<T> answer, CancellationToken cancel)
    {
        switch (answer)
        {
            case VercelAnswer<T>.Accepted:
                return outbox.Delivered(message, cancel);
            case VercelAnswer<T>.Unknown unknown:
                var delay = unknown.RetryAfter ?? Retries.After(message.Attempts);
                Failed(message.Kind, message.Installation.Value, message.Attempts, unknown.Reason, delay);
                return outbox.Postpone(message, unknown.Reason, delay, cancel);
            case VercelAnswer<T>.Refused refused:
                return Die(message, $"{refused.Status}: {refused.Reason}", cancel);
            case VercelAnswer<T>.NotFound missing:
                return Die(message, $"404: {missing.Reason}", cancel);
            case VercelAnswer<T>.Gone gone:
                return Die(message, gone.Reason, cancel);
            default:
                throw new UnreachableException(answer.GetType().Name);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Kind} of installation {InstallationId} cannot be delivered: {Reason}")]
    private partial void Died(MessageKind kind, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Vercel does not know resource {ResourceId} of installation {InstallationId}, whose provision was never answered: it is undone")]
    private partial void Undone(string installationId, string resourceId);
}
