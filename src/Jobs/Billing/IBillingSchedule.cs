using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Billing;

/// <summary>What is looked at for an installation again and again. Each has its own schedule.</summary>
public enum BillingWork
{
    /// <summary>The reports of its hours.</summary>
    Usage,

    /// <summary>The invoices of its periods.</summary>
    Invoices,

    /// <summary>Its prepaid money: what is used up, and what is left.</summary>
    Balances,

    /// <summary>The end of its uninstall.</summary>
    Finalization,

    /// <summary>What becomes of its invoices: looks at Vercel, refunds, and what unpaid ones lead to.</summary>
    Settlement,
}

/// <summary>When an installation's billing is looked at next. Due times are business time; leases and delays are real time.</summary>
public interface IBillingSchedule
{
    /// <summary>Installations whose turn it is, the longest waiting first, where nobody holds them. Claims are leases.</summary>
    Task<IReadOnlyList<ClaimedWork>> Claim(
        BillingWork work, DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>Makes work due then; what was due earlier and is not done stays so.</summary>
    Task Begin(InstallationId installation, BillingWork work, DateTimeOffset dueAt, CancellationToken cancel);

    /// <summary>All is done until then; null when there will never be anything again. Where it was changed meanwhile, it is due again.</summary>
    Task Done(ClaimedWork claimed, DateTimeOffset? nextDueAt, CancellationToken cancel);

    /// <summary>A call failed, or something else comes first: to be tried again after the delay, or at once where it was changed meanwhile.</summary>
    Task Postpone(ClaimedWork claimed, string reason, TimeSpan delay, CancellationToken cancel);

    /// <summary>Vercel does not take the installation's token: to be tried again as soon as there is another, and now and then with this one.</summary>
    Task AwaitToken(ClaimedWork claimed, string reason, CancellationToken cancel);

    /// <summary>Not yet: to be looked at again at this business time, or at once where it was changed meanwhile.</summary>
    Task Defer(ClaimedWork claimed, string reason, DateTimeOffset until, CancellationToken cancel);
}

/// <summary>An installation whose turn it is.</summary>
/// <param name="DueAt">Since when there is something to do; all before it is done.</param>
/// <param name="Attempts">Counting the one that it was claimed for; one when the last was a success.</param>
/// <param name="Revision">Of its schedule, as claimed: a change that comes meanwhile is not overwritten.</param>
public sealed record ClaimedWork(InstallationId Installation, BillingWork Work, DateTimeOffset DueAt, int Attempts, long Revision);
