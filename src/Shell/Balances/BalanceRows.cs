using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Balances;

/// <summary>The ledger of prepaid money. Rows are only ever added, and read from the end: what came before is carried forward in the last.</summary>
internal static class BalanceRows
{
    private const string IsEnteredSql = """
        select exists (select from balance_entry where installation_id = $1 and cause = $2 and entry_number = 1)
        """;

    private const string LoadSql = """
        select resource_id, amount, entered_at from balance_entry where installation_id = $1 and cause = $2 order by entry_number
        """;

    private const string LastSql = """
        select b.balance, last.balance_after, last.position, last.empty_since
        from unnest($2::text[]) as b (balance) cross join lateral (
            select e.balance_after, e.position, e.empty_since from balance_entry e
            where e.installation_id = $1 and e.balance = b.balance
            order by e.position desc limit 1) last
        """;

    private const string AmountsSql = """
        select distinct on (balance) balance, balance_after from balance_entry where installation_id = $1 order by balance, position desc
        """;

    private const string LastBurnsSql = """
        select u.number, last.hour_start, last.burnt_after
        from unnest($2::text[], $3::text[], $4::timestamptz[]) with ordinality as u (balance, billing_plan_id, period_start, number)
        cross join lateral (
            select e.hour_start, e.burnt_after from balance_entry e
            where e.installation_id = $1 and e.balance = u.balance and e.billing_plan_id = u.billing_plan_id
                and e.period_start = u.period_start and e.burnt_after is not null
            order by e.hour_start desc limit 1) last
        """;

    private const string AdjustmentsSql = """
        select cause, resource_id, amount, entered_at, reason, balance_after from balance_entry
        where installation_id = $1 and reason is not null and (entered_at, cause) < ($2, $3) order by entered_at desc, cause desc limit $4
        """;

    private const string InsertSql = """
        insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at, position, balance_after, empty_since,
            billing_plan_id, period_start, period_end, hour_start, burnt_after, reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """;

    public static Loaded<bool> IsEntered(Loads loads, InstallationId installation, BalanceCause cause) =>
        loads.One(false, IsEnteredSql, reader => reader.GetBoolean(0), installation.Value, cause.Value);

    /// <summary>
    /// The ledger with the entries of one cause, and everything else of the balances carried forward. Asked under the lock of the
    /// installation, so that the answer still holds at the commit.
    /// </summary>
    /// <param name="balances">That the cause may move; those that it has moved are there anyway.</param>
    public static async Task<BalanceLedger> Load(
        NpgsqlTransaction transaction, InstallationId installation, BalanceCause cause, Seq<Option<ResourceId>> balances,
        CancellationToken cancel)
    {
        var entries = await LoadEntries(transaction, installation, cause, cancel);
        var standings = await LoadStandings(transaction, installation, balances + entries.Map(entry => entry.Resource).Strict(), cancel);
        var carried = standings.Map((balance, standing) =>
        {
            var own = entries.Filter(entry => entry.Resource == balance);
            return standing with { Amount = standing.Amount - Usd.Sum(own.Map(entry => entry.Amount)), Entries = standing.Entries - own.Count };
        });
        return BalanceLedger.Empty with { Carried = carried, Entries = entries };
    }

    /// <summary>The ledger as it is carried forward: how these balances stand, and what is burnt of these uses. Asked under the same lock.</summary>
    public static async Task<BalanceLedger> Load(
        NpgsqlTransaction transaction, InstallationId installation, Seq<Option<ResourceId>> balances, Seq<PrepaidUse> uses,
        CancellationToken cancel) =>
        BalanceLedger.Empty with
        {
            Carried = await LoadStandings(transaction, installation, balances + uses.Map(use => use.Balance).Strict(), cancel),
            CarriedBurns = await LoadBurns(transaction, installation, uses, cancel),
        };

    /// <summary>What is left of everything that was ever paid ahead, to look at.</summary>
    public static Loaded<Seq<(Option<ResourceId> Balance, Usd Amount)>> Amounts(Loads loads, InstallationId installation) =>
        loads.Many(AmountsSql, reader => (Balance(reader.GetString(0)), new Usd(reader.GetDecimal(1))), installation.Value);

    /// <summary>The ledger with one balance as it is carried forward. Asked behind the lock of the installation.</summary>
    public static Func<BalanceLedger> LoadEnd(Loads loads, InstallationId installation, Option<ResourceId> balance)
    {
        string[] names = [Name(balance)];
        var last = loads.One(BalanceStanding.Untouched, LastSql, ReadStanding, installation.Value, names);
        return () => BalanceLedger.Empty with { Carried = HashMap((balance, last.Value)) };
    }

    /// <summary>What the provider ever gave or took, the newest first, each with what its balance was then.</summary>
    public static Loaded<Seq<(BalanceEntry Entry, Usd After)>> Adjustments(
        Loads loads, InstallationId installation, NewestFirst from, int max) => loads.Many(
        AdjustmentsSql,
        reader => (
            new BalanceEntry(
                new BalanceCause(reader.GetString(0)), reader.TextOption(1).Map(id => new ResourceId(id)), new Usd(reader.GetDecimal(2)),
                reader.Moment(3)) { Reason = reader.TextOption(4) },
            new Usd(reader.GetDecimal(5))),
        installation.Value, from.At, from.Id, max);

    /// <summary>Writes what is new in a ledger. Whoever writes a cause again, or goes on from what is not the end any more, breaks a constraint.</summary>
    public static void Append(Writes writes, InstallationId installation, BalanceLedger before, BalanceLedger after)
    {
        var numbers = new Dictionary<BalanceCause, int>();
        foreach (var (entry, standing) in after.Since(before))
        {
            var number = numbers[entry.Cause] = numbers.GetValueOrDefault(entry.Cause) + 1;
            var burnt = entry.Burnt.MatchUnsafe<Burnt?>(one => one, () => null);
            writes.Add(
                InsertSql, installation.Value, entry.Cause.Value, number, entry.Resource.Map(id => id.Value).OrNull(),
                entry.Amount.Amount, entry.At, standing.Entries, standing.Amount.Amount, standing.EmptySince.OrNull(),
                burnt?.Use.Plan.Value, burnt?.Use.Period.Start, burnt?.Use.Period.End, burnt?.Hour.Start, burnt?.SoFar.Amount, entry.Reason.OrNull());
        }
    }

    private static async Task<HashMap<Option<ResourceId>, BalanceStanding>> LoadStandings(
        NpgsqlTransaction transaction, InstallationId installation, Seq<Option<ResourceId>> balances, CancellationToken cancel)
    {
        string[] names = [.. balances.Map(Name).Distinct()];
        await using var command = transaction.Command(LastSql, installation.Value, names);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var standings = new List<(Option<ResourceId>, BalanceStanding)>();
        while (await reader.ReadAsync(cancel))
            standings.Add((Balance(reader.GetString(0)), ReadStanding(reader)));

        return toHashMap(standings);
    }

    private static BalanceStanding ReadStanding(NpgsqlDataReader reader) => new(
        new Usd(reader.GetDecimal(1)), reader.GetInt32(2), reader.MomentOrNull(3) is { } since ? Some(since) : None);

    private static async Task<HashMap<PrepaidUse, Burnt>> LoadBurns(
        NpgsqlTransaction transaction, InstallationId installation, Seq<PrepaidUse> uses, CancellationToken cancel)
    {
        await using var command = transaction.Command(
            LastBurnsSql, installation.Value, uses.Select(use => Name(use.Balance)).ToArray(), uses.Select(use => use.Plan.Value).ToArray(),
            uses.Select(use => use.Period.Start).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var burns = new List<(PrepaidUse, Burnt)>();
        while (await reader.ReadAsync(cancel))
        {
            var use = uses[(int)reader.GetInt64(0) - 1];
            burns.Add((use, new Burnt(use, HourSlot.Of(reader.Moment(1)), new Usd(reader.GetDecimal(2)))));
        }

        return toHashMap(burns);
    }

    private static async Task<Seq<BalanceEntry>> LoadEntries(
        NpgsqlTransaction transaction, InstallationId installation, BalanceCause cause, CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadSql, installation.Value, cause.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var entries = new List<BalanceEntry>();
        while (await reader.ReadAsync(cancel))
        {
            var resource = reader.TextOption(0).Map(id => new ResourceId(id));
            entries.Add(new BalanceEntry(cause, resource, new Usd(reader.GetDecimal(1)), reader.Moment(2)));
        }

        return entries.ToSeq().Strict();
    }

    private static string Name(Option<ResourceId> balance) => balance.Match(id => id.Value, () => "");

    private static Option<ResourceId> Balance(string name) => name.Length == 0 ? None : Some(new ResourceId(name));
}
