using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>What Vercel must hear, written with the state that caused it.</summary>
internal static class OutboxRows
{
    private const string AppendSql = """
        insert into outbox_message (installation_id, resource_id, kind, created_at, due_at, traceparent)
        values ($1, $2, $3, $4, $5, $6)
        """;

    // In the order of the arrays, so that the messages stand in it.
    private const string AppendManySql = """
        insert into outbox_message (installation_id, resource_id, kind, created_at, due_at)
        select $1, given.resource_id, given.kind, $4, $4
        from unnest($2::text[], $3::text[]) with ordinality as given (resource_id, kind, place) order by given.place
        returning sequence, resource_id, kind
        """;

    // Nobody has begun to send these: what they say is still to be read.
    private const string UnsentSql = """
        select sequence, resource_id, kind from outbox_message
        where installation_id = $1 and kind = any ($2) and state = 'pending' and tries = 0
        """;

    // What has waited longest of everybody's, where it is its turn: nothing that is due stands before it in its installation. What failed so
    // often that it left the line ($3) comes after all that stand in it. A kind that is not known here is for a newer worker. Batch claim of a job: it spans installations on purpose.
    private const string ClaimSql = """
        with free as (
            select m.installation_id, m.sequence
            from outbox_message m
            where m.state = 'pending' and m.kind = any ($5) and m.due_at <= $1 and m.next_attempt_at <= clock_timestamp() and m.leased_until < clock_timestamp()
                and not exists (
                    select from outbox_message before
                    where before.installation_id = m.installation_id and before.state = 'pending' and before.due_at <= $1
                        and before.sequence < m.sequence and (before.attempts < $3 or m.attempts >= $3))
                and (m.attempts < $3 or not exists (
                    select from outbox_message other
                    where other.installation_id = m.installation_id and other.state = 'pending' and other.due_at <= $1 and other.attempts < $3))
            order by m.next_attempt_at
            limit $2
            for update of m skip locked)
        update outbox_message m set leased_until = clock_timestamp() + $4, attempts = m.attempts + 1, tries = m.tries + 1
        from free
        where m.installation_id = free.installation_id and m.sequence = free.sequence
        returning m.installation_id, m.sequence, m.resource_id, m.kind, m.created_at, m.attempts, m.tries, m.traceparent
        """;

    // The same in one installation, by its own index: where much has to be said, nobody has to look through everybody's for each of it.
    private const string ClaimNextSql = """
        update outbox_message m set leased_until = clock_timestamp() + $4, attempts = m.attempts + 1, tries = m.tries + 1
        where m.installation_id = $1 and m.state = 'pending' and m.next_attempt_at <= clock_timestamp() and m.leased_until < clock_timestamp()
            and m.kind = any ($5)
            and m.sequence = coalesce(
                (select min(inline.sequence) from outbox_message inline
                where inline.installation_id = $1 and inline.state = 'pending' and inline.due_at <= $2 and inline.attempts < $3),
                (select min(aside.sequence) from outbox_message aside
                where aside.installation_id = $1 and aside.state = 'pending' and aside.due_at <= $2))
        returning m.installation_id, m.sequence, m.resource_id, m.kind, m.created_at, m.attempts, m.tries, m.traceparent
        """;

    // Whoever holds the lease, by the number of its claim: another one may have claimed the message since.
    private const string Held = "installation_id = $1 and sequence = $2 and tries = $3 and state = 'pending'";

    private const string DeliveredSql = $"""
        update outbox_message set state = 'delivered', last_error = null, last_status = null, last_answer = null, last_request = null,
            closed_at = clock_timestamp(), leased_until = '-infinity'
        where {Held}
        """;

    private const string DeadSql = $"""
        update outbox_message set state = 'dead', last_error = $4, last_status = $5, last_answer = $6, last_request = $7,
            closed_at = clock_timestamp(), leased_until = '-infinity'
        where {Held}
        """;

    private const string PostponeSql = $"""
        update outbox_message set last_error = $4, last_status = $5, last_answer = $6,
            last_request = $7, next_attempt_at = clock_timestamp() + $8, leased_until = '-infinity'
        where {Held}
        """;

    private const string DeferSql = $"""
        update outbox_message set last_error = $4, last_status = $5, last_answer = $6,
            last_request = $7, due_at = $8, attempts = 0, next_attempt_at = clock_timestamp(), leased_until = '-infinity'
        where {Held}
        """;

    // All that is due waits together: what is behind would only be refused as well.
    private const string AwaitTokenSql = """
        update outbox_message set put_off_from = coalesce(put_off_from, due_at), due_at = $4, awaits_token = true
        where installation_id = $1 and state = 'pending' and due_at <= $5
            and exists (
                select from outbox_message held
                where held.installation_id = $1 and held.sequence = $2 and held.tries = $3 and held.state = 'pending')
        """;

    private const string TokenCameSql = """
        update outbox_message set due_at = $2, awaits_token = false, attempts = 0, next_attempt_at = clock_timestamp()
        where installation_id = $1 and state = 'pending' and awaits_token
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
        select tries from outbox_message where installation_id = $1 and sequence = $2 and state = 'pending' for update
        """;

    // It has no index of its own: every message would pay for what one pass a day reads.
    private const string ForgetSql = """
        delete from outbox_message where (installation_id, sequence) in (
            select installation_id, sequence from outbox_message
            where state = 'delivered' and created_at < $1 limit $2 for update skip locked)
        """;

    private static readonly string[] KnownKinds = [.. Enum.GetValues<MessageKind>().Select(Name)];

    public static void Append(
        Writes writes, InstallationId installation, ResourceId resource, MessageKind kind, DateTimeOffset now,
        DateTimeOffset dueAt) =>
        writes.Add(AppendSql, installation.Value, resource.Value, Name(kind), now, dueAt, Traces.Cause);

    /// <summary>What is about the installation.</summary>
    public static void Append(Writes writes, InstallationId installation, MessageKind kind, DateTimeOffset now) =>
        writes.Add(AppendSql, installation.Value, (string?)null, Name(kind), now, now, Traces.Cause);

    /// <summary>Many at once, and what they were numbered.</summary>
    public static Loaded<Seq<QueuedMessage>> Append(
        Loads loads, InstallationId installation, Seq<(ResourceId? Resource, MessageKind Kind)> messages, DateTimeOffset now) => loads.Many(
        AppendManySql, Queued, installation.Value, messages.Select(message => message.Resource?.Value!).ToArray(),
        messages.Select(message => Name(message.Kind)).ToArray(), now);

    /// <summary>Those of these kinds that nobody has begun to send.</summary>
    public static Loaded<Seq<QueuedMessage>> Unsent(Loads loads, InstallationId installation, params MessageKind[] kinds) =>
        loads.Many(UnsentSql, Queued, installation.Value, kinds.Select(Name).ToArray());

    public static async Task<IReadOnlyList<OutboxMessage>> Claim(
        NpgsqlConnection connection, DateTimeOffset now, int messagesMax, int attemptsInLine, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, now, messagesMax, attemptsInLine, lease, KnownKinds);
        return await Claimed(command, cancel);
    }

    public static async Task<OutboxMessage?> ClaimNext(
        NpgsqlConnection connection, InstallationId installation, DateTimeOffset now, int attemptsInLine, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimNextSql, installation.Value, now, attemptsInLine, lease, KnownKinds);
        return (await Claimed(command, cancel)).SingleOrDefault();
    }

    private static async Task<IReadOnlyList<OutboxMessage>> Claimed(NpgsqlCommand command, CancellationToken cancel)
    {
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
                reader.GetInt32(5),
                reader.GetInt32(6))
            {
                Cause = reader.TextOrNull(7),
            });
        }

        return claimed;
    }

    /// <summary>In one transaction with what followed from the answer.</summary>
    public static void Delivered(Writes writes, OutboxMessage message) =>
        writes.Add(DeliveredSql, message.Installation.Value, message.Sequence, message.Tries);

    public static void Dead(Writes writes, OutboxMessage message, Setback setback) =>
        writes.Add(DeadSql, message.Installation.Value, message.Sequence, message.Tries, setback.Reason, setback.Status, setback.Answer,
            setback.Request);

    public static void Postpone(Writes writes, OutboxMessage message, Setback setback, TimeSpan delay) => writes.Add(
        PostponeSql, message.Installation.Value, message.Sequence, message.Tries, setback.Reason, setback.Status, setback.Answer,
        setback.Request, delay);

    /// <summary>To be looked at again at this business time.</summary>
    public static void Defer(Writes writes, OutboxMessage message, Setback setback, DateTimeOffset until) => writes.Add(
        DeferSql, message.Installation.Value, message.Sequence, message.Tries, setback.Reason, setback.Status, setback.Answer,
        setback.Request, until);

    /// <summary>The same for all that is due in the installation.</summary>
    public static void AwaitToken(Writes writes, OutboxMessage message, Setback setback, DateTimeOffset now, DateTimeOffset until)
    {
        writes.Add(AwaitTokenSql, message.Installation.Value, message.Sequence, message.Tries, until, now);
        Defer(writes, message, setback, until);
    }

    /// <summary>Vercel has given the installation another token: what waited for one is due.</summary>
    public static void TokenCame(Writes writes, InstallationId installation, DateTimeOffset now) =>
        writes.Add(TokenCameSql, installation.Value, now);

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

    /// <summary>Whether the message still stands, and nobody else has claimed it; locked until the end of the transaction.</summary>
    public static async Task<bool> LockOpen(NpgsqlTransaction transaction, OutboxMessage message, CancellationToken cancel)
    {
        await using var command = transaction.Command(LockSql, message.Installation.Value, message.Sequence);
        return await command.ExecuteScalarAsync(cancel) is int tries && tries == message.Tries;
    }

    /// <summary>At most so many that were delivered and written before a moment; how many it was.</summary>
    public static async Task<int> Forget(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ForgetSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static QueuedMessage Queued(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.TextOrNull(1) is { } resource ? new ResourceId(resource) : null, Kind(reader.GetString(2)));

    public static string Name(MessageKind kind) =>
        kind switch
        {
            MessageKind.ResourceState => "resource_state",
            MessageKind.ResourceSecrets => "resource_secrets",
            MessageKind.ResourceAdoption => "resource_adoption",
            MessageKind.ResourceStatus => "resource_status",
            MessageKind.ResourceImport => "resource_import",
            MessageKind.InstallationNotice => "installation_notice",
            MessageKind.ResourceFacts => "resource_facts",
            MessageKind.ResourceSync => "resource_sync",
            MessageKind.ResourceRestore => "resource_restore",
            MessageKind.ResourceRemoval => "resource_removal",
            MessageKind.ResourceExperiments => "resource_experiments",
            MessageKind.InstallationSync => "installation_sync",
            _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
        };

    private static MessageKind Kind(string name) =>
        name switch
        {
            "resource_state" => MessageKind.ResourceState,
            "resource_secrets" => MessageKind.ResourceSecrets,
            "resource_adoption" => MessageKind.ResourceAdoption,
            "resource_status" => MessageKind.ResourceStatus,
            "resource_import" => MessageKind.ResourceImport,
            "installation_notice" => MessageKind.InstallationNotice,
            "resource_facts" => MessageKind.ResourceFacts,
            "resource_sync" => MessageKind.ResourceSync,
            "resource_restore" => MessageKind.ResourceRestore,
            "resource_removal" => MessageKind.ResourceRemoval,
            "resource_experiments" => MessageKind.ResourceExperiments,
            "installation_sync" => MessageKind.InstallationSync,
            _ => throw new CorruptRowException("outbox_message", name, "no message is of this kind"),
        };
}

/// <summary>A message that waits to be sent.</summary>
internal sealed record QueuedMessage(long Sequence, ResourceId? Resource, MessageKind Kind);
