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

    // Batch claim of a job: it spans installations on purpose.
    private const string ClaimSql = """
        with free as (
            select installation_id, webhook_id from webhook
            where state = 'pending' and leased_until < clock_timestamp() and next_attempt_at <= clock_timestamp()
            order by received_at
            limit $1
            for update skip locked)
        update webhook w set leased_until = clock_timestamp() + $2, attempts = w.attempts + 1
        from free
        where w.installation_id = free.installation_id and w.webhook_id = free.webhook_id
        returning w.installation_id, w.webhook_id, w.type, w.body, w.attempts
        """;

    private const string CloseSql = """
        update webhook set state = 'processed', last_error = $3, closed_at = clock_timestamp(), leased_until = '-infinity'
        where installation_id = $1 and webhook_id = $2 and state = 'pending'
        """;

    private const string GiveBackSql = """
        update webhook set last_error = $3, next_attempt_at = clock_timestamp() + $4, leased_until = '-infinity'
        where installation_id = $1 and webhook_id = $2 and state = 'pending'
        """;

    private const string DeadSql = """
        update webhook set state = 'dead', last_error = $3, closed_at = clock_timestamp(), leased_until = '-infinity'
        where installation_id = $1 and webhook_id = $2 and state = 'pending'
        """;

    /// <summary>Quiet when it is stored already: Vercel delivers until it hears a yes.</summary>
    public static async Task Store(
        NpgsqlConnection connection, string installation, string id, string type, string body, DateTimeOffset now,
        CancellationToken cancel)
    {
        // As it came: jsonb would refuse an escaped U+0000, and put the fields into an order of its own.
        await using var command = connection.Command(StoreSql, installation, id, type, SqlValue.Json(body), now);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<IReadOnlyList<ClaimedWebhook>> Claim(
        NpgsqlConnection connection, int webhooksMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, webhooksMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedWebhook>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedWebhook(
                new InstallationId(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.GetInt32(4)));
        }

        return claimed;
    }

    /// <param name="remark">Why it had no effect; null when it had one.</param>
    public static void Close(Writes writes, ClaimedWebhook webhook, string? remark) =>
        writes.Add(CloseSql, webhook.Installation.Value, webhook.Id, remark);

    public static async Task GiveBack(
        NpgsqlConnection connection, ClaimedWebhook webhook, string reason, bool dead, TimeSpan delay, CancellationToken cancel)
    {
        await using var command = dead
            ? connection.Command(DeadSql, webhook.Installation.Value, webhook.Id, reason)
            : connection.Command(GiveBackSql, webhook.Installation.Value, webhook.Id, reason, delay);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
