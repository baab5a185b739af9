using LanguageExt;
using Marketplace.Core.Connections;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Connections;

/// <summary>Connections in PostgreSQL. The access token is beside the state, encrypted, and is written by its own statement.</summary>
internal static class ConnectionRows
{
    private const string Table = "connection";

    private const string Columns =
        "installation_id, stage, team_id, owner_user_id, connected_by, connected_at, ended_at, end_reason, replaced_by";

    private const string LoadForUpdateSql = $"select {Columns} from connection where installation_id = $1 for no key update";

    // What is not there yet has no row to lock.
    private const string MeetSql = "select true from (select pg_advisory_xact_lock(hashtextextended('connectable ' || $1::text, 0))) as met";

    private const string InsertSql = $"""
        insert into connection ({Columns}, access_token, token_type) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """;

    private const string ReconnectSql = """
        update connection set team_id = $2, owner_user_id = $3, connected_by = $4, access_token = $5, token_type = $6
        where installation_id = $1
        """;

    private const string MoveSql = "update connection set team_id = $2, owner_user_id = null where installation_id = $1";

    private const string EndSql = """
        update connection set stage = 'ended', ended_at = $2, end_reason = $3, replaced_by = $4, access_token = null, token_type = null
        where installation_id = $1
        """;

    private const string AccessTokenSql = "select access_token from connection where installation_id = $1 and stage = 'active'";

    // For the provider's own list: it spans installations on purpose.
    private const string ListSql = $"select {Columns} from connection where installation_id > $1 order by installation_id limit $2";

    // Each state is for one browser, and comes back once.
    private const string BeginSql = "insert into connect_attempt (state_hash, browser_hash, begun_at) values ($1, $2, $3)";

    private const string TakeSql = "delete from connect_attempt where state_hash = $1 and browser_hash = $2 returning begun_at";

    private const string SweepSql = "delete from connect_attempt where begun_at <= $1";

    public static Loaded<Connection?> LoadForUpdate(Loads loads, InstallationId id) => loads.One(LoadForUpdateSql, Read, id.Value);

    /// <summary>Whoever makes a connection and whoever hears of its end go one after the other, also before there is a row.</summary>
    public static void Meet(Loads loads, InstallationId id) => loads.One(absent: false, MeetSql, reader => reader.GetBoolean(0), id.Value);

    public static void Insert(Writes writes, SecretBox box, Connection.Active connection, AccessToken token)
    {
        var (team, user) = Owner(connection.Owner);
        writes.Add(
            InsertSql, connection.Id.Value, "active", team, user, connection.ConnectedBy, connection.ConnectedAt, (DateTimeOffset?)null,
            (string?)null, (string?)null, box.Protect(token.Value, Table, connection.Id.Value), token.Type);
    }

    /// <summary>With a new token, whatever else has changed.</summary>
    public static void Reconnect(Writes writes, SecretBox box, Connection.Active connection, AccessToken token)
    {
        var (team, user) = Owner(connection.Owner);
        writes.Add(
            ReconnectSql, connection.Id.Value, team, user, connection.ConnectedBy, box.Protect(token.Value, Table, connection.Id.Value), token.Type);
    }

    /// <summary>The token stays.</summary>
    public static void Move(Writes writes, InstallationId id, ConnectionOwner.Team team) => writes.Add(MoveSql, id.Value, team.Id);

    public static void End(Writes writes, Connection.Ended ended)
    {
        var (reason, by) = ended.Why switch
        {
            ConnectionEnd.Removed => ("removed", null),
            ConnectionEnd.Replaced replaced => ("replaced", replaced.By.Value),
            _ => throw new System.Diagnostics.UnreachableException(ended.Why.GetType().Name),
        };
        writes.Add(EndSql, ended.Id.Value, ended.EndedAt, reason, by);
    }

    /// <summary>None where the connection is over, or never was.</summary>
    public static async Task<string?> AccessToken(NpgsqlConnection connection, SecretBox box, InstallationId id, CancellationToken cancel)
    {
        await using var command = connection.Command(AccessTokenSql, id.Value);
        return await command.ExecuteScalarAsync(cancel) is byte[] cipher ? box.UnprotectText(cipher, Table, id.Value) : null;
    }

    /// <param name="after">The last one that was listed; nothing for the first page.</param>
    public static async Task<Seq<Connection>> List(NpgsqlConnection connection, string after, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ListSql, after, max);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var connections = new List<Connection>();
        while (await reader.ReadAsync(cancel))
            connections.Add(Read(reader));
        return connections.ToSeq().Strict();
    }

    public static async Task Begin(NpgsqlConnection connection, byte[] state, byte[] browser, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = connection.Command(BeginSql, state, browser, now);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Since when; null when the browser has begun none, or it was taken before. From now on there is none.</summary>
    public static async Task<DateTimeOffset?> Take(NpgsqlConnection connection, byte[] state, byte[] browser, CancellationToken cancel)
    {
        await using var command = connection.Command(TakeSql, state, browser);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? reader.Moment(0) : null;
    }

    public static async Task Sweep(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = connection.Command(SweepSql, before);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static (string? Team, string? User) Owner(ConnectionOwner owner) =>
        owner switch
        {
            ConnectionOwner.Team team => (team.Id, null),
            ConnectionOwner.Person person => (null, person.UserId),
            _ => throw new System.Diagnostics.UnreachableException(owner.GetType().Name),
        };

    private static Connection Read(NpgsqlDataReader reader)
    {
        var id = new InstallationId(reader.GetString(0));
        ConnectionOwner owner = reader.TextOrNull(2) is { } team ? new ConnectionOwner.Team(team) : new ConnectionOwner.Person(reader.GetString(3));
        var (by, at) = (reader.GetString(4), reader.Moment(5));
        return reader.GetString(1) switch
        {
            "active" => new Connection.Active(id, owner, by, at),
            "ended" => new Connection.Ended(id, owner, by, at, reader.Moment(6), Why(id, reader.GetString(7), reader.TextOrNull(8))),
            var unknown => throw new CorruptRowException(Table, id.Value, $"no stage is called '{unknown}'"),
        };
    }

    private static ConnectionEnd Why(InstallationId id, string reason, string? by) =>
        (reason, by) switch
        {
            ("removed", null) => new ConnectionEnd.Removed(),
            ("replaced", { } other) => new ConnectionEnd.Replaced(new InstallationId(other)),
            _ => throw new CorruptRowException(Table, id.Value, $"it cannot have ended as '{reason}'"),
        };
}
