using static Marketplace.Shell.Provisioning.Postgres.SqlText;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// The role of a resource that reads everything in its database and may write nothing: not a table, not a sequence, no temporary one.
/// </summary>
/// <remarks>
/// PostgreSQL's own pg_read_all_data would also read the password verifiers of every tenant of the server (pg_authid). So the right is
/// granted table by table, before each use: whatever the customer has made meanwhile is then seen as well.
/// </remarks>
internal static class PostgresReader
{
    public static async Task Prepare(LockedServer server, PostgresTarget target, string database, string reader, CancellationToken cancel)
    {
        await PostgresRoles.CreateGroup(server, reader, cancel);
        if (!await server.Holds("has_database_privilege($1[1]::name, $1[2], 'CONNECT')", new[] { reader, database }, cancel))
        {
            await server.Execute($"GRANT CONNECT ON DATABASE {Identifier(database)} TO {Identifier(reader)}", cancel);
        }

        await target.ExecuteInside(database, GrantWhatIsMissing(reader), cancel);
    }

    /// <summary>One that cannot be granted, because it is gone or somebody is changing it, is left for the next time.</summary>
    private static string GrantWhatIsMissing(string reader) =>
        $"""
        SET lock_timeout = '200ms';
        DO $read$
        DECLARE missing text;
        BEGIN
            FOR missing IN
                SELECT format('GRANT USAGE ON SCHEMA %I TO %I', n.nspname, {Literal(reader)})
                FROM pg_namespace n
                WHERE NOT starts_with(n.nspname, 'pg_') AND n.nspname <> 'information_schema'
                    AND NOT has_schema_privilege({Literal(reader)}, n.oid, 'USAGE')
                UNION ALL
                SELECT format('GRANT SELECT ON %I.%I TO %I', n.nspname, c.relname, {Literal(reader)})
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                    AND NOT starts_with(n.nspname, 'pg_') AND n.nspname <> 'information_schema'
                    AND NOT has_table_privilege({Literal(reader)}, c.oid, 'SELECT')
            LOOP
                BEGIN
                    EXECUTE missing;
                EXCEPTION WHEN OTHERS THEN
                    NULL;
                END;
            END LOOP;
        END
        $read$
        """;
}
