using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>Webhooks for whoever looks after them: lists, newest first unless asked otherwise, and replays.</summary>
internal static class WebhookListRows
{
    private const string Shown = """
        installation_id, webhook_id, type, state, received_at, attempts, last_error, closed_at,
        case when state = 'pending' then next_attempt_at end as next_attempt_at
        """;

    private const string OneSql = $"select {Shown} from webhook where installation_id = $1 and webhook_id = $2";

    private const string BodySql = "select body from webhook where installation_id = $1 and webhook_id = $2";

    // Each list begins with these: where the page before ended, how many, of which type, failing alone. One that was passed on is there twice,
    // by one id and perhaps at one time.
    private const string Filter = "($5::text is null or type = $5) and (not $6 or last_error is not null)";

    private const string NewestFirst = "order by received_at desc, webhook_id, installation_id limit $4";

    private const string Newest = $"""
        {Filter} and received_at <= $1 and (received_at < $1 or (webhook_id, installation_id) > ($2, $3)) {NewestFirst}
        """;

    private const string OldestFirst = "order by received_at, webhook_id desc, installation_id desc limit $4";

    private const string Oldest = $"""
        {Filter} and received_at >= $1 and (received_at > $1 or (webhook_id, installation_id) < ($2, $3)) {OldestFirst}
        """;

    private const string Of = $"select {Shown} from webhook where installation_id = $7 and ($8::text is null or state = $8) and";

    private const string ListSql = $"{Of} {Newest}";

    private const string ListOldestSql = $"{Of} {Oldest}";

    // Operators' lists: they span installations on purpose. Each state is in the text, so that the index of that state alone serves it. Of what
    // is over, the latest alone: there is no end of it, and nobody looks for a rare type through all of it.
    private const string Dead = $"select {Shown} from webhook where state = 'dead' and $7 and";

    private const string Pending = $"select {Shown} from webhook where state = 'pending' and $8 and";

    private const string Processed = $"""
        select * from (select {Shown} from webhook where state = 'processed' order by received_at desc limit $10) latest where $9 and
        """;

    private const string AnywhereSql = $"({Dead} {Newest}) union all ({Pending} {Newest}) union all ({Processed} {Newest}) {NewestFirst}";

    private const string AnywhereOldestSql = $"({Dead} {Oldest}) union all ({Pending} {Oldest}) union all ({Processed} {Oldest}) {OldestFirst}";

    // What has no effect yet and what was given up, of each type. No more of either are looked at than a page can wait for.
    private const string DepthSql = """
        select state, type, count(*), count(*) filter (where last_error is not null), min(received_at) from (
            (select state, type, last_error, received_at from webhook where state = 'pending' limit $1)
            union all
            (select state, type, last_error, received_at from webhook where state = 'dead' limit $1)) open
        group by state, type order by type, state
        """;

    // Those that a filter finds, down to the oldest that somebody was shown, and none that was given up since.
    private const string GivenUp = """
        select installation_id, webhook_id, received_at from webhook
        where state = 'dead' and ($1::text is null or type = $1) and closed_at <= $2
            and received_at >= $3 and (received_at > $3 or (webhook_id, installation_id) <= ($4, $5))
        """;

    private const string GivenUpAnywhereSql = $"{GivenUp} order by received_at desc, webhook_id, installation_id limit $6";

    private const string GivenUpSql = $"{GivenUp} and installation_id = $7 order by received_at desc, webhook_id limit $6";

    // Whoever asks for those that were given up before a moment may ask again, and finds none of them that was given up anew.
    private const string ReplaySql = """
        update webhook set state = 'pending', attempts = 0, next_attempt_at = clock_timestamp(), closed_at = null
        where installation_id = $1 and state = 'dead' and ($2::text[] is null or webhook_id = any ($2)) and closed_at <= $3
        returning webhook_id
        """;

    public static Loaded<Seq<StoredWebhook>> List(Loads loads, WebhookFilter filter, WebhookCursor after, int max)
    {
        var (at, id, of) = (after.ReceivedAt, after.Id, after.Installation);
        var (type, failing, state) = (filter.Type, filter.IsFailing, filter.State);
        if (filter.Installation is { } home)
        {
            return filter.IsOldestFirst
                ? loads.Many(ListOldestSql, Read, at, id, of, max, type, failing, home.Value, state)
                : loads.Many(ListSql, Read, at, id, of, max, type, failing, home.Value, state);
        }

        var (dead, pending, processed) =
            (state is null or WebhookView.Dead, state is null or WebhookView.Pending, state is null or WebhookView.Processed);
        return filter.IsOldestFirst
            ? loads.Many(AnywhereOldestSql, Read, at, id, of, max, type, failing, dead, pending, processed, WebhookFilter.LatestMax)
            : loads.Many(AnywhereSql, Read, at, id, of, max, type, failing, dead, pending, processed, WebhookFilter.LatestMax);
    }

    public static Loaded<StoredWebhook?> Load(Loads loads, InstallationId installation, string webhook) =>
        loads.One(OneSql, Read, installation.Value, webhook);

    /// <summary>As it came.</summary>
    public static Loaded<string?> LoadBody(Loads loads, InstallationId installation, string webhook) =>
        loads.One(BodySql, reader => reader.GetString(0), installation.Value, webhook);

    /// <inheritdoc cref="OutboxListRows.Depth"/>
    public static Loaded<Seq<QueueDepth>> Depth(Loads loads, int lookedAtMax) => loads.Many(
        DepthSql,
        reader => new QueueDepth(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.Moment(4)),
        lookedAtMax);

    /// <summary>What was given up, by its names alone, newest first.</summary>
    /// <param name="by">The moment at which somebody was shown them.</param>
    /// <param name="from">The oldest of them.</param>
    public static Loaded<Seq<WebhookCursor>> GivenUpBy(
        Loads loads, InstallationId? installation, string? type, DateTimeOffset by, WebhookCursor from, int max)
    {
        return installation is { } of
            ? loads.Many(GivenUpSql, Name, type, by, from.ReceivedAt, from.Id, from.Installation, max, of.Value)
            : loads.Many(GivenUpAnywhereSql, Name, type, by, from.ReceivedAt, from.Id, from.Installation, max);

        static WebhookCursor Name(NpgsqlDataReader reader) => new(reader.Moment(2), reader.GetString(1), reader.GetString(0));
    }

    /// <summary>Has dead ones processed once more, and says which.</summary>
    /// <param name="chosen">All of the installation, when null.</param>
    /// <param name="givenUpBy">What was given up later, or anew, stays as it is. Real time, by the database's clock.</param>
    public static Loaded<Seq<string>> Replay(Loads loads, InstallationId installation, IReadOnlyCollection<string>? chosen, DateTimeOffset givenUpBy) =>
        loads.Many(ReplaySql, reader => reader.GetString(0), installation.Value, chosen?.ToArray(), givenUpBy);

    private static StoredWebhook Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.Moment(4), reader.GetInt32(5),
        reader.TextOrNull(6), reader.MomentOrNull(7))
    {
        NextAttemptAt = reader.MomentOrNull(8),
    };
}

/// <summary>Which webhooks a list shows.</summary>
/// <param name="Installation">Everybody's when null.</param>
/// <param name="State">Any when null.</param>
/// <param name="Type">As Vercel names it; any when null.</param>
internal sealed record WebhookFilter(InstallationId? Installation, string? State, string? Type = null)
{
    /// <summary>So many of everybody's processed ones are looked at.</summary>
    public const int LatestMax = 5000;

    /// <summary>Those alone that had no effect at their last attempt.</summary>
    public bool IsFailing { get; init; }

    public bool IsOldestFirst { get; init; }
}
