using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Outbox;

/// <summary>The store of messages to Vercel. Claims are leases.</summary>
public interface IOutbox
{
    /// <summary>The oldest due message of each installation, where nobody holds it.</summary>
    Task<IReadOnlyList<OutboxMessage>> Claim(DateTimeOffset now, int messagesMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>What the message is about, as it is now; null when the resource is gone and there is nothing to say.</summary>
    Task<ResourceTruth?> Read(OutboxMessage message, CancellationToken cancel);

    /// <summary>The installation that the message is about, as it is now; null when it is on its way out and there is nothing to say.</summary>
    Task<Installation.Active?> ReadInstallation(OutboxMessage message, CancellationToken cancel);

    Task Delivered(OutboxMessage message, CancellationToken cancel);

    Task Postpone(OutboxMessage message, string reason, TimeSpan delay, CancellationToken cancel);

    /// <summary>It can never succeed: kept with the reason, out of the way of those behind it.</summary>
    Task Dead(OutboxMessage message, string reason, CancellationToken cancel);

    /// <summary>Not yet: to be sent again at this business time. Those behind it go first.</summary>
    Task Defer(OutboxMessage message, string reason, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Delivered, and Vercel knows the resource now, so that its plan begins.</summary>
    Task Adopt(OutboxMessage message, CancellationToken cancel);

    /// <summary>Vercel never heard of this resource and nobody waits for it: it is taken down again, and was never billed.</summary>
    Task Undo(OutboxMessage message, CancellationToken cancel);
}

/// <summary>A resource and its secrets, as they are at the moment of sending.</summary>
public sealed record ResourceTruth(Resource Resource, Seq<Secret> Secrets);
