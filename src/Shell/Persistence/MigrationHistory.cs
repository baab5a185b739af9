using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Persistence;

/// <summary>Which migrations a database has seen: the table <c>schema_migration</c>.</summary>
internal static class MigrationHistory
{
    public sealed record Applied(int Number, string Name, string Checksum)
    {
        public override string ToString() => $"{Number:000}_{Name}";
    }

    /// <summary>In order; empty in a fresh database.</summary>
    public static async Task<IReadOnlyList<Applied>> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select number, name, checksum from schema_migration order by number", connection);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var applied = new List<Applied>();
            while (await reader.ReadAsync(cancel))
            {
                applied.Add(new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));
            }

            return applied;
        }
        catch (PostgresException fresh) when (fresh.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return [];
        }
    }

    /// <summary>What is left to apply.</summary>
    /// <exception cref="StartRefusedException">The database's history is not the beginning of ours.</exception>
    public static IReadOnlyList<Migration> Pending(IReadOnlyList<Migration> ours, IReadOnlyList<Applied> applied)
    {
        for (var index = 0; index < applied.Count; index++)
        {
            var was = applied[index];
            if (was.Number > ours[^1].Number || was.Number < ours[index].Number)
            {
                throw new StartRefusedException(
                    $"Marketplace cannot start: the database has migration {was}, and this version, which ends at {ours[^1]}, has not. "
                    + "It was used by a newer version: start that one.");
            }

            if (was.Number > ours[index].Number)
            {
                throw new StartRefusedException(
                    $"Marketplace cannot start: the database has migration {was} but not {ours[index]} before it. "
                    + "Its table schema_migration was changed by hand, or a restore was incomplete.");
            }

            if (was.Checksum != ours[index].Checksum)
            {
                throw new StartRefusedException(
                    $"Marketplace cannot start: migration {ours[index]} is not the one that the database was made with ({was}). "
                    + "A migration that was applied somewhere is never edited: write a new one.");
            }
        }

        return [.. ours.Skip(applied.Count)];
    }

    public static async Task EnsureTable(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            create table if not exists schema_migration (
                number     integer primary key,
                name       text not null,
                checksum   text not null,
                applied_at timestamptz not null default now()
            )
            """,
            transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task Append(NpgsqlTransaction transaction, Migration migration, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into schema_migration (number, name, checksum) values ($1, $2, $3)", transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = migration.Number },
                new() { Value = migration.Name },
                new() { Value = migration.Checksum },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
