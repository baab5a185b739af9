using Marketplace.Core.Installations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.Resync;

/// <summary>What Vercel is told once more. It is done when each of the messages is delivered.</summary>
internal sealed record ResyncWire(ResyncedWire[] Queued)
{
    public static ResyncWire Of(InstallationId installation, ResyncAnswer.Queued queued) =>
        new([.. queued.Messages.Select(message => ResyncedWire.Of(installation, message, queued))]);
}

/// <param name="Kind">What is done at Vercel: resource_sync, resource_restore, resource_removal or installation_sync.</param>
/// <param name="Secrets">Whether they are among it; said of a resource that lives. Some products tell them once, and cannot again.</param>
/// <param name="SeeAt">Where its state is.</param>
internal sealed record ResyncedWire(long Sequence, string Kind, string? Resource, bool? Secrets, string SeeAt)
{
    public static ResyncedWire Of(InstallationId installation, QueuedMessage message, ResyncAnswer.Queued queued) => new(
        message.Sequence, OutboxRows.Name(message.Kind), message.Resource?.Value,
        message.Kind is MessageKind.ResourceSync or MessageKind.ResourceRestore && message.Resource is { } id ? queued.WithSecrets.Contains(id) : null,
        $"{ProviderApi.V1}/installations/{installation}/outbox/{message.Sequence}");
}
