using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>Messages for whoever looks after them: lists, newest first, and replays.</summary>
internal static class OutboxListRows
{
    private const string Columns = """
        installation_id, sequence, resource_id, kind, state, created_at,
        case when state = 'pending' then greatest(due_at, next_attempt_at) end, tries, replays, awaits_token and state = 'pending',
        last_error, last_status, last_answer, closed_at
        """;

    private const string OneSql = $"select {Columns} from outbox_message where installation_id = $1 and sequence = $2";

    private const string PageSql = $"""
        select {Columns} from outbox_message
        where installation_id = $1 and sequence < $2 and ($3::text is null or state = $3) order by sequence desc limit $4
        """;

    // Of everybody: an operator's lists. Each has its state in its text, so that the index of that state alone serves it.
    private const string DeadAnywhereSql = $"""
        select {Columns} from outbox_message where state = 'dead' and sequence < $1 order by sequence desc limit $2
        """;

    private const string PendingAnywhereSql = $"""
        select {Columns} from outbox_message where state = 'pending' and sequence < $1 order by sequence desc limit $2
        """;

    // They keep their places in the line. What one says is read when it is sent, so that none of them says anything old.
    private const string ReplaySql = """
        update outbox_message set state = 'pending', closed_at = null, attempts = 0, replays = replays + 1, due_at = $6, awaits_token = false,
            next_attempt_at = clock_timestamp(), leased_until = '-infinity'
        where installation_id = $1 and state = 'dead' and sequence between $2 and $3 and created_at >= $4 and created_at < $5
        returning sequence
        """;

    public static Loaded<KeptMessage?> Load(Loads loads, InstallationId installation, long sequence) =>
        loads.One(OneSql, Read, installation.Value, sequence);

    /// <param name="state">Any when null.</param>
    public static Loaded<Seq<KeptMessage>> Page(Loads loads, InstallationId installation, long before, string? state, int messagesMax) =>
        loads.Many(PageSql, Read, installation.Value, before, state, messagesMax);

    public static Loaded<Seq<KeptMessage>> DeadAnywhere(Loads loads, long before, int messagesMax) =>
        loads.Many(DeadAnywhereSql, Read, before, messagesMax);

    public static Loaded<Seq<KeptMessage>> PendingAnywhere(Loads loads, long before, int messagesMax) =>
        loads.Many(PendingAnywhereSql, Read, before, messagesMax);

    /// <summary>Puts what was given up back into the line, and says what it was.</summary>
    public static Loaded<Seq<long>> Replay(Loads loads, InstallationId installation, ReplayRange range, DateTimeOffset now) => loads.Many(
        ReplaySql, reader => reader.GetInt64(0), installation.Value, range.From, range.To, range.Since, range.Until, now);

    private static KeptMessage Read(NpgsqlDataReader reader) => new(
        new InstallationId(reader.GetString(0)), reader.GetInt64(1), reader.TextOrNull(2) is { } resource ? new ResourceId(resource) : null,
        reader.GetString(3), reader.GetString(4), reader.Moment(5), reader.MomentOrNull(6), reader.GetInt32(7), reader.GetInt32(8),
        reader.GetBoolean(9), reader.TextOrNull(10), reader.IsDBNull(11) ? null : reader.GetInt32(11), reader.TextOrNull(12),
        reader.MomentOrNull(13));
}

/// <summary>Which of what was given up: all of it, unless something is named.</summary>
/// <param name="Since">When it was written.</param>
/// <param name="Until">Not any more.</param>
internal sealed record ReplayRange(long From, long To, DateTimeOffset Since, DateTimeOffset Until)
{
    public static readonly ReplayRange All = new(0, long.MaxValue, DateTimeOffset.UnixEpoch, new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static ReplayRange Of(long? from, long? to, DateTimeOffset? since, DateTimeOffset? until) => new(
        from ?? All.From, to ?? All.To, since?.ToUniversalTime() ?? All.Since, until?.ToUniversalTime() ?? All.Until);

    /// <summary>The one message that is meant, where it is one.</summary>
    public long? Only => From == To ? From : null;
}
