using Marketplace.Jobs.Vercel;

namespace Marketplace.Jobs.Credentials;

/// <summary>
/// The tokens of an installation, in exactly one of the steps of a rotation. In every step there is one that works. Source: contract §D.3.
/// </summary>
/// <param name="Current">With which calls are made.</param>
public abstract record HeldTokens(AccessToken Current)
{
    /// <summary>One token, and nothing to do.</summary>
    public sealed record Settled(AccessToken Current) : HeldTokens(Current);

    /// <summary>A new one was made. Whether it works is to be tried before it is used.</summary>
    public sealed record Unproven(AccessToken Current, AccessToken Next) : HeldTokens(Current);

    /// <summary>The new one works, and is used. The old one is to be revoked.</summary>
    public sealed record Superseding(AccessToken Current, AccessToken Former) : HeldTokens(Current);
}
