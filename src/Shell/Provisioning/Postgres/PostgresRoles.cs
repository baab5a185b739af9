using static Marketplace.Shell.Provisioning.Postgres.SqlText;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// The roles on the target server: an owner for each resource, who cannot log in, and the logins that act as that owner.
/// So every login sees what the others made.
/// </summary>
internal static class PostgresRoles
{
    /// <summary>From this version on, who makes a role administers it, but neither inherits from it nor becomes it.</summary>
    private const int GrantsWithOptions = 16;

    /// <summary>A role that only its members act as, such as the owner of a resource.</summary>
    public static async Task CreateGroup(LockedServer server, string group, CancellationToken cancel)
    {
        if (!await server.Holds("EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", group, cancel))
        {
            await server.ExecuteTogether([$"CREATE ROLE {Identifier(group)} NOLOGIN", MakeOurs(server, group)], cancel);
        }
    }

    /// <param name="database">Also the name of the owner role.</param>
    public static Task CreateLogin(LockedServer server, string database, string login, string verifier, CancellationToken cancel) =>
        server.ExecuteTogether(
            [
                $"CREATE ROLE {Identifier(login)} LOGIN PASSWORD {Literal(verifier)} IN ROLE {Identifier(database)}",
                // Ends the login's sessions, and takes over what it made while it was not acting as the owner.
                MakeOurs(server, login),
                ActAs(database, login, database),
            ],
            cancel);

    /// <summary>For one session that begins at once. After the time it lets nobody in, should nobody be left to take it away.</summary>
    /// <param name="group">Whose rights it has, and no others.</param>
    public static Task CreateBriefLogin(
        LockedServer server, string group, string login, string verifier, TimeSpan life, CancellationToken cancel) =>
        server.ExecuteTogether(
            [
                // The time is the server's own: PostgreSQL compares with no other.
                $"""
                DO $brief$
                BEGIN
                    EXECUTE format(
                        'CREATE ROLE %I LOGIN CONNECTION LIMIT 1 PASSWORD %L VALID UNTIL %L IN ROLE %I', {Literal(login)}, {Literal(verifier)},
                        clock_timestamp() + interval '{life.TotalMilliseconds:0} milliseconds', {Literal(group)});
                END
                $brief$
                """,
                MakeOurs(server, login),
            ],
            cancel);

    /// <summary>What every session of the login in the database begins as.</summary>
    public static Task BeginAs(LockedServer server, string database, string login, string role, CancellationToken cancel) =>
        server.Execute(ActAs(database, login, role), cancel);

    public static Task<List<string>> LoginsThatStartWith(LockedServer server, string start, CancellationToken cancel) =>
        server.Names("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY rolname", start, cancel);

    public static Task RefuseLogin(LockedServer server, List<string> logins, CancellationToken cancel) =>
        server.ExecuteTogether(logins.Select(login => $"ALTER ROLE {Identifier(login)} NOLOGIN"), cancel);

    /// <summary>Whatever belongs to the role goes to the owner of the database that it is in, and its rights are gone.</summary>
    public static async Task Drop(LockedServer server, PostgresTarget target, string role, CancellationToken cancel)
    {
        foreach (var database in await DatabasesWithTracesOf(server, role, cancel))
        {
            // Anybody may grant rights on what is theirs to any role, so the traces can be in another customer's database.
            if (target.Names.HolderOf(database) is not null)
            {
                await target.ExecuteInside(
                    database, $"REASSIGN OWNED BY {Identifier(role)} TO {Identifier(database)}; DROP OWNED BY {Identifier(role)}", cancel);
            }
        }

        await server.Execute($"DROP ROLE IF EXISTS {Identifier(role)}", cancel);
    }

    private static Task<List<string>> DatabasesWithTracesOf(LockedServer server, string role, CancellationToken cancel) =>
        server.Names(
            """
            SELECT DISTINCT d.datname
            FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid JOIN pg_roles r ON r.oid = s.refobjid
            WHERE s.refclassid = 'pg_authid'::regclass AND r.rolname = $1
            """,
            role,
            cancel);

    private static string ActAs(string database, string login, string role) =>
        $"ALTER ROLE {Identifier(login)} IN DATABASE {Identifier(database)} SET role = {Literal(role)}";

    private static string MakeOurs(LockedServer server, string role) =>
        server.Connection.PostgreSqlVersion.Major >= GrantsWithOptions
            ? $"GRANT {Identifier(role)} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE"
            : $"GRANT {Identifier(role)} TO CURRENT_USER";
}
