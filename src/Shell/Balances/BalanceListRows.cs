using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Balances;

/// <summary>Balances and their ledgers for whoever reads them, newest entry first.</summary>
internal static class BalanceListRows
{
    private const string LastSql = """
        select distinct on (balance) resource_id, balance_after, position, entered_at, empty_since from balance_entry
        where installation_id = $1 order by balance, position desc
        """;

    private const string PageSql = """
        select position, cause, amount, balance_after, entered_at, billing_plan_id, period_start, period_end, hour_start, reason from balance_entry
        where installation_id = $1 and balance = $2 and position < $3 order by position desc limit $4
        """;

    /// <summary>How each stands after its last entry, that of the installation first.</summary>
    public static Loaded<Seq<ListedBalance>> Last(Loads loads, InstallationId installation) => loads.Many(
        LastSql,
        reader => new ListedBalance(
            reader.TextOrNull(0), new Usd(reader.GetDecimal(1)), reader.GetInt32(2), reader.Moment(3), reader.MomentOrNull(4)),
        installation.Value);

    /// <param name="resource">None for that of the installation as a whole.</param>
    public static Loaded<Seq<ListedEntry>> Page(Loads loads, InstallationId installation, string? resource, long before, int max) => loads.Many(
        PageSql, Read, installation.Value, resource ?? "", (int)Math.Min(before, int.MaxValue), max);

    private static ListedEntry Read(NpgsqlDataReader reader) => new(
        reader.GetInt32(0), reader.GetString(1), new Usd(reader.GetDecimal(2)), new Usd(reader.GetDecimal(3)), reader.Moment(4),
        reader.TextOrNull(5), reader.MomentOrNull(6), reader.MomentOrNull(7), reader.MomentOrNull(8), reader.TextOrNull(9));
}

/// <param name="Resource">Null for that of the installation as a whole.</param>
internal sealed record ListedBalance(string? Resource, Usd Amount, int Entries, DateTimeOffset LastEntryAt, DateTimeOffset? EmptySince);

/// <param name="Plan">By which it was burnt, with the period and the hour; null for what was not.</param>
/// <param name="Reason">Of an adjustment.</param>
internal sealed record ListedEntry(
    int Position, string Cause, Usd Amount, Usd After, DateTimeOffset At, string? Plan, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    DateTimeOffset? Hour, string? Reason);
