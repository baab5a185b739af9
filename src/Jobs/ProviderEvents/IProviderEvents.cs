using Marketplace.Core.Installations;
using Marketplace.Jobs.Outbox;

namespace Marketplace.Jobs.ProviderEvents;

/// <summary>
/// The store of events for the provider's backend. Claims are leases: whoever lost the lease of an event closes and postpones nothing of it,
/// since somebody else sends it by now.
/// </summary>
public interface IProviderEvents
{
    /// <summary>The oldest event of each installation that waits, where its time has come and nobody holds it.</summary>
    /// <param name="now">Business time, as of everything that waits here; the lease is real time.</param>
    Task<IReadOnlyList<KeptEvent>> Claim(DateTimeOffset now, int eventsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>The same of one installation; null when nothing there can be sent now.</summary>
    Task<KeptEvent?> ClaimNext(InstallationId installation, DateTimeOffset now, TimeSpan lease, CancellationToken cancel);

    /// <summary>The backend has it. Where it was a test, what had been stopped goes on.</summary>
    Task Delivered(KeptEvent sent, CancellationToken cancel);

    Task Postpone(KeptEvent sent, Setback setback, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Given up: kept with the reason, out of the way of those behind it.</summary>
    Task Dead(KeptEvent sent, Setback setback, CancellationToken cancel);

    /// <summary>The backend wants no more events: this one and all others wait until somebody says that it does again.</summary>
    Task Stop(KeptEvent sent, Setback setback, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Forgets at most <paramref name="max"/> events that were delivered and happened before a moment, and says how many it was.</summary>
    Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel);
}
