using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.UsageEvents;

/// <summary>The months of events, and the keys by which events are known again.</summary>
internal static class EventMonthRows
{
    private const string MakeMonthSql = "select make_usage_month(date_trunc('month', $1::timestamptz, 'UTC'))";

    // What is still to be invoiced, of anybody, holds its months and two before: it spans installations on purpose.
    private const string DropMonthsSql = """
        select drop_usage_months(least($1::timestamptz, (select min(due_at) - interval '62 days' from billing_schedule where work = 'invoices')))
        """;

    private const string ForgetKeysSql = """
        delete from usage_event_key where ctid = any (array(select ctid from usage_event_key where received_at < $1 limit $2))
        """;

    public static Task MakeMonth(NpgsqlDataSource database, DateTimeOffset month, CancellationToken cancel) =>
        Run(database, connection => connection.Command(MakeMonthSql, month), cancel);

    public static Task DropMonths(NpgsqlDataSource database, DateTimeOffset before, CancellationToken cancel) =>
        Run(database, connection => connection.Command(DropMonthsSql, before), cancel);

    public static Task<int> ForgetKeys(NpgsqlDataSource database, DateTimeOffset before, int max, CancellationToken cancel) =>
        Run(database, connection => connection.Command(ForgetKeysSql, before, max), cancel);

    private static async Task<int> Run(NpgsqlDataSource database, Func<NpgsqlConnection, NpgsqlCommand> make, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = make(connection);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
