using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>Events for whoever looks after them: lists, newest first unless asked otherwise, and replays.</summary>
internal static class ProviderEventListRows
{
    /// <summary>So many of everybody's are looked through for those that are over.</summary>
    public const int LatestMax = 5000;

    private const string Columns = """
        installation_id, sequence, type, occurred_at, data, state, case when state = 'pending' then greatest(next_attempt_at, occurred_at) end,
        tries, replays, last_error, last_status, last_answer, closed_at
        """;

    private const string OneSql = $"select {Columns} from provider_event where installation_id = $1 and sequence = $2";

    // By its name alone, which does not say whose it is: an operator's look.
    private const string OneAnywhereSql = $"select {Columns} from provider_event where sequence = $1";

    // What one is of, and whether it failed before. Each list begins with these four: where, how many, of which type, failing alone.
    private const string Filter = "($3::text is null or type = $3) and (not $4 or last_error is not null)";

    private const string NewestFirst = "order by sequence desc limit $2";

    private const string Newest = $"{Filter} and sequence < $1 {NewestFirst}";

    private const string OldestFirst = "order by sequence limit $2";

    private const string Oldest = $"{Filter} and sequence > $1 {OldestFirst}";

    private const string Of = $"select {Columns} from provider_event where installation_id = $5 and ($6::text is null or state = $6) and";

    private const string PageSql = $"{Of} {Newest}";

    private const string PageOldestSql = $"{Of} {Oldest}";

    // Everybody's, whatever became of them.
    private const string AnywhereSql = $"select {Columns} from provider_event where sequence < $1 order by sequence desc limit $2";

    // Of everybody: an operator's lists. Each state is in the text, so that the index of that state alone serves it. Of what is over, the latest
    // alone: there is no end of it, and nobody looks for a rare type through all of it.
    private const string Dead = $"select {Columns} from provider_event where state = 'dead' and $5 and";

    private const string Pending = $"select {Columns} from provider_event where state = 'pending' and $6 and";

    private const string Delivered = $"""
        select {Columns} from (select * from provider_event order by sequence desc limit $8) latest where state = 'delivered' and $7 and
        """;

    private const string LookSql = $"({Dead} {Newest}) union all ({Pending} {Newest}) union all ({Delivered} {Newest}) {NewestFirst}";

    private const string LookOldestSql = $"({Dead} {Oldest}) union all ({Pending} {Oldest}) union all ({Delivered} {Oldest}) {OldestFirst}";

    // What waits and what was given up, of each type. No more of either are looked at than a page can wait for.
    private const string DepthSql = """
        select state, type, count(*), count(*) filter (where last_error is not null), min(occurred_at) from (
            (select state::text, type, last_error, occurred_at from provider_event where state = 'pending' limit $1)
            union all
            (select state::text, type, last_error, occurred_at from provider_event where state = 'dead' limit $1)) open
        group by state, type order by type, state
        """;

    // Those that a filter finds, down to the oldest that somebody was shown, and none that was given up since.
    private const string GivenUp = """
        select installation_id, sequence from provider_event
        where state = 'dead' and ($1::text is null or type = $1) and closed_at <= $2 and sequence >= $3
        """;

    private const string GivenUpAnywhereSql = $"{GivenUp} order by sequence desc limit $4";

    private const string GivenUpSql = $"{GivenUp} and installation_id = $5 order by sequence desc limit $4";

    // They keep their places in the line, and say what they said. Whoever asks for what was over before a moment may ask again, and finds none of
    // them that is over anew.
    private const string ReplaySql = """
        update provider_event set state = 'pending', closed_at = null, attempts = 0, replays = replays + 1, tried_since = $7,
            next_attempt_at = '-infinity', leased_until = '-infinity'
        where installation_id = $1 and sequence between $2 and $3 and occurred_at >= $4 and occurred_at < $5 and state = any ($6)
            and ($8::bigint[] is null or sequence = any ($8)) and closed_at <= $9
        returning sequence
        """;

    public static Loaded<ShownEvent?> Load(Loads loads, InstallationId installation, long sequence) =>
        loads.One(OneSql, Read, installation.Value, sequence);

    public static Loaded<ShownEvent?> LoadAnywhere(Loads loads, long sequence) => loads.One(OneAnywhereSql, Read, sequence);

    public static Loaded<Seq<ShownEvent>> List(Loads loads, MessageFilter filter, long from, int eventsMax)
    {
        var (type, failing, state) = (filter.Kind, filter.IsFailing, filter.State);
        if (filter.Installation is { } of)
        {
            return filter.IsOldestFirst
                ? loads.Many(PageOldestSql, Read, from, eventsMax, type, failing, of.Value, state)
                : loads.Many(PageSql, Read, from, eventsMax, type, failing, of.Value, state);
        }

        var (dead, pending, delivered) = (state is null or OutboxView.Dead, state is null or OutboxView.Pending, state is null or OutboxView.Delivered);
        return filter.IsOldestFirst
            ? loads.Many(LookOldestSql, Read, from, eventsMax, type, failing, dead, pending, delivered, LatestMax)
            : loads.Many(LookSql, Read, from, eventsMax, type, failing, dead, pending, delivered, LatestMax);
    }

    /// <summary>Everybody's, and all of them: none is too old.</summary>
    public static Loaded<Seq<ShownEvent>> Anywhere(Loads loads, long before, int eventsMax) => loads.Many(AnywhereSql, Read, before, eventsMax);

    /// <inheritdoc cref="OutboxListRows.Depth"/>
    public static Loaded<Seq<QueueDepth>> Depth(Loads loads, int lookedAtMax) => loads.Many(
        DepthSql,
        reader => new QueueDepth(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.Moment(4)),
        lookedAtMax);

    /// <inheritdoc cref="OutboxListRows.GivenUpBy"/>
    public static Loaded<Seq<(InstallationId Installation, long Sequence)>> GivenUpBy(
        Loads loads, InstallationId? installation, string? type, DateTimeOffset by, long from, int eventsMax)
    {
        return installation is { } of
            ? loads.Many(GivenUpSql, Name, type, by, from, eventsMax, of.Value)
            : loads.Many(GivenUpAnywhereSql, Name, type, by, from, eventsMax);

        static (InstallationId, long) Name(NpgsqlDataReader reader) => (new InstallationId(reader.GetString(0)), reader.GetInt64(1));
    }

    /// <summary>Puts what is over back into the line, and says what it was.</summary>
    /// <param name="states">Given up, or delivered.</param>
    public static Loaded<Seq<long>> Replay(Loads loads, InstallationId installation, ReplayRange range, string[] states, DateTimeOffset now) =>
        loads.Many(ReplaySql, reader => reader.GetInt64(0), installation.Value, range.From, range.To, range.Since, range.Until, states, now,
            range.Chosen?.ToArray(), range.GivenUpBy);

    private static ShownEvent Read(NpgsqlDataReader reader) => new(
        new InstallationId(reader.GetString(0)), reader.GetInt64(1), reader.GetString(2), reader.Moment(3), reader.GetString(4), reader.GetString(5),
        reader.MomentOrNull(6), reader.GetInt32(7), reader.GetInt32(8), reader.TextOrNull(9), reader.IsDBNull(10) ? null : reader.GetInt32(10),
        reader.TextOrNull(11), reader.MomentOrNull(12));
}
