using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Balances;

/// <summary>The ledger of prepaid money. Rows are only ever added.</summary>
internal static class BalanceRows
{
    private const string IsEnteredSql = """
        select exists (select from balance_entry where installation_id = $1 and cause = $2 and entry_number = 1)
        """;

    private const string LoadSql = """
        select resource_id, amount, entered_at from balance_entry where installation_id = $1 and cause = $2 order by entry_number
        """;

    private const string CarriedSql = """
        select resource_id, sum(amount) from balance_entry where installation_id = $1 and cause <> $2 group by resource_id
        """;

    private const string InsertSql = """
        insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at)
        values ($1, $2, $3, $4, $5, $6)
        """;

    public static Loaded<bool> IsEntered(Loads loads, InstallationId installation, BalanceCause cause) =>
        loads.One(false, IsEnteredSql, reader => reader.GetBoolean(0), installation.Value, cause.Value);

    /// <summary>
    /// The ledger with the entries of one cause, and everything else carried forward. Asked under the lock of the installation, so that
    /// the answer still holds at the commit.
    /// </summary>
    public static async Task<BalanceLedger> Load(
        NpgsqlTransaction transaction, InstallationId installation, BalanceCause cause, CancellationToken cancel) =>
        new(await LoadCarried(transaction, installation, cause, cancel), await LoadEntries(transaction, installation, cause, cancel));

    /// <summary>Writes the entries of one cause. Whoever writes the same cause again breaks a constraint.</summary>
    public static void Append(Writes writes, InstallationId installation, Seq<BalanceEntry> entries)
    {
        foreach (var (entry, number) in entries.Select((entry, at) => (entry, at + 1)))
        {
            writes.Add(
                InsertSql, installation.Value, entry.Cause.Value, number, entry.Resource.Map(id => id.Value).OrNull(),
                entry.Amount.Amount, entry.At);
        }
    }

    private static async Task<HashMap<Option<ResourceId>, Usd>> LoadCarried(
        NpgsqlTransaction transaction, InstallationId installation, BalanceCause except, CancellationToken cancel)
    {
        await using var command = transaction.Command(CarriedSql, installation.Value, except.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var sums = new List<(Option<ResourceId>, Usd)>();
        while (await reader.ReadAsync(cancel))
            sums.Add((Resource(reader), new Usd(reader.GetDecimal(1))));
        return toHashMap(sums);
    }

    private static async Task<Seq<BalanceEntry>> LoadEntries(
        NpgsqlTransaction transaction, InstallationId installation, BalanceCause cause, CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadSql, installation.Value, cause.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var entries = new List<BalanceEntry>();
        while (await reader.ReadAsync(cancel))
            entries.Add(new BalanceEntry(cause, Resource(reader), new Usd(reader.GetDecimal(1)), reader.Moment(2)));
        return entries.ToSeq().Strict();
    }

    private static Option<ResourceId> Resource(NpgsqlDataReader reader) => reader.TextOption(0).Map(id => new ResourceId(id));
}
