using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Balances;

/// <summary>The ledger of one balance by days, for whoever looks at how it went.</summary>
internal static class BalanceDayRows
{
    /// <summary>More than there are hours in the days that anybody looks at; from the ledger's end, by its own order.</summary>
    private const int EntriesMax = 2000;

    private const string DaysSql = """
        select date_trunc('day', last.entered_at, 'UTC'),
            coalesce(sum(last.amount) filter (where last.cause like 'purchase:%'), 0),
            coalesce(sum(last.amount) filter (where last.reason is not null), 0),
            coalesce(sum(last.amount) filter (where last.billing_plan_id is not null), 0),
            (array_agg(last.balance_after order by last.position desc))[1],
            min(last.entered_at) filter (where last.billing_plan_id is not null)
        from (
            select cause, reason, billing_plan_id, amount, balance_after, position, entered_at from balance_entry
            where installation_id = $1 and balance = $2 order by position desc limit $4) last
        where last.entered_at >= $3
        group by 1 order by 1
        """;

    /// <param name="resource">None for that of the installation as a whole.</param>
    /// <param name="since">The beginning of a day.</param>
    /// <returns>The days on which something was entered, oldest first.</returns>
    public static Loaded<Seq<BalanceDay>> Load(Loads loads, InstallationId installation, string? resource, DateTimeOffset since) => loads.Many(
        DaysSql,
        reader => new BalanceDay(
            UsageDay.Of(reader.Moment(0)), new Usd(reader.GetDecimal(1)), new Usd(reader.GetDecimal(2)), new Usd(reader.GetDecimal(3)),
            new Usd(reader.GetDecimal(4)), reader.IsDBNull(5) ? Option<DateTimeOffset>.None : reader.Moment(5)),
        installation.Value, resource ?? "", since, EntriesMax);
}

/// <param name="Adjusted">What the provider gave, or took with a minus.</param>
/// <param name="Burnt">Not more than zero, but where a use turned out to be smaller.</param>
/// <param name="After">What was left at the end of the day.</param>
/// <param name="BurntFrom">When the first use of the day was entered.</param>
internal sealed record BalanceDay(UsageDay Day, Usd Bought, Usd Adjusted, Usd Burnt, Usd After, Option<DateTimeOffset> BurntFrom);
