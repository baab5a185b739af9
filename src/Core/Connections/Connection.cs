using LanguageExt;
using Marketplace.Core.Installations;

namespace Marketplace.Core.Connections;

/// <summary>
/// An installation of the second kind: somebody has connected an account with us to theirs at Vercel. Nothing is provisioned or billed by it,
/// and it stands by itself beside a native one of the same team. Source: contract §D.13, §E.1.
/// </summary>
/// <remarks>The access token is no part of it: Shell keeps it encrypted beside the row, and only while it is active.</remarks>
public abstract record Connection(InstallationId Id)
{
    /// <param name="ConnectedBy">Who gave the access that is used now.</param>
    /// <param name="ConnectedAt">For the first time.</param>
    public sealed record Active(InstallationId Id, ConnectionOwner Owner, string ConnectedBy, DateTimeOffset ConnectedAt) : Connection(Id);

    /// <summary>Over for good: a connection that is made anew has another id.</summary>
    public sealed record Ended(
        InstallationId Id, ConnectionOwner Owner, string ConnectedBy, DateTimeOffset ConnectedAt, DateTimeOffset EndedAt, ConnectionEnd Why)
        : Connection(Id);
}

/// <summary>Whose account at Vercel it is. Each has one connection at most.</summary>
public abstract record ConnectionOwner
{
    private ConnectionOwner() { }

    public sealed record Team(string Id) : ConnectionOwner;

    /// <summary>A personal account.</summary>
    public sealed record Person(string UserId) : ConnectionOwner;

    /// <summary>A team where Vercel names one.</summary>
    public static ConnectionOwner Of(Option<string> team, string user) =>
        team.Match<ConnectionOwner>(id => new Team(id), () => new Person(user));
}

/// <summary>Why a connection is over.</summary>
public abstract record ConnectionEnd
{
    private ConnectionEnd() { }

    /// <summary>At Vercel (contract §F, <c>integration-configuration.removed</c>).</summary>
    public sealed record Removed : ConnectionEnd;

    /// <summary>Its owner has connected anew, under another id.</summary>
    public sealed record Replaced(InstallationId By) : ConnectionEnd;
}
