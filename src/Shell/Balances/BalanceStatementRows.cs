using System.Text.Json;
using Marketplace.Jobs.Balances;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.VercelApi;
using Npgsql;

namespace Marketplace.Shell.Balances;

/// <summary>What Vercel was told of the balances. The newest statement of an hour is the one that counts there, and is kept here.</summary>
internal static class BalanceStatementRows
{
    private const string SaveSql = """
        insert into balance_statement (installation_id, slot_start, stated_at, balances, refusal) values ($1, $2, $3, $4, $5)
        on conflict (installation_id, slot_start) do update set stated_at = excluded.stated_at, balances = excluded.balances,
            refusal = excluded.refusal
        where balance_statement.stated_at <= excluded.stated_at
        """;

    public static void Save(Writes writes, BalanceStatement statement, string? refusal) => writes.Add(
        SaveSql, statement.Installation.Value, statement.Hour.Start, statement.At,
        new Jsonb(JsonSerializer.Serialize(BalancesWire.Of(statement.At, statement.Balances).Balances, Http.WireJson.Options)), refusal);
}
