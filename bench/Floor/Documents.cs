using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Floor;

/// <summary>What was sent, as it was sent, one row each: an installation has the empty name. Every call is one statement.</summary>
internal sealed class Documents(NpgsqlDataSource database)
{
    private const string CreateSql = """
        create table document (installation_id text, name text, body jsonb not null, primary key (installation_id, name))
        """;

    private const string LoadSql = "select body from document where installation_id = $1 and name = $2";

    private const string InsertSql = "insert into document (installation_id, name, body) values ($1, $2, $3)";

    private const string UpsertSql = $"{InsertSql} on conflict (installation_id, name) do update set body = excluded.body";

    private const string MergeSql = """
        update document set body = body || $3 where installation_id = $1 and name = $2 returning body
        """;

    private const string DeleteSql = "delete from document where installation_id = $1 and name = $2";

    public async Task Create()
    {
        await using var command = database.CreateCommand(CreateSql);
        await command.ExecuteNonQueryAsync();
    }

    public Task<byte[]?> Load(string installation, string name) => Query(LoadSql, installation, name);

    public Task Insert(string installation, string name, byte[] body) => Run(InsertSql, installation, name, body);

    public Task Upsert(string installation, string name, byte[] body) => Run(UpsertSql, installation, name, body);

    public Task<byte[]?> Merge(string installation, string name, byte[] body) => Query(MergeSql, installation, name, body);

    public async Task<bool> Delete(string installation, string name) => await Run(DeleteSql, installation, name) == 1;

    private async Task<int> Run(string sql, string installation, string name, byte[]? body = null)
    {
        await using var command = Command(sql, installation, name, body);
        return await command.ExecuteNonQueryAsync();
    }

    private async Task<byte[]?> Query(string sql, string installation, string name, byte[]? body = null)
    {
        await using var command = Command(sql, installation, name, body);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? reader.GetFieldValue<byte[]>(0) : null;
    }

    private NpgsqlCommand Command(string sql, string installation, string name, byte[]? body)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = installation });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        if (body is not null)
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body, NpgsqlDbType = NpgsqlDbType.Jsonb });
        return command;
    }
}
