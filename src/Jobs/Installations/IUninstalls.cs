using Marketplace.Core.Installations;
using Marketplace.Jobs.Usage;

namespace Marketplace.Jobs.Installations;

/// <summary>The store of uninstalls that are under way. Claims are leases.</summary>
public interface IUninstalls
{
    Task<IReadOnlyList<ClaimedWork>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>When it was asked for, and what still has to happen before nothing is left to bill.</summary>
    Task<Uninstall> Load(InstallationId installation, CancellationToken cancel);

    /// <summary>The installation is final; its token is erased.</summary>
    Task Complete(InstallationId installation, CancellationToken cancel);

    /// <summary>Not yet: to be looked at again at this business time.</summary>
    Task Defer(InstallationId installation, string reason, DateTimeOffset until, CancellationToken cancel);

    /// <summary>A call failed: to be tried again after the delay.</summary>
    Task Postpone(InstallationId installation, string reason, TimeSpan delay, CancellationToken cancel);
}

/// <param name="Hindrance">What is still to be done, for an operator to read; null when the ledger is empty.</param>
public sealed record Uninstall(DateTimeOffset RequestedAt, string? Hindrance);
