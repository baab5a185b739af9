using System.Diagnostics;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Doctor;

/// <summary>Our database: whether it is there, new enough, lets us in, has room for our connections, and lets us keep what we must.</summary>
internal sealed class DatabaseExamination(DoctorDatabase database) : IExamination
{
    /// <summary>The oldest that anything here was tried on.</summary>
    private const int VersionMin = 15;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    public string Subject => "database";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (database.Source is not { } source)
            return [new Finding.Skipped("ConnectionStrings__Marketplace is missing or wrong: see configuration.")];
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            return await Look(connection, cancel);
        }
        catch (NpgsqlException fault)
        {
            var where = new NpgsqlConnectionStringBuilder(source.ConnectionString);
            return
            [
                new Finding.Failed(
                    $"PostgreSQL at {where.Host}:{where.Port}, database {where.Database}, user {where.Username}, cannot be used: {FirstConnection.Reason(fault)}.",
                    Mend(fault)),
            ];
        }
    }

    private async Task<IReadOnlyList<Finding>> Look(NpgsqlConnection connection, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        if (connection.PostgreSqlVersion.Major < VersionMin)
            findings.Add(new Finding.Failed($"It is PostgreSQL {connection.PostgreSqlVersion}.", $"Use {VersionMin} or newer."));

        await using (var command = new NpgsqlCommand(
            """
            select has_database_privilege(current_database(), 'CREATE'), has_schema_privilege('public', 'CREATE'),
                (select rolsuper from pg_roles where rolname = current_user),
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                pg_is_in_recovery(), (select count(*)::int from pg_stat_activity where backend_type = 'client backend')
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            if (reader.GetBoolean(4))
                findings.Add(new Finding.Failed("It is a read-only replica.", "Name the primary in ConnectionStrings__Marketplace."));
            if (!reader.GetBoolean(0))
                findings.Add(new Finding.Failed("The role may not create a schema, and the job host needs one.", "grant create on database … to the role, or make the role its owner."));
            if (!reader.GetBoolean(1))
                findings.Add(new Finding.Failed("The role may not create tables in the schema public.", "grant create on schema public to the role, or make the role the owner of the database."));
            if (reader.GetBoolean(2))
                findings.Add(new Finding.Warning("The role is a superuser, and needs to be none.", "Use a role that owns this database and nothing else."));
            if (reader.GetInt32(3) is var room && room < database.ServerConnectionsMax)
            {
                findings.Add(new Finding.Warning(
                    $"One process may hold {database.ServerConnectionsMax} connections, and the server has room for {room} ({reader.GetInt32(5)} are open now).",
                    "Raise max_connections, or say Maximum Pool Size in ConnectionStrings__Marketplace: all processes together must fit."));
            }
        }

        var roundTrip = await RoundTrip(connection, cancel);
        if (roundTrip > Slow)
        {
            findings.Add(new Finding.Warning(
                $"A round trip takes {roundTrip.TotalMilliseconds:0} ms, and each call of Vercel makes two.", "Run the server beside its database."));
        }

        if (findings.Count == 0)
            findings.Add(new Finding.Ok($"PostgreSQL {connection.PostgreSqlVersion}, database {connection.Database}; a round trip takes {roundTrip.TotalMilliseconds:0.0} ms."));
        return findings;
    }

    /// <summary>The best of a few: the first ones pay for much that later ones have.</summary>
    private static async Task<TimeSpan> RoundTrip(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var nothing = new NpgsqlCommand("select 1", connection);
        var best = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var asked = Stopwatch.GetTimestamp();
            await nothing.ExecuteScalarAsync(cancel);
            if (Stopwatch.GetElapsedTime(asked) is var took && took < best)
                best = took;
        }

        return best;
    }

    private static string Mend(NpgsqlException fault) => (fault as PostgresException)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "Correct Username or Password in ConnectionStrings__Marketplace, or what pg_hba.conf allows.",
        PostgresErrorCodes.InvalidCatalogName => "Create the database, or correct Database in ConnectionStrings__Marketplace.",
        PostgresErrorCodes.InsufficientPrivilege => "grant connect on database … to the role.",
        PostgresErrorCodes.TooManyConnections => "Raise max_connections, or lower Maximum Pool Size of all who use it.",
        _ => "Start it, or correct Host and Port in ConnectionStrings__Marketplace.",
    };
}
