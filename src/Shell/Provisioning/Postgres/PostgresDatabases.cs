using LanguageExt;
using Marketplace.Core.BillingPlans;
using Npgsql;
using static Marketplace.Shell.Provisioning.Postgres.SqlText;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>The databases on the target server, each by the name that its owner role has as well.</summary>
/// <remarks>
/// A database belongs to us and its content to the owner role, because the owner of a database could lift the limit of
/// its own plan. The right to connect hangs on the owner role, whose members the customer's logins are: taking it away
/// is what suspends a database, for every login that there is or will be.
/// </remarks>
internal static class PostgresDatabases
{
    private const string Unlimited = "-1";

    private const string WhoConnects =
        """
        SELECT r.rolname FROM pg_database d, aclexplode(d.datacl) AS entry JOIN pg_roles r ON r.oid = entry.grantee
        WHERE d.datname = $1 AND entry.privilege_type = 'CONNECT' AND entry.grantee <> d.datdba
        ORDER BY r.rolname
        """;

    public static Task<bool> Exists(LockedServer server, string name, CancellationToken cancel) =>
        server.Holds("EXISTS (SELECT FROM pg_database WHERE datname = $1)", name, cancel);

    /// <summary>Closed to everybody from its first moment on: PUBLIC may connect to a new database unless told otherwise.</summary>
    public static async Task Create(LockedServer server, PostgresTarget target, string name, Option<BillingPlan> plan, CancellationToken cancel)
    {
        if (!await Exists(server, name, cancel))
        {
            // template0 holds nothing of ours, and no session on it can stand in the way.
            await server.Execute(
                $"CREATE DATABASE {Identifier(name)} TEMPLATE template0 ENCODING 'UTF8' ALLOW_CONNECTIONS false", cancel);
        }

        if (!await server.Holds("datallowconn FROM pg_database WHERE datname = $1", name, cancel))
        {
            await server.ExecuteTogether(
                [
                    $"REVOKE ALL ON DATABASE {Identifier(name)} FROM PUBLIC",
                    $"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {Identifier(name)} TO {Identifier(name)}",
                    LimitTo(name, plan),
                    $"ALTER DATABASE {Identifier(name)} ALLOW_CONNECTIONS true",
                ],
                cancel);
        }

        await HandOver(target, name, cancel);
    }

    public static Task Limit(LockedServer server, string name, Option<BillingPlan> plan, CancellationToken cancel) =>
        server.Execute(LimitTo(name, plan), cancel);

    /// <summary>To everybody but us: the owner's logins, and who only reads.</summary>
    public static async Task Close(LockedServer server, string name, CancellationToken cancel)
    {
        foreach (var role in await server.Names(WhoConnects, name, cancel))
        {
            await server.Execute($"REVOKE CONNECT ON DATABASE {Identifier(name)} FROM {Identifier(role)}", cancel);
        }
    }

    /// <summary>Whether the customer's logins may connect: not while the database is suspended.</summary>
    public static Task<bool> IsOpen(LockedServer server, string name, CancellationToken cancel) =>
        server.Holds("has_database_privilege($1, datname, 'CONNECT') FROM pg_database WHERE datname = $1", name, cancel);

    public static Task Open(LockedServer server, string name, CancellationToken cancel) =>
        server.Execute($"GRANT CONNECT ON DATABASE {Identifier(name)} TO {Identifier(name)}", cancel);

    /// <summary>With everything in it, and whoever is connected.</summary>
    public static async Task Drop(LockedServer server, string name, CancellationToken cancel)
    {
        try
        {
            await server.Execute($"DROP DATABASE IF EXISTS {Identifier(name)} WITH (FORCE)", cancel);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // By force only sessions are ended that are ours to end, and all or none: the autovacuum, which may be in any database, is not.
            // Without force PostgreSQL sends it away itself, and waits a few seconds for whoever else is leaving.
            await PostgresSessions.EndOn(server, name, cancel);
            await server.Execute($"DROP DATABASE IF EXISTS {Identifier(name)}", cancel);
        }
    }

    /// <summary>The schema public, which the customer may want to drop and make again, is the customer's.</summary>
    private static Task HandOver(PostgresTarget target, string name, CancellationToken cancel) =>
        target.ExecuteInside(
            name,
            $"""
            DO $hand_over$
            BEGIN
                IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND pg_get_userbyid(nspowner) = 'pg_database_owner') THEN
                    ALTER SCHEMA public OWNER TO {Identifier(name)};
                END IF;
            END
            $hand_over$
            """,
            cancel);

    private static string LimitTo(string name, Option<BillingPlan> plan)
    {
        var limit = plan.Bind(p => p.Settings.Find("connectionLimit")).IfNone(Unlimited);
        return int.TryParse(limit, out var connections) && connections >= -1
            ? $"ALTER DATABASE {Identifier(name)} CONNECTION LIMIT {connections}"
            : throw new InvalidOperationException($"The plan's setting connectionLimit is '{limit}', which is not a number of connections.");
    }
}
