using System.Diagnostics.CodeAnalysis;
using LanguageExt;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Overview;

/// <summary>
/// How everything stands, counted over everybody by indexes that know of nothing else. What needs a person is counted up to
/// <see cref="CountMax"/>: enough to know that there is much.
/// </summary>
internal static class OverviewRows
{
    public const int CountMax = 1000;

    private const string InstallationsSql = "select stage, count(*) from installation where stage <> 'finalized' group by stage";

    private const string ResourcesSql = """
        select product_id, status, count(*) from resource where status <> 'uninstalled' group by product_id, status
        """;

    private const string InstallsSql = """
        select date_trunc('day', installed_at, 'UTC') as day, count(*) from installation where installed_at >= $1 group by 1
        """;

    private const string UninstallsSql = """
        select date_trunc('day', uninstall_requested_at, 'UTC') as day, count(*) from installation where uninstall_requested_at >= $1 group by 1
        """;

    private const string DeadMessagesSql = "select count(*) from (select from outbox_message where state = 'dead' limit $1) as found";

    private const string DeadEventsSql = "select count(*) from (select from provider_event where state = 'dead' limit $1) as found";

    private const string DeadWebhooksSql = "select count(*) from (select from webhook where state = 'dead' limit $1) as found";

    // Vercel takes reports of a period until a day after its end, and nobody can do anything for what is older. The end of a period dies in that
    // moment: it is told for one more day. The ledger keeps them all.
    private const string DeadSlotsSql = """
        select count(*) from (select from usage_slot where state = 'dead' and period_end > $2::timestamptz - interval '2 days' limit $1) as found
        """;

    private const string RefusedSlotsSql = """
        select count(*) from (select from usage_slot where state = 'refused' and period_end > $2::timestamptz - interval '2 days' limit $1) as found
        """;

    // What the page of them lists: a finalization waits as long as there is something left to bill, which is as it should be.
    private const string WaitingBillingSql = """
        select count(*) from (
            select from billing_schedule where work in ('usage', 'invoices', 'balances', 'settlement') and last_error is not null limit $1) as found
        """;

    private const string RefusedInvoicesSql = "select count(*) from (select from invoice where state = 'refused' limit $1) as found";

    private const string UnpaidInvoicesSql = "select count(*) from (select from invoice where state in ('notpaid', 'overdue') limit $1) as found";

    private const string FaultsSql = """
        select count(*) from (
            select from resource
            where (status in ('pending', 'onboarding', 'suspended', 'error') or fault is not null) and fault is not null and status <> 'uninstalled' limit $1) as found
        """;

    private const string ErrorsSql = "select count(*) from (select from resource where status = 'error' limit $1) as found";

    private const string OperationsSql = "select count(*) from (select from operation where state = 'pending' and attempts > 3 limit $1) as found";

    private const string TokenlessSql = """
        select count(*) from (select from installation where stage <> 'finalized' and access_token is null limit $1) as found
        """;

    private const string DifferingSql = "select count(*) from (select from drift_result where differences > 0 limit $1) as found";

    public static Loaded<Seq<(string Stage, long Count)>> Installations(Loads loads) =>
        loads.Many(InstallationsSql, reader => (reader.GetString(0), reader.GetInt64(1)));

    public static Loaded<Seq<(string Product, string Status, long Count)>> Resources(Loads loads) =>
        loads.Many(ResourcesSql, reader => (reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));

    /// <param name="since">The beginning of a day.</param>
    public static Loaded<Seq<(DateTimeOffset Day, long Count)>> Installs(Loads loads, DateTimeOffset since) => Days(loads, InstallsSql, since);

    /// <inheritdoc cref="Installs"/>
    public static Loaded<Seq<(DateTimeOffset Day, long Count)>> Uninstalls(Loads loads, DateTimeOffset since) => Days(loads, UninstallsSql, since);

    /// <summary>What does not go on by itself, of each kind.</summary>
    public static IReadOnlyDictionary<Trouble, Loaded<Counted>> Troubles(Loads loads, DateTimeOffset now) => new Dictionary<Trouble, Loaded<Counted>>
    {
        [Trouble.DeadMessages] = Count(loads, DeadMessagesSql),
        [Trouble.DeadEvents] = Count(loads, DeadEventsSql),
        [Trouble.DeadWebhooks] = Count(loads, DeadWebhooksSql),
        [Trouble.DeadSlots] = Count(loads, DeadSlotsSql, now),
        [Trouble.RefusedSlots] = Count(loads, RefusedSlotsSql, now),
        [Trouble.WaitingBilling] = Count(loads, WaitingBillingSql),
        [Trouble.RefusedInvoices] = Count(loads, RefusedInvoicesSql),
        [Trouble.UnpaidInvoices] = Count(loads, UnpaidInvoicesSql),
        [Trouble.Faults] = Count(loads, FaultsSql),
        [Trouble.Errors] = Count(loads, ErrorsSql),
        [Trouble.Operations] = Count(loads, OperationsSql),
        [Trouble.Tokenless] = Count(loads, TokenlessSql),
        [Trouble.Differing] = Count(loads, DifferingSql),
    };

    private static Loaded<Counted> Count(Loads loads, [ConstantExpected] string sql, params ReadOnlySpan<SqlValue> values) =>
        loads.One(Counted.None, sql, reader => new Counted(reader.GetInt64(0)), [CountMax, .. values]);

    private static Loaded<Seq<(DateTimeOffset Day, long Count)>> Days(Loads loads, [ConstantExpected] string sql, DateTimeOffset since) =>
        loads.Many(sql, reader => (reader.Moment(0), reader.GetInt64(1)), since);
}
