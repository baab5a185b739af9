using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>Events for whoever looks after them: lists, newest first, and replays.</summary>
internal static class ProviderEventListRows
{
    private const string Columns = """
        installation_id, sequence, type, occurred_at, data, state, case when state = 'pending' then greatest(next_attempt_at, occurred_at) end,
        tries, replays, last_error, last_status, last_answer, closed_at
        """;

    private const string OneSql = $"select {Columns} from provider_event where installation_id = $1 and sequence = $2";

    // By its name alone, which does not say whose it is: an operator's look.
    private const string OneAnywhereSql = $"select {Columns} from provider_event where sequence = $1";

    private const string PageSql = $"""
        select {Columns} from provider_event
        where installation_id = $1 and sequence < $2 and ($3::text is null or state = $3) order by sequence desc limit $4
        """;

    // Of everybody: an operator's lists. Each has its state in its text, so that the index of that state alone serves it.
    private const string AnywhereSql = $"select {Columns} from provider_event where sequence < $1 order by sequence desc limit $2";

    private const string DeadAnywhereSql = $"""
        select {Columns} from provider_event where state = 'dead' and sequence < $1 order by sequence desc limit $2
        """;

    private const string PendingAnywhereSql = $"""
        select {Columns} from provider_event where state = 'pending' and sequence < $1 order by sequence desc limit $2
        """;

    // They keep their places in the line, and say what they said.
    private const string ReplaySql = """
        update provider_event set state = 'pending', closed_at = null, attempts = 0, replays = replays + 1, tried_since = $7,
            next_attempt_at = '-infinity', leased_until = '-infinity'
        where installation_id = $1 and sequence between $2 and $3 and occurred_at >= $4 and occurred_at < $5 and state = any ($6)
        returning sequence
        """;

    public static Loaded<ShownEvent?> Load(Loads loads, InstallationId installation, long sequence) =>
        loads.One(OneSql, Read, installation.Value, sequence);

    public static Loaded<ShownEvent?> LoadAnywhere(Loads loads, long sequence) => loads.One(OneAnywhereSql, Read, sequence);

    /// <param name="state">Any when null.</param>
    public static Loaded<Seq<ShownEvent>> Page(Loads loads, InstallationId installation, string? state, long before, int eventsMax) =>
        loads.Many(PageSql, Read, installation.Value, before, state, eventsMax);

    /// <param name="state">Any when null.</param>
    public static Loaded<Seq<ShownEvent>> PageAnywhere(Loads loads, string? state, long before, int eventsMax) =>
        state switch
        {
            OutboxView.Dead => loads.Many(DeadAnywhereSql, Read, before, eventsMax),
            OutboxView.Pending => loads.Many(PendingAnywhereSql, Read, before, eventsMax),
            _ => loads.Many(AnywhereSql, Read, before, eventsMax),
        };

    /// <summary>Puts what is over back into the line, and says what it was.</summary>
    /// <param name="states">Given up, or delivered.</param>
    public static Loaded<Seq<long>> Replay(Loads loads, InstallationId installation, ReplayRange range, string[] states, DateTimeOffset now) =>
        loads.Many(ReplaySql, reader => reader.GetInt64(0), installation.Value, range.From, range.To, range.Since, range.Until, states, now);

    private static ShownEvent Read(NpgsqlDataReader reader) => new(
        new InstallationId(reader.GetString(0)), reader.GetInt64(1), reader.GetString(2), reader.Moment(3), reader.GetString(4), reader.GetString(5),
        reader.MomentOrNull(6), reader.GetInt32(7), reader.GetInt32(8), reader.TextOrNull(9), reader.IsDBNull(10) ? null : reader.GetInt32(10),
        reader.TextOrNull(11), reader.MomentOrNull(12));
}
