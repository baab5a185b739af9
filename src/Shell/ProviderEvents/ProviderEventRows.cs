using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.ProviderEvents;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.ProviderEvents;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>What the provider's backend is told, written with what happened, and sent after it.</summary>
internal static class ProviderEventRows
{
    private const string Into = "insert into provider_event (installation_id, occurred_at, resource_id, type, data, tried_since)";

    // Nothing is kept where nobody listens, or wants to hear it: the row of the outlet says so, to every server at once.
    private const string AppendSql = $"""
        {Into}
        select $1, $2, $3, $4, $5, $2 from provider_event_outlet where types is null or $4 = any (types)
        """;

    // In the order of the arrays, so that they are numbered as they happened.
    private const string AppendManySql = $"""
        {Into}
        select happened.installation_id, happened.occurred_at, happened.resource_id, happened.type, happened.data, happened.occurred_at
        from provider_event_outlet outlet,
            unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
                with ordinality as happened (installation_id, occurred_at, resource_id, type, data, place)
        where outlet.types is null or happened.type = any (outlet.types)
        order by happened.place
        """;

    private const string AppendTestSql = $"""
        {Into} select '', $1, null, $2, $3, $1 from provider_event_outlet returning sequence
        """;

    private const string Claimed = "e.installation_id, e.sequence, e.type, e.occurred_at, e.data, e.tried_since, e.attempts, e.tries";

    // The oldest of each installation, one look into the index for each, however many wait behind it: a backend that is gone for days costs
    // no more than one that is there. Where it has said that it wants no more, tests alone are sent. Batch claim of a job: it spans
    // installations on purpose.
    private const string ClaimSql = $"""
        with recursive head as (
            (select installation_id, sequence, next_attempt_at, leased_until from provider_event
            where state = 'pending' order by installation_id, sequence limit 1)
            union all
            select next.* from head, lateral (
                select installation_id, sequence, next_attempt_at, leased_until from provider_event
                where state = 'pending' and installation_id > head.installation_id order by installation_id, sequence limit 1) next),
        free as (
            select e.installation_id, e.sequence
            from head join provider_event e on e.installation_id = head.installation_id and e.sequence = head.sequence
            where head.next_attempt_at <= $1 and head.leased_until < clock_timestamp()
                and e.state = 'pending' and e.next_attempt_at <= $1 and e.leased_until < clock_timestamp()
                and (e.installation_id = '' or not exists (select from provider_event_outlet where stopped_at is not null))
            order by head.next_attempt_at, head.sequence
            limit $2
            for update of e skip locked)
        update provider_event e set leased_until = clock_timestamp() + $3, attempts = e.attempts + 1, tries = e.tries + 1
        from free
        where e.installation_id = free.installation_id and e.sequence = free.sequence
        returning {Claimed}
        """;

    private const string ClaimNextSql = $"""
        update provider_event e set leased_until = clock_timestamp() + $3, attempts = e.attempts + 1, tries = e.tries + 1
        where e.installation_id = $1 and e.state = 'pending' and e.next_attempt_at <= $2 and e.leased_until < clock_timestamp()
            and e.sequence = (
                select first.sequence from provider_event first
                where first.installation_id = $1 and first.state = 'pending' order by first.sequence limit 1)
        returning {Claimed}
        """;

    // Whoever holds the lease, by the number of its claim: another one may have claimed the event since.
    private const string Held = "installation_id = $1 and sequence = $2 and tries = $3 and state = 'pending'";

    private const string DeliveredSql = $"""
        update provider_event set state = 'delivered', last_error = null, last_status = null, last_answer = null,
            closed_at = clock_timestamp(), leased_until = '-infinity'
        where {Held}
        """;

    private const string DeadSql = $"""
        update provider_event set state = 'dead', last_error = $4, last_status = $5, last_answer = $6,
            closed_at = clock_timestamp(), leased_until = '-infinity'
        where {Held}
        """;

    private const string PostponeSql = $"""
        update provider_event set last_error = $4, last_status = $5, last_answer = $6, next_attempt_at = $7, leased_until = '-infinity'
        where {Held}
        """;

    // It has no index of its own: every event would pay for what one pass a day reads.
    private const string ForgetSql = """
        delete from provider_event where (installation_id, sequence) in (
            select installation_id, sequence from provider_event
            where (state = 'delivered' or installation_id = '') and occurred_at < $1 limit $2 for update skip locked)
        """;

    private static readonly Inserts Appended = new(AppendSql, AppendManySql);

    /// <summary>In one transaction with what happened, and sent when that is durable.</summary>
    public static void Append(Writes writes, InstallationId installation, DateTimeOffset at, ProviderEvent happened)
    {
        var (type, data) = ProviderEventWire.Of(happened);
        writes.AddRow(Appended, installation.Value, at, happened.Resource.MatchUnsafe<string?>(id => id.Value, () => null), type, data);
    }

    /// <summary>The number of the test; null where nobody listens.</summary>
    public static Loaded<long?> AppendTest(Loads loads, DateTimeOffset now) => loads.One<long?>(
        null, AppendTestSql, reader => reader.GetInt64(0), now, ProviderEventWire.Test, ProviderEventWire.Nothing);

    public static async Task<IReadOnlyList<KeptEvent>> Claim(
        NpgsqlConnection connection, DateTimeOffset now, int eventsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, now, eventsMax, lease);
        return await Read(command, cancel);
    }

    public static async Task<KeptEvent?> ClaimNext(
        NpgsqlConnection connection, InstallationId installation, DateTimeOffset now, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimNextSql, installation.Value, now, lease);
        return (await Read(command, cancel)).SingleOrDefault();
    }

    public static void Delivered(Writes writes, KeptEvent sent) =>
        writes.Add(DeliveredSql, sent.Installation.Value, sent.Sequence, sent.Tries);

    public static void Dead(Writes writes, KeptEvent sent, Setback setback) =>
        writes.Add(DeadSql, sent.Installation.Value, sent.Sequence, sent.Tries, setback.Reason, setback.Status, setback.Answer);

    public static void Postpone(Writes writes, KeptEvent sent, Setback setback, DateTimeOffset until) => writes.Add(
        PostponeSql, sent.Installation.Value, sent.Sequence, sent.Tries, setback.Reason, setback.Status, setback.Answer, until);

    /// <summary>At most so many that were delivered and happened before a moment; how many it was.</summary>
    public static async Task<int> Forget(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ForgetSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<IReadOnlyList<KeptEvent>> Read(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<KeptEvent>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new KeptEvent(
                new InstallationId(reader.GetString(0)), reader.GetInt64(1), reader.GetString(2), reader.Moment(3), reader.GetString(4),
                reader.Moment(5), reader.GetInt32(6), reader.GetInt32(7)));
        }

        return claimed;
    }
}
