using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>What the provider's people and systems see of the outbox, and have sent once more.</summary>
internal sealed class OutboxView(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Pending = "pending";

    public const string Dead = "dead";

    public const string Delivered = "delivered";

    public static readonly Seq<string> States = Prelude.Seq(Pending, Delivered, Dead);

    /// <param name="state">One of those that everybody can be asked for: pending or dead.</param>
    public async Task<MessagePage> Anywhere(string state, long before, int messagesMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var page = OutboxListRows.List(loads, new MessageFilter(null, state), before, messagesMax + 1);
        await loads.Read(database, cancel);
        return MessagePage.Of(page.Value, messagesMax);
    }

    /// <summary>Null when there is no such installation.</summary>
    /// <param name="state">Any when null.</param>
    public async Task<MessagePage?> Of(InstallationId id, string? state, long before, int messagesMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var page = OutboxListRows.List(loads, new MessageFilter(id, state), before, messagesMax + 1);
        await loads.Read(database, cancel);
        return installation.Value is null ? null : MessagePage.Of(page.Value, messagesMax);
    }

    /// <summary>A list as a person filters it and, of what was given up, how much one decision can have sent once more.</summary>
    /// <param name="from">Where the page before ended; null for the first one.</param>
    public async Task<MessageBoard> Look(MessageFilter filter, long? from, int messagesMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var shownAt = DatabaseClockRows.Now(loads);
        var depth = OutboxListRows.Depth(loads, QueueDepth.LookedAtMax);
        var page = OutboxListRows.List(loads, filter, from ?? (filter.IsOldestFirst ? 0 : OutboxCursor.Start), messagesMax);
        var givenUp = filter.State == Dead
            ? OutboxListRows.GivenUpBy(loads, filter.Installation, filter.Kind, ReplayRange.Never, 0, ReplayRange.TogetherMax + 1)
            : null;
        await loads.Read(database, cancel);
        return new MessageBoard(page.Value, depth.Value, shownAt.Value, givenUp?.Value ?? []);
    }

    /// <summary>One, and the moment at which it was as it is.</summary>
    public async Task<(KeptMessage? Message, DateTimeOffset ShownAt)> LookAt(InstallationId id, long sequence, CancellationToken cancel)
    {
        var loads = new Loads();
        var shownAt = DatabaseClockRows.Now(loads);
        var message = OutboxListRows.Load(loads, id, sequence);
        await loads.Read(database, cancel);
        return (message.Value, shownAt.Value);
    }

    public async Task<KeptMessage?> Find(InstallationId id, long sequence, CancellationToken cancel)
    {
        var loads = new Loads();
        var message = OutboxListRows.Load(loads, id, sequence);
        await loads.Read(database, cancel);
        return message.Value;
    }

    /// <summary>
    /// Puts what was given up back into the line, in its old order. Asking again changes nothing of what waits already, or was delivered.
    /// Null when there is no such installation or, where one message is named, no such message.
    /// </summary>
    /// <param name="reason">Why, for the audit.</param>
    public async Task<Seq<long>?> Replay(InstallationId id, ReplayRange range, string reason, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var named = range.Only is { } sequence ? OutboxListRows.Load(loads, id, sequence) : null;
        var replayed = OutboxListRows.Replay(loads, id, range, now);
        await loads.Begin(connection, cancel);
        if (installation.Value is null || named is { Value: null })
            return null;

        var sequences = replayed.Value.OrderBy(one => one).ToSeq().Strict();
        if (!sequences.IsEmpty)
        {
            var writes = new Writes();
            EventRows.Append(writes, id, null, now, "outbox.Replayed", actor, new { reason, messages = sequences.ToArray() });
            await writes.Commit(connection, cancel);
        }

        return sequences;
    }

    /// <summary>
    /// The same of those that somebody was shown, of whatever installations: one decision for each of these. What was given up after it was
    /// shown is not among them, so that asking again does nothing.
    /// </summary>
    /// <returns>How many are in the line again.</returns>
    public async Task<int> Replay(
        IEnumerable<(InstallationId Installation, long Sequence)> chosen, DateTimeOffset shownAt, string reason, Actor actor, CancellationToken cancel)
    {
        var replayed = 0;
        foreach (var of in chosen.GroupBy(one => one.Installation, one => one.Sequence).OrderBy(of => of.Key.Value, StringComparer.Ordinal))
        {
            var range = ReplayRange.All with { Chosen = [.. of], GivenUpBy = shownAt };
            replayed += (await Replay(of.Key, range, reason, actor, cancel))?.Count ?? 0;
        }

        return replayed;
    }

    /// <summary>The same of all that a filter found, from the oldest that was counted on.</summary>
    public async Task<int> ReplayFound(
        MessageFilter filter, long from, DateTimeOffset shownAt, string reason, Actor actor, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = OutboxListRows.GivenUpBy(loads, filter.Installation, filter.Kind, shownAt, from, ReplayRange.TogetherMax);
        await loads.Read(database, cancel);
        return await Replay(found.Value, shownAt, reason, actor, cancel);
    }
}

/// <summary>A list of messages with what is around it.</summary>
/// <param name="ShownAt">Real time, by the database's clock.</param>
/// <param name="GivenUp">What the filter finds of what was given up, newest first: at most one more than is replayed at once.</param>
internal sealed record MessageBoard(
    Seq<KeptMessage> Messages, Seq<QueueDepth> Depth, DateTimeOffset ShownAt, Seq<(InstallationId Installation, long Sequence)> GivenUp);

/// <summary>Messages, newest first.</summary>
/// <param name="Next">The sequence before which the next page begins; null on the last.</param>
internal sealed record MessagePage(Seq<KeptMessage> Messages, long? Next)
{
    /// <param name="found">One more than asked for tells whether there is a next page.</param>
    public static MessagePage Of(Seq<KeptMessage> found, int messagesMax)
    {
        var shown = found.Take(messagesMax).Strict();
        return new(shown, found.Count > messagesMax ? shown.Last.Sequence : null);
    }
}
