using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Connections;

/// <summary>
/// What a browser carries to the provider when its customer has let the provider reach his account: exchanged once, for a token.
/// Source: contract D.13, connectable accounts.
/// </summary>
/// <param name="UserId">The person within all of Vercel.</param>
/// <param name="RedirectUri">What the exchange has to repeat.</param>
internal sealed record ConnectionCode(
    string Value, string AccountId, string UserId, string RedirectUri, DateTimeOffset IssuedAt, DateTimeOffset? UsedAt)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public bool IsExpiredAt(DateTimeOffset now) => now >= IssuedAt + Lifetime;

    public override string ToString() => nameof(ConnectionCode);
}

internal static class ConnectionState
{
    /// <summary>Adds a code, and forgets those that nobody can ask for any more.</summary>
    public static VercelState Issue(this VercelState state, ConnectionCode code) => state with
    {
        ConnectionCodes = state.ConnectionCodes.RemoveAll(old => old.IssuedAt < code.IssuedAt.AddDays(-1)).Add(code),
    };
}
