using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// A login for one command from the console, with one session. Its password is known to nobody, and once the session is open the login
/// lets nobody in: what the session does to it, a new password too, opens nothing from outside.
/// </summary>
internal sealed class PostgresReplLogin(PostgresTarget target, NpgsqlDataSource pool, ReplLimits limits)
{
    /// <summary>For what comes before and after the command itself.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private const string LoginsOfConsole =
        """
        SELECT rolname FROM pg_roles
        WHERE starts_with(rolname, $1[1]) AND (rolvaliduntil < clock_timestamp()) = $1[2]::boolean
        ORDER BY rolname
        """;

    private PostgresNames Names => target.Names;

    public async Task<ReplAdmission> Open(ResourceId resource, bool isReadOnly, CancellationToken cancel)
    {
        var database = Names.Database(resource);
        await using var server = await LockedServer.Open(pool, database, cancel);
        if (!await PostgresDatabases.Exists(server, database, cancel) || !await PostgresDatabases.IsOpen(server, database, cancel))
            return new ReplAdmission.Refused("The database is not in service.");

        await DropLeftBehind(server, resource, cancel);
        var others = await server.Names(LoginsOfConsole, new[] { Names.ReplLoginsOf(resource), "false" }, cancel);
        if (others.Count >= limits.TogetherMax)
            return new ReplAdmission.Refused($"{others.Count} commands are running on this database. Wait until one of them is done.");

        var login = Names.NewReplLogin(resource);
        try
        {
            return new ReplAdmission.Open(login, await Connect(server, resource, login, isReadOnly, cancel));
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            await Drop(server, [login], cancel);
            return new ReplAdmission.Refused("All connections that the plan allows are in use. Close one and try again.");
        }
        catch
        {
            // What nobody is told of must not stay. Should this fail as well, the next command does it.
            await Drop(server, [login], CancellationToken.None);
            throw;
        }
    }

    /// <summary>Ends the session, however it left the statement that it was at, and takes the login away.</summary>
    public async Task Close(ResourceId resource, string login)
    {
        await using var server = await LockedServer.Open(pool, Names.Database(resource), CancellationToken.None);
        await Drop(server, [login], CancellationToken.None);
    }

    private async Task<NpgsqlConnection> Connect(
        LockedServer server, ResourceId resource, string login, bool isReadOnly, CancellationToken cancel)
    {
        var (database, password) = (Names.Database(resource), PostgresSecrets.NewPassword());
        var group = isReadOnly ? Names.Reader(resource) : Names.Owner(resource);
        if (isReadOnly)
            await PostgresReader.Prepare(server, target, database, group, cancel);
        await PostgresRoles.CreateBriefLogin(server, group, login, ScramVerifier.Of(password), limits.Duration + Margin, cancel);
        if (!isReadOnly)
            await PostgresRoles.BeginAs(server, database, login, group, cancel);

        await using var source = target.SourceFor(database, login, password, limits.Duration + Margin);
        var session = await source.OpenConnectionAsync(cancel);
        try
        {
            await PostgresRoles.RefuseLogin(server, [login], cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>By a process that died during a command.</summary>
    private async Task DropLeftBehind(LockedServer server, ResourceId resource, CancellationToken cancel)
    {
        if (await server.Names(LoginsOfConsole, new[] { Names.ReplLoginsOf(resource), "true" }, cancel) is { Count: > 0 } left)
            await Drop(server, left, cancel);
    }

    private async Task Drop(LockedServer server, List<string> logins, CancellationToken cancel)
    {
        await PostgresSessions.EndLastOf(server, logins, cancel);
        foreach (var login in logins)
            await PostgresRoles.Drop(server, target, login, cancel);
    }
}

/// <summary>Whether a command gets a session.</summary>
internal abstract record ReplAdmission
{
    private ReplAdmission() { }

    public sealed record Open(string Login, NpgsqlConnection Session) : ReplAdmission;

    /// <param name="Reason">For the customer to read.</param>
    public sealed record Refused(string Reason) : ReplAdmission;
}
