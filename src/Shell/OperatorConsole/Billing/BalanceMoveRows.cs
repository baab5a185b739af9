using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>What moved everybody's balances beside their use: purchases and adjustments, with what is left of each.</summary>
internal static class BalanceMoveRows
{
    private const string Columns = """
        e.entered_at, e.installation_id, e.resource_id, e.amount, e.reason, e.cause, e.position, e.balance, (
            select last.balance_after from balance_entry last
            where last.installation_id = e.installation_id and last.balance = e.balance order by last.position desc limit 1)
        """;

    // The place names an entry, wherever others came at the same moment.
    private const string NewestSql = $"""
        select {Columns} from balance_entry e
        where e.burnt_after is null and (e.entered_at, e.installation_id, e.balance, e.position) < ($1, $2, $3, $4)
            and ($5::boolean is null or (e.reason is not null) = $5)
        order by e.entered_at desc, e.installation_id desc, e.balance desc, e.position desc limit $6
        """;

    private const string OldestSql = $"""
        select {Columns} from balance_entry e
        where e.burnt_after is null and (e.entered_at, e.installation_id, e.balance, e.position) > ($1, $2, $3, $4)
            and ($5::boolean is null or (e.reason is not null) = $5)
        order by e.entered_at, e.installation_id, e.balance, e.position limit $6
        """;

    /// <param name="isAdjustment">Both, when null.</param>
    public static Loaded<Seq<BalanceMove>> Page(Loads loads, BalancePlace after, bool? isAdjustment, int max) => after.Ascending
        ? loads.Many(OldestSql, Read, after.At, after.Installation, after.Balance, after.Position, isAdjustment, max)
        : loads.Many(NewestSql, Read, after.At, after.Installation, after.Balance, after.Position, isAdjustment, max);

    private static BalanceMove Read(Npgsql.NpgsqlDataReader reader) => new(
        reader.Moment(0), reader.GetString(1), reader.TextOrNull(2), new Usd(reader.GetDecimal(3)), reader.TextOrNull(4), reader.GetString(5),
        reader.GetInt32(6), reader.GetString(7), new Usd(reader.GetDecimal(8)));
}

/// <summary>Where a page goes on.</summary>
internal sealed record BalancePlace(DateTimeOffset At, string Installation, string Balance, int Position, bool Ascending)
{
    public static readonly BalancePlace Newest = new(NewestFirst.Start.At, "", "", 0, Ascending: false);

    public static readonly BalancePlace Oldest = new(DateTimeOffset.UnixEpoch, "", "", 0, Ascending: true);
}

/// <param name="Resource">Null for the balance of the installation as a whole.</param>
/// <param name="Reason">Of an adjustment.</param>
/// <param name="Left">Now.</param>
internal sealed record BalanceMove(
    DateTimeOffset At, string Installation, string? Resource, Usd Amount, string? Reason, string Cause, int Position, string Balance, Usd Left);
