using System.Diagnostics.CodeAnalysis;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Telemetry;

/// <summary>
/// What waits, counted over everybody. Each statement looks through an index of what is open, and no further than <see cref="CountMax"/>: where
/// more waits than that, nobody needs to know how much more.
/// </summary>
internal static class StoreReadingRows
{
    public const int CountMax = 100_000;

    // Whoever held it last keeps it, so that one process tells and the others are silent.
    private const string LeadSql = """
        insert into store_reader as known (reader, leased_until) values ($1, clock_timestamp() + $2)
        on conflict (is_the_one) do update set reader = excluded.reader, leased_until = excluded.leased_until
        where known.reader = excluded.reader or known.leased_until < clock_timestamp()
        returning true
        """;

    private const string ResignSql = "delete from store_reader where reader = $1";

    // What was tried before has no index by its due time; there are as many of those as Vercel has refused of late. The end of an uninstall is put
    // off again and again while something is in its way, and is as late as the customer has waited.
    private const string BillingSql = """
        select kind.work, count(due.due_at),
            case when kind.work = 'finalization'
                then (select min(uninstall_requested_at) from installation where stage = 'uninstalling' and uninstall_requested_at <= $1)
                else min(due.due_at) end,
            coalesce(sum(floor(extract(epoch from $1 - due.due_at) / 3600) + 1), 0)::bigint
        from unnest(array['usage', 'invoices', 'balances', 'settlement', 'finalization']) as kind (work)
            left join lateral (
                (select due_at from billing_schedule where work = kind.work and attempts = 0 and due_at <= $1 order by due_at limit $2)
                union all
                (select due_at from billing_schedule where work = kind.work and attempts > 0 and due_at <= $1 limit $2)) as due on true
        group by kind.work
        """;

    // What waits for a token is due, whenever it is tried again.
    private const string OutboxSql = """
        select kind, count(*), min(coalesce(put_off_from, due_at))
        from (select kind, due_at, put_off_from, awaits_token from outbox_message where state = 'pending' order by next_attempt_at limit $2) as open
        where due_at <= $1 or awaits_token
        group by kind
        """;

    // Of the jobs that somebody runs: what has failed, or died, since it last ended well. Real time, told as if the clock of decisions had run along.
    private const string FailingJobsSql = """
        select job.job_id, count(failure.started_at), $1::timestamptz - (clock_timestamp() - min(failure.started_at))
        from job
            left join lateral (
                select ended_at from job_run where job_run.job_id = job.job_id and outcome = 'succeeded' order by started_at desc, node desc limit 1) well on true
            left join lateral (
                select started_at from job_run
                where job_run.job_id = job.job_id and outcome in ('failed', 'lost') and ended_at > coalesce(well.ended_at, '-infinity')
                    and started_at > coalesce(well.ended_at, '-infinity') - interval '1 day'
                limit $2) failure on true
        where exists (
                select from job_node
                where job.job_id = any (job_node.jobs) and stopped_at is null and seen_at > clock_timestamp() - interval '5 minutes')
            and not exists (select from job_pause where job_pause.job_id = job.job_id)
        group by job.job_id
        """;

    private const string DeadMessagesSql = """
        select kind, count(*), null::timestamptz from (select kind from outbox_message where state = 'dead' limit $2) as dead
        where $1::timestamptz is not null
        group by kind
        """;

    private const string EventsSql = """
        select state::text, count(*), min(occurred_at)
        from (
            (select state, occurred_at from provider_event where state = 'pending' limit $2)
            union all
            (select state, occurred_at from provider_event where state = 'dead' limit $2)) as open
        where occurred_at <= $1
        group by state
        """;

    private const string WebhooksSql = """
        select state, count(*), min(received_at)
        from (
            (select state, received_at from webhook where state = 'pending' order by next_attempt_at limit $2)
            union all
            (select state, received_at from webhook where state = 'dead' limit $2)) as open
        where received_at <= $1
        group by state
        """;

    private const string OperationsSql = """
        select kind, count(*), min(requested_at)
        from (select kind, requested_at from operation where state = 'pending' order by requested_at limit $2) as open
        where requested_at <= $1
        group by kind
        """;

    // What is settled grows for ever, and is counted when it comes to be so.
    private const string InvoicesSql = """
        select open.state, count(found.state), min(found.invoice_date)
        from unnest(array['drafted', 'submitted', 'known', 'accepted', 'notpaid', 'overdue', 'refund_requested', 'refused']) as open (state)
            left join lateral (select i.state, i.invoice_date from invoice i where i.state = open.state and i.invoice_date <= $1 limit $2) as found on true
        group by open.state
        """;

    /// <summary>Whether this process is the one that reads.</summary>
    public static async Task<bool> Lead(NpgsqlConnection connection, string reader, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(LeadSql, reader, lease);
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>So that another one reads at once.</summary>
    public static async Task Resign(NpgsqlConnection connection, string reader, CancellationToken cancel)
    {
        await using var command = connection.Command(ResignSql, reader);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<StoreReading> Read(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        var loads = new Loads();
        var billing = loads.Many(
            BillingSql, reader => (Waiting: Read(reader), Hours: reader.GetInt64(3)), now, CountMax);
        var outbox = Counts(loads, OutboxSql, now);
        var deadMessages = Counts(loads, DeadMessagesSql, now);
        var events = Counts(loads, EventsSql, now);
        var webhooks = Counts(loads, WebhooksSql, now);
        var operations = Counts(loads, OperationsSql, now);
        var invoices = Counts(loads, InvoicesSql, now);
        var jobs = Counts(loads, FailingJobsSql, now);
        await loads.Read(connection, cancel);
        return new StoreReading(
            now, billing.Value.Map(due => due.Waiting), outbox.Value, deadMessages.Value, events.Value, webhooks.Value, operations.Value,
            invoices.Value, jobs.Value)
        {
            SlotsDue = billing.Value.Filter(due => due.Waiting.Kind == "usage").Sum(due => due.Hours),
        };
    }

    private static Loaded<LanguageExt.Seq<Waiting>> Counts(Loads loads, [ConstantExpected] string sql, DateTimeOffset now) => loads.Many(
        sql, Read, now, CountMax);

    private static Waiting Read(NpgsqlDataReader reader) => new(reader.GetString(0), reader.GetInt64(1), reader.MomentOrNull(2));
}
