using LanguageExt;
using Marketplace.Core.Installations;

namespace Marketplace.Core.Connections;

/// <summary>What can be asked of a connection that exists.</summary>
public abstract record ConnectionCommand
{
    private ConnectionCommand() { }

    /// <summary>Somebody has given access once more, perhaps for another owner: the new token takes the place of the old one.</summary>
    public sealed record Reconnect(ConnectionOwner Owner, string User) : ConnectionCommand;

    /// <summary>Another team has it at Vercel (contract §F, <c>integration-configuration.transferred</c>): the token stays.</summary>
    /// <param name="OfTeam">The active connection of that team, if there is one, this one too.</param>
    public sealed record MoveToTeam(ConnectionOwner.Team Team, Option<InstallationId> OfTeam) : ConnectionCommand;

    public sealed record End(ConnectionEnd Why) : ConnectionCommand;
}

/// <summary>What happened to a connection.</summary>
public abstract record ConnectionEvent(InstallationId Id, DateTimeOffset At)
{
    public sealed record Connected(InstallationId Id, ConnectionOwner Owner, string User, DateTimeOffset At) : ConnectionEvent(Id, At);

    /// <summary>Somebody else has given access, or for another owner.</summary>
    public sealed record Reconnected(InstallationId Id, ConnectionOwner Owner, string User, DateTimeOffset At) : ConnectionEvent(Id, At);

    public sealed record MovedToTeam(InstallationId Id, ConnectionOwner From, ConnectionOwner.Team To, DateTimeOffset At) : ConnectionEvent(Id, At);

    public sealed record Ended(InstallationId Id, ConnectionEnd Why, DateTimeOffset At) : ConnectionEvent(Id, At);
}

/// <summary>Why a command on a connection is refused. Nothing has changed.</summary>
public abstract record ConnectionRejection
{
    private ConnectionRejection() { }

    /// <summary>It was removed, or another one has taken its place, and it does not come back under this id.</summary>
    public sealed record AlreadyEnded(InstallationId Id) : ConnectionRejection;

    /// <summary>The id is that of a native installation, which Vercel makes in another way.</summary>
    public sealed record IsNative(InstallationId Id) : ConnectionRejection;

    /// <summary>A team has one connection at most, and that one may be on its way out: its end decides, not a word that may be late.</summary>
    public sealed record TeamHasAnother(InstallationId Id) : ConnectionRejection;
}
