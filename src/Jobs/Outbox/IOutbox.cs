using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Outbox;

/// <summary>
/// The store of messages to Vercel. Claims are leases: whoever lost the lease of a message closes, postpones and changes nothing of it, since
/// somebody else sends it by now.
/// </summary>
public interface IOutbox
{
    /// <summary>
    /// The message of each installation whose turn it is, where nobody holds it: the oldest that is due, and those that failed
    /// <paramref name="attemptsInLine"/> times only when no other one is left.
    /// </summary>
    Task<IReadOnlyList<OutboxMessage>> Claim(
        DateTimeOffset now, int messagesMax, int attemptsInLine, TimeSpan lease, CancellationToken cancel);

    /// <summary>The same of one installation; null when nothing there can be sent now.</summary>
    Task<OutboxMessage?> ClaimNext(
        InstallationId installation, DateTimeOffset now, int attemptsInLine, TimeSpan lease, CancellationToken cancel);

    /// <summary>What the message says, as things are now; null when what it is about is gone, or on its way out, and there is nothing to say.</summary>
    Task<MessageContent?> Read(OutboxMessage message, CancellationToken cancel);

    Task Delivered(OutboxMessage message, CancellationToken cancel);

    Task Postpone(OutboxMessage message, Setback setback, TimeSpan delay, CancellationToken cancel);

    /// <summary>It can never succeed: kept with the reason, out of the way of those behind it.</summary>
    Task Dead(OutboxMessage message, Setback setback, CancellationToken cancel);

    /// <summary>Not yet: to be sent again at this business time. Those behind it go first.</summary>
    Task Defer(OutboxMessage message, Setback setback, DateTimeOffset until, CancellationToken cancel);

    /// <summary>
    /// Vercel does not take the installation's token: this message and those behind it wait for the next one, and are tried again at this
    /// business time at the latest.
    /// </summary>
    Task AwaitToken(OutboxMessage message, Setback setback, DateTimeOffset now, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Delivered, and Vercel knows the resource now, so that its plan begins.</summary>
    Task Adopt(OutboxMessage message, CancellationToken cancel);

    /// <summary>Delivered, and Vercel has what was made elsewhere.</summary>
    Task Imported(OutboxMessage message, CancellationToken cancel);

    /// <summary>Vercel does not take what was made elsewhere: what it never had is forgotten.</summary>
    Task NotImported(OutboxMessage message, string reason, CancellationToken cancel);

    /// <summary>Vercel never heard of this resource and nobody waits for it: it is taken down again, and was never billed.</summary>
    Task Undo(OutboxMessage message, CancellationToken cancel);

    /// <summary>Forgets at most <paramref name="max"/> messages that were delivered and written before a moment, and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel);
}
