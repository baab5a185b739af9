using System.Collections.Immutable;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.SignOn;

/// <summary>What a browser carries to the provider, to be exchanged once for the person who sits before it. Source: contract §E.8.</summary>
/// <param name="State">What the exchange has to repeat when it gives a state at all.</param>
/// <param name="RedirectUri">The address that the browser was sent to, without its query.</param>
internal sealed record SignOnCode(
    string Value, string InstallationId, string UserId, string State, string RedirectUri, DateTimeOffset IssuedAt, DateTimeOffset? UsedAt)
{
    /// <summary>Long enough for a redirect and an exchange, and no longer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public bool IsExpiredAt(DateTimeOffset now) => now >= IssuedAt + Lifetime;

    public override string ToString() => nameof(SignOnCode);
}

/// <summary>Lets the provider ask again who has signed on, and with which role. Source: contract §D.10.</summary>
internal sealed record SignOnRefresh(string Value, string InstallationId, string UserId, DateTimeOffset IssuedAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public bool IsExpiredAt(DateTimeOffset now) => now >= IssuedAt + Lifetime;

    public override string ToString() => nameof(SignOnRefresh);
}

internal static class SignOnState
{
    /// <summary>Adds a code, and forgets those that nobody can ask for any more.</summary>
    public static VercelState Issue(this VercelState state, SignOnCode code) => state with
    {
        SignOnCodes = state.SignOnCodes.RemoveAll(old => old.IssuedAt < code.IssuedAt.AddDays(-1)).Add(code),
    };

    public static VercelState Issue(this VercelState state, SignOnRefresh refresh) => state with
    {
        SignOnRefreshes = state.SignOnRefreshes.RemoveAll(old => old.IsExpiredAt(refresh.IssuedAt)).Add(refresh),
    };
}
