using Marketplace.Core.Installations;
using Marketplace.Jobs.Usage;

namespace Marketplace.Jobs.Installations;

/// <summary>The store of uninstalls that are under way. Claims are leases.</summary>
public interface IUninstalls
{
    /// <summary>How long Vercel leaves an uninstall pending; then the token dies, whatever is not billed.</summary>
    TimeSpan Window { get; }

    Task<IReadOnlyList<ClaimedWork>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>When it was asked for, and what still has to happen before nothing is left to bill.</summary>
    Task<Uninstall> Load(InstallationId installation, CancellationToken cancel);

    /// <summary>The installation is final: its token is erased, and nothing more is reported or invoiced.</summary>
    /// <param name="unbilled">What was given up, for the audit; null when all is billed.</param>
    Task Complete(InstallationId installation, string? unbilled, CancellationToken cancel);

    /// <summary>Not yet: to be looked at again at this business time.</summary>
    Task Defer(ClaimedWork work, string reason, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Not yet, or a call failed: to be tried again after the delay.</summary>
    Task Postpone(ClaimedWork work, string reason, TimeSpan delay, CancellationToken cancel);
}

/// <param name="Hindrance">What is in the way of the end; null when the ledger is empty.</param>
public sealed record Uninstall(DateTimeOffset RequestedAt, Hindrance? Hindrance);

/// <summary>What an uninstall waits for.</summary>
/// <param name="Text">For an operator to read.</param>
public abstract record Hindrance(string Text)
{
    /// <summary>A resource is still to be taken down. Nothing is final before.</summary>
    public sealed record StillUp(string Text) : Hindrance(Text);

    /// <summary>Usage or invoices are on their way.</summary>
    public sealed record Unbilled(string Text) : Hindrance(Text);

    /// <summary>Vercel refused an invoice: somebody has to mend it.</summary>
    public sealed record Refused(string Text) : Hindrance(Text);
}
