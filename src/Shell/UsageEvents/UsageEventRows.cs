using System.Diagnostics.CodeAnalysis;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.UsageEvents;
using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.UsageEvents;

/// <summary>Events in PostgreSQL: each is deduplicated, kept and summed up in one statement, or not at all.</summary>
internal static class UsageEventRows
{
    private const string HomeColumns = """
        select r.installation_id, r.resource_id, r.product_id, array_agg(p.started_at order by p.started_at),
            array_agg(p.ended_at order by p.started_at), coalesce(c.closed_until, '-infinity')
        """;

    // Whoever does not say whose a resource is makes us ask everywhere: it spans installations on purpose.
    private const string HomesAnywhereSql = $"""
        {HomeColumns}
        from resource r join plan_period p on p.installation_id = r.installation_id and p.resource_id = r.resource_id
            left join usage_closing c on c.installation_id = r.installation_id
        where r.resource_id = any ($1) group by r.installation_id, r.resource_id, r.product_id, c.closed_until
        """;

    private const string HomesSql = $"""
        {HomeColumns}
        from resource r
            join plan_period p on p.installation_id = any ($1) and p.installation_id = r.installation_id and p.resource_id = r.resource_id
            left join usage_closing c on c.installation_id = any ($1) and c.installation_id = r.installation_id
        where r.installation_id = any ($1) and r.resource_id = any ($2)
        group by r.installation_id, r.resource_id, r.product_id, c.closed_until
        """;

    // Whoever closes a period waits for the events that are being written, and events wait while one is being closed: so each is either in
    // what was closed, or late. By a few numbers, because a batch may be of more installations than there is room for locks, and in
    // their order, so that nobody waits in a circle.
    private const string HoldOpenSql = """
        select pg_advisory_xact_lock_shared(1852796777, slot)
        from (select distinct abs(hashtext(i) % 32) as slot from unnest($1::text[]) as i order by 1) as slots
        """;

    private const string HoldClosedSql = """
        select pg_advisory_xact_lock(1852796777, slot)
        from (select distinct abs(hashtext(i) % 32) as slot from unnest($1::text[]) as i order by 1) as slots
        """;

    private const string CloseSql = """
        insert into usage_closing as known (installation_id, closed_until) values ($1, coalesce($2::timestamptz, 'infinity'))
        on conflict (installation_id) do update set closed_until = greatest(known.closed_until, excluded.closed_until)
        """;

    // In what is sent no two have the same key. Nothing is written where a period was closed since the events were judged, or a resource is
    // not there any more at the last moment at which it was used. The keys are looked up in a table of them, whatever PostgreSQL expects of
    // their number: arrays tell it nothing.
    private const string Fresh = """
        with sent as (
            select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::numeric[], $6::text[], $7::text[], $8::timestamptz[],
                    $12::timestamptz[]) as e (installation_id, resource_id, metric, used_at, quantity, source, event_id, late_in, sum_begins)
            where not exists (
                select from unnest($9::text[], $10::timestamptz[]) as judged (installation_id, closed_until)
                left join usage_closing c on c.installation_id = judged.installation_id and c.installation_id = any ($9)
                where coalesce(c.closed_until, '-infinity') <> judged.closed_until)
            and not exists (
                select from (
                    select installation_id, resource_id, max(used_at) as used_at
                    from unnest($1::text[], $2::text[], $4::timestamptz[]) as u (installation_id, resource_id, used_at) group by 1, 2) as used
                where not exists (
                    select from plan_period p
                    where p.installation_id = used.installation_id and p.installation_id = any ($9) and p.resource_id = used.resource_id
                        and p.started_at <= used.used_at and coalesce(p.ended_at, 'infinity') > used.used_at))),
        fresh as (
            insert into usage_event_key (installation_id, source, event_id, received_at)
            select installation_id, source, event_id, $11 from sent
            on conflict do nothing
            returning installation_id, source, event_id),
        event as (
            select * from sent
            where ((installation_id, source, event_id) in (select installation_id, source, event_id from fresh)) is true)
        """;

    private const string Outcome = "select (select count(*) from fresh), exists (select from sent)";

    private const string StoreAmountsSql = $"""
        {Fresh},
        kept as (
            insert into usage_event (installation_id, resource_id, metric, used_at, quantity, source, event_id, received_at, late_in)
            select installation_id, resource_id, metric, used_at, quantity, source, event_id, $11, late_in from event),
        summed as (
            insert into usage_hour as known (installation_id, resource_id, metric, begins_at, late_in, last_at, quantity, events)
            select installation_id, resource_id, metric, sum_begins, late_in, max(used_at), sum(quantity), count(*)
            from event group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
            on conflict (installation_id, resource_id, metric, begins_at, late_in) do update
            set quantity = known.quantity + excluded.quantity, events = known.events + excluded.events,
                last_at = greatest(known.last_at, excluded.last_at))
        {Outcome}
        """;

    // Of two readings at one moment the higher one counts, whichever came first.
    private const string StoreReadingsSql = $"""
        {Fresh},
        kept as (
            insert into measurement as known (installation_id, resource_id, metric, measured_at, value, late_in)
            select installation_id, resource_id, metric, used_at, max(quantity), max(late_in)
            from event group by 1, 2, 3, 4 order by 1, 2, 3, 4
            on conflict (installation_id, resource_id, metric, measured_at) do update set value = excluded.value
            where excluded.value > known.value and known.late_in >= excluded.late_in),
        stale as (
            insert into measurement_hour as known (installation_id, resource_id, metric, hour, stale, late)
            select installation_id, resource_id, metric, date_trunc('hour', used_at - interval '1 microsecond', 'UTC'), true,
                bool_or(late_in > '-infinity')
            from event group by 1, 2, 3, 4 order by 1, 2, 3, 4
            on conflict (installation_id, resource_id, metric, hour) do update set stale = true, late = known.late or excluded.late)
        {Outcome}
        """;

    // Whoever does not say whose a resource is makes us ask everywhere here too.
    private const string KnownSql = """
        select sent.index from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::text[]) as sent (index, installation_id, resource_id, source, event_id)
        where exists (
            select from usage_event_key k
            where k.installation_id = any (array(
                    select sent.installation_id where sent.installation_id is not null
                    union all
                    select r.installation_id from resource r where sent.installation_id is null and r.resource_id = sent.resource_id))
                and k.source = sent.source and k.event_id = sent.event_id)
        """;

    /// <summary>Of each resource whoever has or had it.</summary>
    /// <param name="installations">Null where an event does not say whose its resource is.</param>
    public static async Task<IReadOnlyList<MeteredHome>> Homes(
        NpgsqlDataSource database, Catalogue catalogue, string[]? installations, string[] resources, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = installations is null
            ? connection.Command(HomesAnywhereSql, resources)
            : connection.Command(HomesSql, installations, resources);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var homes = new List<MeteredHome>();
        while (await reader.ReadAsync(cancel))
        {
            if (catalogue.Product(new ProductId(reader.GetString(2))).Case is SomeCase<Product>(var product))
            {
                homes.Add(new MeteredHome(
                    new InstallationId(reader.GetString(0)), new ResourceId(reader.GetString(1)), product, Spans(reader), reader.Moment(5)));
            }
        }

        return homes;
    }

    /// <summary>Writes what was not written before, and says how many that were; null when a period was closed, or a resource has left, since the events were judged.</summary>
    /// <exception cref="PostgresException">A deadlock, when others send the same keys at the same time in another order.</exception>
    public static async Task<long?> Store(
        NpgsqlDataSource database, IReadOnlyList<EventColumns> kinds, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.BatchCommand(
            HoldOpenSql, kinds.SelectMany(events => events.ClosedUntil.Keys).Distinct(StringComparer.Ordinal).ToArray()));
        foreach (var events in kinds)
        {
            batch.BatchCommands.Add(events.AreReadings
                ? Sql.BatchCommand(StoreReadingsSql, Values(events, now))
                : Sql.BatchCommand(StoreAmountsSql, Values(events, now)));
        }

        var (fresh, written) = (0L, true);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.NextResultAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            fresh += reader.GetInt64(0);
            written &= reader.GetBoolean(1);
        }

        return written ? fresh : null;
    }

    /// <summary>Which of these were counted before, by their index.</summary>
    public static async Task<System.Collections.Generic.HashSet<int>> Known(
        NpgsqlDataSource database, IReadOnlyList<ReportedEvent> events, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(
            KnownSql,
            SqlValue.List(events.Select(one => one.Index).ToArray(), NpgsqlDbType.Integer),
            SqlValue.List(events.Select(one => one.Installation).ToArray(), NpgsqlDbType.Text),
            events.Select(one => one.Usage.Resource.Value).ToArray(), events.Select(one => one.Source).ToArray(),
            events.Select(one => one.Id).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var known = new System.Collections.Generic.HashSet<int>();
        while (await reader.ReadAsync(cancel))
            known.Add(reader.GetInt32(0));
        return known;
    }

    /// <summary>Nothing is closed until the end of the transaction: what is written is in time or, from the statement after this one on, known to be late.</summary>
    public static void HoldOpen(Writes writes, InstallationId installation) => writes.Add(HoldOpenSql, (string[])[installation.Value]);

    /// <summary>No event of these is written until the end of the transaction, and those that were judged before it are judged anew.</summary>
    public static void HoldIntake(Loads loads, params InstallationId[] installations) =>
        loads.One(false, HoldClosedSql, _ => true, installations.Select(installation => installation.Value).ToArray());

    /// <summary>From here on, what was used before the moment is late, and everything that was not is in the store.</summary>
    /// <param name="until">Null when nothing is billed any more.</param>
    public static void Close(Writes writes, InstallationId installation, DateTimeOffset? until)
    {
        writes.Add(HoldClosedSql, (string[])[installation.Value]);
        writes.Add(CloseSql, installation.Value, until);
    }

    private static Seq<Lifetime> Spans(NpgsqlDataReader reader) =>
        reader.GetFieldValue<DateTimeOffset[]>(3)
            .Zip(reader.GetFieldValue<DateTimeOffset?[]>(4), (start, end) => new Lifetime(start, end is { } at ? at : Option<DateTimeOffset>.None))
            .ToSeq()
            .Strict();

    private static SqlValue[] Values(EventColumns events, DateTimeOffset now) =>
    [
        SqlValue.List(events.Installations, NpgsqlDbType.Text), SqlValue.List(events.Resources, NpgsqlDbType.Text),
        SqlValue.List(events.Metrics, NpgsqlDbType.Text), SqlValue.List(events.UsedAt, NpgsqlDbType.TimestampTz),
        SqlValue.List(events.Quantities, NpgsqlDbType.Numeric), SqlValue.List(events.Sources, NpgsqlDbType.Text),
        SqlValue.List(events.Ids, NpgsqlDbType.Text), SqlValue.List(events.LateIn, NpgsqlDbType.TimestampTz),
        events.ClosedUntil.Keys.ToArray(), events.ClosedUntil.Values.ToArray(), now,
        SqlValue.List(events.SumBegins, NpgsqlDbType.TimestampTz),
    ];
}
