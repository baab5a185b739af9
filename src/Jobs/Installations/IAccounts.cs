using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Installations;

/// <summary>When the account of which installation is read, and what it says. Due times are business time; delays are real time.</summary>
public interface IAccounts
{
    /// <summary>Active installations whose account is to be read, the longest waiting first, where nobody holds them. Claims are leases.</summary>
    Task<IReadOnlyList<ClaimedAccount>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>
    /// Keeps what Vercel says, unless the installation was registered anew meanwhile: what that told may be newer. Next at the given
    /// time, or at once where something has happened meanwhile.
    /// </summary>
    Task Learn(ClaimedAccount claimed, Account account, DateTimeOffset nextDueAt, CancellationToken cancel);

    /// <summary>Vercel does not say it: not before the given time, or at once where something has happened meanwhile.</summary>
    Task PutOff(ClaimedAccount claimed, DateTimeOffset nextDueAt, CancellationToken cancel);

    /// <summary>No answer: to be tried again after the delay.</summary>
    Task Postpone(ClaimedAccount claimed, TimeSpan delay, CancellationToken cancel);
}

/// <summary>An installation whose account is to be read.</summary>
/// <param name="DueAt">Since when; another one says that something has happened meanwhile.</param>
/// <param name="Attempts">Counting the one that it was claimed for.</param>
/// <param name="Registration">Which registration it had when it was claimed; another one has another mark.</param>
public sealed record ClaimedAccount(InstallationId Installation, DateTimeOffset DueAt, int Attempts, string Registration);
