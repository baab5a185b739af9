using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>Messages for whoever looks after them: lists, newest first unless asked otherwise, and replays.</summary>
internal static class OutboxListRows
{
    private const string Columns = """
        installation_id, sequence, resource_id, kind, state, created_at,
        case when state = 'pending' then greatest(due_at, next_attempt_at) end, tries, replays, awaits_token and state = 'pending',
        last_error, last_status, last_answer, last_request, closed_at
        """;

    private const string OneSql = $"select {Columns} from outbox_message where installation_id = $1 and sequence = $2";

    // What one is about, and whether it failed before. Each list begins with these four: where, how many, of which kind, failing alone.
    private const string Filter = "($3::text is null or kind = $3) and (not $4 or last_error is not null)";

    private const string Page = $"""
        select {Columns} from outbox_message where installation_id = $5 and {Filter} and ($6::text is null or state = $6)
        """;

    private const string PageSql = $"{Page} and sequence < $1 order by sequence desc limit $2";

    private const string PageOldestSql = $"{Page} and sequence > $1 order by sequence limit $2";

    // Of everybody: an operator's lists. Each state is in the text, so that the index of that state alone serves it; what was delivered has none.
    private const string Dead = $"select {Columns} from outbox_message where state = 'dead' and $5 and {Filter}";

    private const string Pending = $"select {Columns} from outbox_message where state = 'pending' and $6 and {Filter}";

    private const string AnywhereSql = $"""
        ({Dead} and sequence < $1 order by sequence desc limit $2) union all ({Pending} and sequence < $1 order by sequence desc limit $2)
        order by sequence desc limit $2
        """;

    private const string AnywhereOldestSql = $"""
        ({Dead} and sequence > $1 order by sequence limit $2) union all ({Pending} and sequence > $1 order by sequence limit $2)
        order by sequence limit $2
        """;

    // Of everybody too: what waits and what was given up, of each kind. No more of either are looked at than a page can wait for.
    private const string DepthSql = """
        select state, kind, count(*), count(*) filter (where last_error is not null), min(created_at) from (
            (select state, kind, last_error, created_at from outbox_message where state = 'pending' limit $1)
            union all
            (select state, kind, last_error, created_at from outbox_message where state = 'dead' limit $1)) open
        group by state, kind order by kind, state
        """;

    // Those that a filter finds, for whoever has them sent once more: newest first, and none that was given up after the filter was shown.
    private const string GivenUp = """
        select installation_id, sequence from outbox_message
        where state = 'dead' and ($1::text is null or kind = $1) and closed_at <= $2 and sequence >= $3
        """;

    private const string GivenUpAnywhereSql = $"{GivenUp} order by sequence desc limit $4";

    private const string GivenUpSql = $"{GivenUp} and installation_id = $5 order by sequence desc limit $4";

    // They keep their places in the line. What one says is read when it is sent, so that none of them says anything old. Whoever asks for those
    // that were given up before a moment may ask again, and finds none of them that was given up anew.
    private const string ReplaySql = """
        update outbox_message set state = 'pending', closed_at = null, attempts = 0, replays = replays + 1, due_at = $6, put_off_from = null, awaits_token = false,
            next_attempt_at = clock_timestamp(), leased_until = '-infinity'
        where installation_id = $1 and state = 'dead' and sequence between $2 and $3 and created_at >= $4 and created_at < $5
            and ($7::bigint[] is null or sequence = any ($7)) and closed_at <= $8
        returning sequence
        """;

    public static Loaded<KeptMessage?> Load(Loads loads, InstallationId installation, long sequence) =>
        loads.One(OneSql, Read, installation.Value, sequence);

    public static Loaded<Seq<KeptMessage>> List(Loads loads, MessageFilter filter, long from, int messagesMax)
    {
        var (kind, failing, state) = (filter.Kind, filter.IsFailing, filter.State);
        if (filter.Installation is { } of)
        {
            return filter.IsOldestFirst
                ? loads.Many(PageOldestSql, Read, from, messagesMax, kind, failing, of.Value, state)
                : loads.Many(PageSql, Read, from, messagesMax, kind, failing, of.Value, state);
        }

        var (dead, pending) = (state is null or OutboxView.Dead, state is null or OutboxView.Pending);
        return filter.IsOldestFirst
            ? loads.Many(AnywhereOldestSql, Read, from, messagesMax, kind, failing, dead, pending)
            : loads.Many(AnywhereSql, Read, from, messagesMax, kind, failing, dead, pending);
    }

    /// <param name="lookedAtMax">Of each state: there may be more.</param>
    public static Loaded<Seq<QueueDepth>> Depth(Loads loads, int lookedAtMax) => loads.Many(
        DepthSql,
        reader => new QueueDepth(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.Moment(4)),
        lookedAtMax);

    /// <summary>What was given up, by its names alone.</summary>
    /// <param name="by">The moment at which somebody was shown them.</param>
    /// <param name="from">The oldest of them.</param>
    public static Loaded<Seq<(InstallationId Installation, long Sequence)>> GivenUpBy(
        Loads loads, InstallationId? installation, string? kind, DateTimeOffset by, long from, int messagesMax)
    {
        return installation is { } of
            ? loads.Many(GivenUpSql, Name, kind, by, from, messagesMax, of.Value)
            : loads.Many(GivenUpAnywhereSql, Name, kind, by, from, messagesMax);

        static (InstallationId, long) Name(NpgsqlDataReader reader) => (new InstallationId(reader.GetString(0)), reader.GetInt64(1));
    }

    /// <summary>Puts what was given up back into the line, and says what it was.</summary>
    public static Loaded<Seq<long>> Replay(Loads loads, InstallationId installation, ReplayRange range, DateTimeOffset now) => loads.Many(
        ReplaySql, reader => reader.GetInt64(0), installation.Value, range.From, range.To, range.Since, range.Until, now,
        range.Chosen?.ToArray(), range.GivenUpBy);

    private static KeptMessage Read(NpgsqlDataReader reader) => new(
        new InstallationId(reader.GetString(0)), reader.GetInt64(1), reader.TextOrNull(2) is { } resource ? new ResourceId(resource) : null,
        reader.GetString(3), reader.GetString(4), reader.Moment(5), reader.MomentOrNull(6), reader.GetInt32(7), reader.GetInt32(8),
        reader.GetBoolean(9), reader.TextOrNull(10), reader.IsDBNull(11) ? null : reader.GetInt32(11), reader.TextOrNull(12),
        reader.TextOrNull(13), reader.MomentOrNull(14));
}

/// <summary>Which messages a list shows.</summary>
/// <param name="Installation">Everybody's when null; what was delivered is listed of one alone.</param>
/// <param name="State">Any when null.</param>
/// <param name="Kind">By its name in the store; any when null.</param>
internal sealed record MessageFilter(InstallationId? Installation, string? State, string? Kind = null)
{
    /// <summary>Those alone that were not delivered at their last attempt.</summary>
    public bool IsFailing { get; init; }

    public bool IsOldestFirst { get; init; }
}

/// <summary>How much of a kind is not over, or was given up.</summary>
/// <param name="Failing">Of these, how many have failed before.</param>
/// <param name="Oldest">Business time.</param>
internal sealed record QueueDepth(string State, string Kind, long Count, long Failing, DateTimeOffset Oldest)
{
    /// <summary>Of each state, so that a backlog does not keep the page that shows it waiting.</summary>
    public const int LookedAtMax = 50_000;
}

/// <summary>Which of what was given up: all of it, unless something is named.</summary>
/// <param name="Since">When it was written.</param>
/// <param name="Until">Not any more.</param>
internal sealed record ReplayRange(long From, long To, DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>So many at once: a person waits for the answer.</summary>
    public const int TogetherMax = 500;

    /// <summary>Later than anything.</summary>
    public static readonly DateTimeOffset Never = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ReplayRange All = new(0, long.MaxValue, DateTimeOffset.UnixEpoch, Never);

    /// <summary>These alone, where any are named one by one.</summary>
    public IReadOnlyCollection<long>? Chosen { get; init; }

    /// <summary>What was given up later, or anew, stays as it is. Real time, by the database's clock.</summary>
    public DateTimeOffset GivenUpBy { get; init; } = Never;

    public static ReplayRange Of(long? from, long? to, DateTimeOffset? since, DateTimeOffset? until) => new(
        from ?? All.From, to ?? All.To, since?.ToUniversalTime() ?? All.Since, until?.ToUniversalTime() ?? All.Until);

    /// <summary>The one message that is meant, where it is one.</summary>
    public long? Only => From == To ? From : null;
}
