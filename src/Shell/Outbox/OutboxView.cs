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

    public static readonly Seq<string> States = Prelude.Seq(Pending, "delivered", Dead);

    /// <param name="state">One of those that everybody can be asked for: pending or dead.</param>
    public async Task<MessagePage> Anywhere(string state, long before, int messagesMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var page = state == Dead
            ? OutboxListRows.DeadAnywhere(loads, before, messagesMax + 1)
            : OutboxListRows.PendingAnywhere(loads, before, messagesMax + 1);
        await loads.Read(database, cancel);
        return MessagePage.Of(page.Value, messagesMax);
    }

    /// <summary>Null when there is no such installation.</summary>
    /// <param name="state">Any when null.</param>
    public async Task<MessagePage?> Of(InstallationId id, string? state, long before, int messagesMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var page = OutboxListRows.Page(loads, id, before, state, messagesMax + 1);
        await loads.Read(database, cancel);
        return installation.Value is null ? null : MessagePage.Of(page.Value, messagesMax);
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
}

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
