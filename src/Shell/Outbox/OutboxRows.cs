using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>What Vercel must hear, written with the state that caused it.</summary>
internal static class OutboxRows
{
    private const string AppendSql = """
        insert into outbox_message (installation_id, resource_id, kind, created_at, due_at)
        values ($1, $2, $3, $4, $5)
        """;

    // The oldest open message of each installation, so that order holds within it and a stuck one delays nobody else.
    // Batch claim of a job: it spans installations on purpose.
    private const string ClaimSql = """
        with head as (
            select distinct on (installation_id) installation_id, sequence
            from outbox_message
            where state = 'pending' and due_at <= $1
            order by installation_id, sequence),
        free as (
            select m.installation_id, m.sequence
            from outbox_message m join head using (installation_id, sequence)
            where m.state = 'pending' and m.leased_until < clock_timestamp() and m.next_attempt_at <= clock_timestamp()
            order by m.next_attempt_at
            limit $2
            for update of m skip locked)
        update outbox_message m set leased_until = clock_timestamp() + $3, attempts = m.attempts + 1
        from free
        where m.installation_id = free.installation_id and m.sequence = free.sequence
        returning m.installation_id, m.sequence, m.resource_id, m.kind, m.created_at, m.attempts
        """;

    private const string CloseSql = """
        update outbox_message set state = $3, last_error = $4, closed_at = clock_timestamp(), leased_until = '-infinity'
        where installation_id = $1 and sequence = $2 and state = 'pending'
        """;

    private const string PostponeSql = """
        update outbox_message set last_error = $3, next_attempt_at = clock_timestamp() + $4, leased_until = '-infinity'
        where installation_id = $1 and sequence = $2 and state = 'pending'
        """;

    private const string DeferSql = """
        update outbox_message set last_error = $3, due_at = $4, attempts = 0, next_attempt_at = clock_timestamp(), leased_until = '-infinity'
        where installation_id = $1 and sequence = $2 and state = 'pending'
        """;

    private const string WithdrawSql = """
        delete from outbox_message where installation_id = $1 and resource_id = $2 and kind = $3 and state = 'pending'
        """;

    private const string WithdrawWaitingSql = """
        delete from outbox_message
        where installation_id = $1 and resource_id = $2 and kind = $3 and state = 'pending' and due_at > $4
        """;

    private const string UntoldSql = """
        select resource_id, kind from outbox_message
        where installation_id = $1 and resource_id = any ($2) and state = 'pending' order by sequence
        """;

    private const string TakeBackSql = """
        delete from outbox_message where installation_id = $1 and resource_id = any ($2) and state = 'pending'
        """;

    private const string LockSql = """
        select state from outbox_message where installation_id = $1 and sequence = $2 for update
        """;

    public static void Append(
        Writes writes, InstallationId installation, ResourceId resource, MessageKind kind, DateTimeOffset now,
        DateTimeOffset dueAt) =>
        writes.Add(AppendSql, installation.Value, resource.Value, Name(kind), now, dueAt);

    /// <summary>What is about the installation.</summary>
    public static void Append(Writes writes, InstallationId installation, MessageKind kind, DateTimeOffset now) =>
        writes.Add(AppendSql, installation.Value, (string?)null, Name(kind), now, now);

    public static async Task<IReadOnlyList<OutboxMessage>> Claim(
        NpgsqlConnection connection, DateTimeOffset now, int messagesMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, now, messagesMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<OutboxMessage>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new OutboxMessage(
                new InstallationId(reader.GetString(0)),
                reader.GetInt64(1),
                reader.TextOrNull(2) is { } resource ? new ResourceId(resource) : null,
                Kind(reader.GetString(3)),
                reader.Moment(4),
                reader.GetInt32(5)));
        }

        return claimed;
    }

    public static async Task Close(
        NpgsqlConnection connection, OutboxMessage message, bool delivered, string? reason, CancellationToken cancel)
    {
        await using var command = connection.Command(
            CloseSql, message.Installation.Value, message.Sequence, delivered ? "delivered" : "dead", reason);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Delivered, in one transaction with what followed from the answer.</summary>
    public static void Close(Writes writes, OutboxMessage message) =>
        writes.Add(CloseSql, message.Installation.Value, message.Sequence, "delivered", (string?)null);

    public static async Task Postpone(
        NpgsqlConnection connection, OutboxMessage message, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var command = connection.Command(
            PostponeSql, message.Installation.Value, message.Sequence, reason, delay);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>To be looked at again at this business time.</summary>
    public static async Task Defer(
        NpgsqlConnection connection, OutboxMessage message, string reason, DateTimeOffset until, CancellationToken cancel)
    {
        await using var command = connection.Command(DeferSql, message.Installation.Value, message.Sequence, reason, until);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Vercel has heard it otherwise: nobody needs the message any more, and whoever holds it finds it gone.</summary>
    public static void Withdraw(Writes writes, InstallationId installation, ResourceId resource, MessageKind kind) =>
        writes.Add(WithdrawSql, installation.Value, resource.Value, Name(kind));

    /// <summary>The same for what waits for its time. What is due already stands for something else that Vercel waits for.</summary>
    public static void WithdrawWaiting(
        Writes writes, InstallationId installation, ResourceId resource, MessageKind kind, DateTimeOffset now) =>
        writes.Add(WithdrawWaitingSql, installation.Value, resource.Value, Name(kind), now);

    /// <summary>What Vercel has still to hear of these, oldest first.</summary>
    public static Loaded<Seq<(ResourceId Resource, MessageKind Kind)>> Untold(
        Loads loads, InstallationId installation, Seq<ResourceId> resources) => loads.Many(
        UntoldSql, reader => (new ResourceId(reader.GetString(0)), Kind(reader.GetString(1))), installation.Value,
        resources.Select(resource => resource.Value).ToArray());

    /// <summary>The installation has no more to say of these.</summary>
    public static void TakeBack(Writes writes, InstallationId installation, Seq<ResourceId> resources) =>
        writes.Add(TakeBackSql, installation.Value, resources.Select(resource => resource.Value).ToArray());

    /// <summary>Whether the message still stands, locked until the end of the transaction.</summary>
    public static async Task<bool> LockOpen(NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancel)
    {
        await using var command = transaction.Command(LockSql, message.Installation.Value, message.Sequence);
        return await command.ExecuteScalarAsync(cancel) is "pending";
    }

    private static string Name(MessageKind kind) =>
        kind switch
        {
            MessageKind.ResourceState => "resource_state",
            MessageKind.ResourceSecrets => "resource_secrets",
            MessageKind.ResourceAdoption => "resource_adoption",
            MessageKind.ResourceStatus => "resource_status",
            MessageKind.InstallationNotice => "installation_notice",
            _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
        };

    private static MessageKind Kind(string name) =>
        name switch
        {
            "resource_state" => MessageKind.ResourceState,
            "resource_secrets" => MessageKind.ResourceSecrets,
            "resource_adoption" => MessageKind.ResourceAdoption,
            "resource_status" => MessageKind.ResourceStatus,
            "installation_notice" => MessageKind.InstallationNotice,
            _ => throw new CorruptRowException("outbox_message", name, "no message is of this kind"),
        };
}
