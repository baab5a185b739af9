using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>Webhooks as they arrived. One that names no installation is kept under an empty id.</summary>
internal static class WebhookRows
{
    private const string StoreSql = """
        insert into webhook (installation_id, webhook_id, type, body, received_at) values ($1, $2, $3, $4, $5) on conflict do nothing
        """;

    // Those that arrive at the same moment, of whatever installations.
    private const string StoreManySql = """
        insert into webhook (installation_id, webhook_id, type, body, received_at)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::json[], $5::timestamptz[])
        on conflict do nothing
        """;

    // Batch claim of a job: it spans installations on purpose. The lease is a next attempt: should its holder die, it comes.
    private const string ClaimSql = """
        with free as (
            select installation_id, webhook_id from webhook
            where state = 'pending' and next_attempt_at <= clock_timestamp()
            order by next_attempt_at
            limit $1
            for update skip locked)
        update webhook w set next_attempt_at = clock_timestamp() + $2, attempts = w.attempts + 1
        from free
        where w.installation_id = free.installation_id and w.webhook_id = free.webhook_id
        returning w.installation_id, w.webhook_id, w.type, w.body, w.attempts, w.received_at
        """;

    // Whoever holds it after its lease had ended waits here, and then finds it closed.
    private const string LockOpenSql = """
        select true from webhook where installation_id = $1 and webhook_id = $2 and state = 'pending' for update
        """;

    private const string CloseSql = """
        update webhook set state = 'processed', last_error = $3, closed_at = clock_timestamp()
        where installation_id = $1 and webhook_id = $2 and state = 'pending'
        """;

    private const string GiveBackSql = """
        update webhook set last_error = $3, next_attempt_at = clock_timestamp() + $4
        where installation_id = $1 and webhook_id = $2 and state = 'pending'
        """;

    private const string DeadSql = """
        update webhook set state = 'dead', last_error = $3, closed_at = clock_timestamp()
        where installation_id = $1 and webhook_id = $2 and state = 'pending'
        """;

    // What nobody asks for any more, in batches: it spans installations on purpose.
    private const string ForgetSql = """
        delete from webhook where (installation_id, webhook_id) in (
            select installation_id, webhook_id from webhook where state = 'processed' and received_at < $1 limit $2 for update skip locked)
        """;

    public static readonly Inserts Arrivals = new(StoreSql, StoreManySql);

    /// <summary>As it came: jsonb would refuse an escaped U+0000, and put the fields into an order of its own.</summary>
    public static SqlValue[] Row(InstallationId installation, string id, string type, string body, DateTimeOffset receivedAt) =>
        [installation.Value, id, type, SqlValue.Json(body), receivedAt];

    /// <summary>The same webhook for another installation, which it is about by now. Quiet when it is there already.</summary>
    public static void Forward(Writes writes, ClaimedWebhook webhook, InstallationId to, DateTimeOffset now) =>
        writes.Add(StoreSql, Row(to, webhook.Id, webhook.Type, webhook.Body, now));

    public static async Task<IReadOnlyList<ClaimedWebhook>> Claim(
        NpgsqlConnection connection, int webhooksMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, webhooksMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedWebhook>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedWebhook(
                new InstallationId(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4))
            {
                ReceivedAt = reader.Moment(5),
            });
        }

        // An update gives its rows in no order.
        return [.. claimed.OrderBy(webhook => webhook.ReceivedAt)];
    }

    /// <summary>Whether it is open still; nobody else gives it its effect before the end of the transaction.</summary>
    public static Loaded<bool> LockOpen(Loads loads, ClaimedWebhook webhook) =>
        loads.One(absent: false, LockOpenSql, reader => reader.GetBoolean(0), webhook.Installation.Value, webhook.Id);

    /// <param name="remark">Why it had no effect; null when it had one.</param>
    public static void Close(Writes writes, ClaimedWebhook webhook, string? remark) =>
        writes.Add(CloseSql, webhook.Installation.Value, webhook.Id, remark);

    public static async Task GiveBack(
        NpgsqlConnection connection, ClaimedWebhook webhook, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var command = connection.Command(GiveBackSql, webhook.Installation.Value, webhook.Id, reason, delay);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task Bury(NpgsqlConnection connection, ClaimedWebhook webhook, string reason, CancellationToken cancel)
    {
        await using var command = connection.Command(DeadSql, webhook.Installation.Value, webhook.Id, reason);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<int> Forget(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ForgetSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
