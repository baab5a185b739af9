using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Experiments;
using Marketplace.Jobs.Scheduling;
using Marketplace.Jobs.Telemetry;
using Marketplace.Jobs.Vercel;
using Microsoft.Extensions.Logging;

namespace Marketplace.Jobs.Outbox;

/// <summary>Sends what Vercel must hear: at least once, in order for each installation, outside any transaction.</summary>
public sealed partial class OutboxDispatch(
    IOutbox outbox, IVercel vercel, ExperimentTelling experiments, ILogger<OutboxDispatch> log) : IScheduledJob
{
    /// <summary>
    /// How long Vercel may take to know a resource: it stores the resource after it has read our answer, and it may repeat a provision
    /// whose answer it never read. Business time.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>
    /// So often a message that brings no answer holds up those behind it: more than an hour. Then they go first, and it is tried again
    /// when there is nothing else to say; what each of them says is read when it is sent, so that nothing old overtakes anything new.
    /// </summary>
    public const int AttemptsInLine = 12;

    /// <summary>Three days, at a quarter of an hour each. Nobody at Vercel is going to take it any more.</summary>
    public const int AttemptsMax = 300;

    private const int MessagesMax = 16;

    /// <summary>Then others have their turn.</summary>
    private const int LineMax = 50;

    /// <summary>What is said may change while it is being said. Where it does again and again, those who change it send their own messages.</summary>
    private const int TimesSaidMax = 5;

    /// <summary>Longer than two calls to Vercel, and what is read and written around them.</summary>
    private static readonly TimeSpan Lease = (2 * VercelPatience.AnswerMax) + TimeSpan.FromMinutes(1);

    /// <summary>Between two looks at whether Vercel knows the resource by now.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    public string Id => "outbox";

    public string Does => "Sends Vercel what it has still to hear, in order for each installation.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) => Claims.WorkOff(
        max => outbox.Claim(now, max, AttemptsInLine, Lease, cancel), MessagesMax, message => SendLine(message, now, cancel), cancel);

    /// <summary>The message and those behind it: to look through everybody's for each would cost more than to send it.</summary>
    private async Task SendLine(OutboxMessage first, DateTimeOffset now, CancellationToken cancel)
    {
        await Send(first, now, cancel);
        for (var sent = 1; sent < LineMax && !cancel.IsCancellationRequested; sent++)
        {
            if (await outbox.ClaimNext(first.Installation, now, AttemptsInLine, Lease, cancel) is not { } next)
                return;
            await Send(next, now, cancel);
        }
    }

    /// <summary>One message's fault is its own: it is sent again later, and delays no other installation.</summary>
    private async Task Send(OutboxMessage message, DateTimeOffset now, CancellationToken cancel)
    {
        using var span = Traces.Begin(Id, message.Installation, message.Cause)
            ?.SetTag(Traces.JobTag, Id).SetTag(Traces.KindTag, message.Kind).SetTag(Traces.ResourceTag, message.Resource?.Value)
            .SetTag(Traces.AttemptTag, message.Attempts);
        try
        {
            if (await outbox.Read(message, cancel) is { } content)
                await Settle(message, content, await Say(message, content, cancel), now, cancel);
            else
                await outbox.Delivered(message, cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Faulted(fault, message.Kind, message.Installation.Value, message.Attempts);
            await (message.Attempts < AttemptsInLine
                ? outbox.Postpone(message, Setback.Of(fault), Retries.After(message.Attempts), cancel)
                : Die(message, Setback.Of(fault), cancel));
        }
    }

    private async Task<VercelAnswer<Nothing>> Say(OutboxMessage message, MessageContent content, CancellationToken cancel)
    {
        switch (message.Kind, content)
        {
            case (MessageKind.ResourceState, MessageContent.OfResource(var resource, var secrets)):
                return await vercel.UpdateResource(message.Installation, resource, SecretsChange.To(secrets), cancel);
            case (MessageKind.ResourceStatus, MessageContent.OfResource(var resource, _)):
                return await vercel.UpdateResource(message.Installation, resource, Option<SecretsChange>.None, cancel);
            case (MessageKind.ResourceSecrets, MessageContent.OfResource(var resource, var secrets)):
                return await SecretsChange.To(secrets).Match(
                    change => vercel.UpdateSecrets(message.Installation, resource.Id, change, cancel),
                    // Told by the answer to a rotation that came after the one that this is about.
                    () => Task.FromResult<VercelAnswer<Nothing>>(new VercelAnswer<Nothing>.Accepted(default)));
            case (MessageKind.ResourceImport, MessageContent.OfResource(var resource, var secrets)):
                return await vercel.ImportResource(message.Installation, VercelImport.Of(resource, secrets.All), cancel);
            case (MessageKind.ResourceAdoption, MessageContent.OfResource(var resource, var secrets)):
                var known = await vercel.GetResource(message.Installation, resource.Id, cancel);
                return known is VercelAnswer<VercelResource>.Accepted
                    ? await vercel.UpdateResource(message.Installation, resource, SecretsChange.To(secrets), cancel)
                    : known.Map(_ => default(Nothing));
            case (MessageKind.InstallationNotice, MessageContent.OfInstallation(var installation)):
                return await vercel.UpdateInstallation(installation, cancel);
            case (MessageKind.ResourceSync, MessageContent.OfResource whole):
                return await Sync(message.Installation, whole, cancel);
            case (MessageKind.ResourceFacts, MessageContent.OfResource facts):
                return await Sync(message.Installation, facts, cancel);
            case (MessageKind.ResourceRestore, MessageContent.OfResource whole):
                return await vercel.ImportResource(message.Installation, VercelImport.Of(whole.Resource, whole.Secrets, whole.Plan), cancel)
                    is var told and not VercelAnswer<Nothing>.Accepted
                    ? told
                    : await Sync(message.Installation, whole, cancel);
            case (MessageKind.ResourceExperiments, MessageContent.OfResource(var resource, _)):
                return await experiments.Tell(message.Installation, resource, cancel);
            case (MessageKind.ResourceRemoval, MessageContent.OfNoResource(var gone)):
                return await vercel.DeleteResource(message.Installation, gone, cancel);
            case (MessageKind.InstallationSync, MessageContent.OfInstallation whole):
                return await Sync(whole, cancel);
            default:
                throw new UnreachableException($"{message.Kind} of {content.GetType().Name}");
        }
    }

    /// <summary>What is pushed is there at once; the event is for what a push cannot say, such as that there is no plan any more.</summary>
    private async Task<VercelAnswer<Nothing>> Sync(InstallationId installation, MessageContent.OfResource whole, CancellationToken cancel) =>
        await vercel.SyncResource(installation, whole.Resource, whole.Plan, SecretsChange.To(whole.Secrets), cancel)
            is var pushed and not VercelAnswer<Nothing>.Accepted
            ? pushed
            : await vercel.CreateEvent(
                installation, new VercelEvent.ResourceUpdated(whole.Resource.Id, whole.Resource.Facts.Product), cancel);

    private async Task<VercelAnswer<Nothing>> Sync(MessageContent.OfInstallation whole, CancellationToken cancel) =>
        await vercel.UpdateInstallation(
            whole.Installation.Id, new InstallationChange { Plan = whole.Plan, Notification = NoticeChange.To(whole.Installation.Notice) }, cancel)
            is var pushed and not VercelAnswer<Nothing>.Accepted
            ? pushed
            : await vercel.CreateEvent(
                whole.Installation.Id, new VercelEvent.InstallationUpdated(whole.Plan.Map(offer => offer.Plan.Id)), cancel);

    private async Task Settle(
        OutboxMessage message, MessageContent content, VercelAnswer<Nothing> answer, DateTimeOffset now, CancellationToken cancel)
    {
        switch (answer)
        {
            case VercelAnswer<Nothing>.Accepted when await IsOutdated(message, content, cancel):
                // Somebody was answered with something newer while this was under way, and may have been heard first.
                await outbox.Postpone(message, Setback.Of("it changed while it was being said"), TimeSpan.Zero, cancel);
                break;
            case VercelAnswer<Nothing>.Accepted when message.Kind is MessageKind.ResourceState or MessageKind.ResourceAdoption:
                await outbox.Adopt(message, cancel);
                break;
            case VercelAnswer<Nothing>.Accepted when message.Kind is MessageKind.ResourceImport:
                await outbox.Imported(message, cancel);
                break;
            case VercelAnswer<Nothing>.Refused { Status: var status, Reason: var why } when message.Kind is MessageKind.ResourceImport:
                await outbox.NotImported(message, Setback.Without(content.SecretValues, $"{status}: {why}"), cancel);
                break;
            case VercelAnswer<Nothing>.NotFound { Reason: var why } when message.Kind is MessageKind.ResourceImport:
                await outbox.NotImported(message, Setback.Without(content.SecretValues, $"404: {why}"), cancel);
                break;
            case VercelAnswer<Nothing>.Accepted:
            case VercelAnswer<Nothing>.NotFound when message.Kind is MessageKind.ResourceRemoval:
                await outbox.Delivered(message, cancel);
                break;
            case VercelAnswer<Nothing>.NotFound missing when message.Kind is MessageKind.ResourceSync or MessageKind.ResourceRestore:
                // It was asked for just now, and of what Vercel has known for long: whoever asked has to say what is to become of it.
                await Die(
                    message,
                    Setback.Of($"404: {missing.Reason} Vercel does not know it; resync it with --import, so that it does, or delete it.", answer, content),
                    cancel);
                break;
            case VercelAnswer<Nothing>.Unknown unknown:
                await Unanswered(message, Setback.Of(unknown.Reason, answer, content), unknown.RetryAfter, cancel);
                break;
            case VercelAnswer<Nothing>.NotFound missing:
                await Unknown(message, Setback.Of($"404: {missing.Reason}", answer, content), now, cancel);
                break;
            case VercelAnswer<Nothing>.Refused refused:
                await Die(message, Setback.Of($"{refused.Status}: {refused.Reason}", answer, content), cancel);
                break;
            case VercelAnswer<Nothing>.TokenRefused refused:
                NoAccess(message.Kind, message.Installation.Value, refused.Reason);
                await outbox.AwaitToken(message, Setback.Of(refused.Reason, answer, content), now, now + VercelPatience.TokenWait, cancel);
                break;
            case VercelAnswer<Nothing>.Gone gone:
                await Die(message, Setback.Of(gone.Reason, answer, content), cancel);
                break;
            default:
                throw new UnreachableException(answer.GetType().Name);
        }
    }

    private async Task<bool> IsOutdated(OutboxMessage message, MessageContent said, CancellationToken cancel) =>
        message.Attempts < TimesSaidMax && await outbox.Read(message, cancel) is { } content && content != said;

    private Task Unanswered(OutboxMessage message, Setback setback, TimeSpan? retryAfter, CancellationToken cancel)
    {
        if (message.Attempts >= AttemptsMax)
            return Die(message, setback, cancel);

        // Not before Vercel says, and not sooner than what has failed so often: an outage may last for days.
        var delay = Retries.After(message.Attempts, retryAfter);
        Failed(message.Kind, message.Installation.Value, message.Attempts, setback.Reason, delay);
        return outbox.Postpone(message, setback, delay, cancel);
    }

    /// <summary>Not known yet, or not at all: only time tells.</summary>
    private Task Unknown(OutboxMessage message, Setback setback, DateTimeOffset now, CancellationToken cancel)
    {
        var givenUpAt = message.CreatedAt + Patience;
        if (now < givenUpAt)
            return outbox.Defer(message, setback, now + Look < givenUpAt ? now + Look : givenUpAt, cancel);

        switch (message.Kind)
        {
            case MessageKind.ResourceState or MessageKind.ResourceAdoption:
                Undone(message.Installation.Value, message.Resource?.Value);
                return outbox.Undo(message, cancel);
            case MessageKind.ResourceSecrets or MessageKind.ResourceStatus or MessageKind.ResourceImport or MessageKind.ResourceExperiments
                or MessageKind.ResourceFacts or MessageKind.InstallationNotice
                or MessageKind.ResourceSync or MessageKind.ResourceRestore or MessageKind.ResourceRemoval or MessageKind.InstallationSync:
                return Die(message, setback, cancel);
            default:
                throw new UnreachableException(message.Kind.ToString());
        }
    }

    private Task Die(OutboxMessage message, Setback setback, CancellationToken cancel)
    {
        Died(message.Kind, message.Installation.Value, message.Sequence, setback.Reason.TrimEnd('.'));
        return outbox.Dead(message, setback, cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Message {Kind} of installation {InstallationId} failed at attempt {Attempt}: {Reason}; it is sent again in {Delay}")]
    private partial void Failed(MessageKind kind, string installationId, int attempt, string reason, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Message {Kind} of installation {InstallationId} could not be sent at attempt {Attempt}")]
    private partial void Faulted(Exception fault, MessageKind kind, string installationId, int attempt);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Message {Kind} waits, because Vercel does not take the token of installation {InstallationId}: {Reason}")]
    private partial void NoAccess(MessageKind kind, string installationId, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Message {Kind} of installation {InstallationId} cannot be delivered: {Reason}. When that is mended, have it sent once more: outbox replay {InstallationId} --sequence {Sequence}")]
    private partial void Died(MessageKind kind, string installationId, long sequence, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Vercel does not know resource {ResourceId} of installation {InstallationId}, whose provision was never answered: it is undone")]
    private partial void Undone(string installationId, string? resourceId);
}
