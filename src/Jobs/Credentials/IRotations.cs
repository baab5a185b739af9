using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Jobs.Credentials;

/// <summary>
/// The store of tokens. Every step names the tokens that it was decided by, and does nothing where Vercel has meanwhile registered the
/// installation with another one: that one wins. Each answers what is held afterwards; null when there is no token any more.
/// </summary>
public interface IRotations
{
    /// <summary>
    /// Active installations whose rotation was asked for or is not at its end, and those whose token has come to its age. Claims are leases.
    /// </summary>
    Task<IReadOnlyList<ClaimedRotation>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel);

    Task<HeldTokens?> Load(InstallationId installation, CancellationToken cancel);

    /// <summary>Keeps what Vercel has made beside the one that is used. Where that is another one by now, the new one is only to be revoked.</summary>
    Task<HeldTokens?> Keep(InstallationId installation, AccessToken by, AccessToken made, CancellationToken cancel);

    /// <summary>The new one has worked: it is used from now on.</summary>
    Task<HeldTokens?> Use(InstallationId installation, HeldTokens.Unproven proven, CancellationToken cancel);

    /// <summary>The new one does not work. The one before goes on.</summary>
    Task<HeldTokens?> Discard(InstallationId installation, HeldTokens.Unproven refused, CancellationToken cancel);

    /// <summary>The old one is revoked, and is not kept any longer.</summary>
    Task<HeldTokens?> Forget(InstallationId installation, HeldTokens.Superseding revoked, CancellationToken cancel);

    /// <summary>To be gone on with after the delay; real time.</summary>
    Task Postpone(InstallationId installation, TimeSpan delay, CancellationToken cancel);
}

/// <summary>An installation whose tokens are to be rotated.</summary>
/// <param name="Attempts">Counting the one that it was claimed for.</param>
public sealed record ClaimedRotation(InstallationId Installation, int Attempts);
