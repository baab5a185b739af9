using Marketplace.Shell.Configuration;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.Persistence;

/// <summary>Which migrations a database has seen: the table <c>schema_migration</c>.</summary>
internal static class MigrationHistory
{
    /// <param name="Needs">Which migration a program must know to go on after this one; null where every older one goes on.</param>
    public sealed record Applied(int Number, string Name, string Checksum, int? Needs = null)
    {
        public override string ToString() => $"{Number:000}_{Name}";
    }

    /// <summary>In order; empty in a fresh database.</summary>
    public static async Task<IReadOnlyList<Applied>> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        // By its name in a document, because a table that an older version has made has no such column.
        await using var command = new NpgsqlCommand(
            "select number, name, checksum, (to_jsonb(schema_migration) ->> 'needs')::integer from schema_migration order by number", connection);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var applied = new List<Applied>();
            while (await reader.ReadAsync(cancel))
            {
                applied.Add(new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt32(3)));
            }

            return applied;
        }
        catch (PostgresException fresh) when (fresh.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return [];
        }
    }

    /// <summary>What is left to apply: nothing where a newer version has been, and has only added what this one passes over.</summary>
    /// <exception cref="StartRefusedException">The database's history is not the beginning of ours, nor ours that of the database.</exception>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> ours, IReadOnlyList<Applied> applied)
    {
        var newest = ours[^1];
        var common = applied.Count(was => was.Number <= newest.Number);
        for (var index = 0; index < common; index++)
        {
            Compare(applied[index], ours[index]);
        }

        var newer = applied.Skip(common).ToList();
        if (newer is [var first, ..] && common < ours.Count)
        {
            throw Incomplete(first, ours[common]);
        }

        // While a new version takes the place of this one, both work on what the new one has added.
        return newer.Find(was => was.Needs > newest.Number) is { } contracted ? throw Newer(contracted, newest) : [.. ours.Skip(common)];
    }

    private static void Compare(Applied was, Migration own)
    {
        if (was.Number < own.Number)
        {
            throw Newer(was, own);
        }

        if (was.Number > own.Number)
        {
            throw Incomplete(was, own);
        }

        if (was.Checksum != own.Checksum)
        {
            throw new StartRefusedException(
                $"Marketplace cannot start: migration {own} is not the one that the database was made with ({was}). "
                + "A migration that was applied somewhere is never edited: write a new one.");
        }
    }

    private static StartRefusedException Newer(Applied was, Migration newest) => new(
        $"Marketplace cannot start: the database has migration {was}, and this version, which ends at {newest}, cannot work on it. "
        + "It was used by a newer version: start that one.");

    private static StartRefusedException Incomplete(Applied was, Migration missing) => new(
        $"Marketplace cannot start: the database has migration {was} but not {missing} before it. "
        + "Its table schema_migration was changed by hand, or a restore was incomplete.");

    public static async Task EnsureTable(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            create table if not exists schema_migration (
                number     integer primary key,
                name       text not null,
                checksum   text not null,
                applied_at timestamptz not null default now()
            );
            alter table schema_migration add column if not exists needs integer
            """,
            transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task Append(NpgsqlTransaction transaction, Migration migration, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into schema_migration (number, name, checksum, needs) values ($1, $2, $3, $4)", transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = migration.Number },
                new() { Value = migration.Name },
                new() { Value = migration.Checksum },
                new() { Value = (object?)migration.Needs ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
