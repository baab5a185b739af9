using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>What the provider's people and systems see of the events, have sent once more, and send to see whether it arrives.</summary>
internal sealed class ProviderEventView(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly string[] GivenUp = [OutboxView.Dead];

    private static readonly string[] Over = [OutboxView.Dead, OutboxView.Delivered];

    /// <param name="state">Pending or dead; any when null.</param>
    public async Task<EventPage> Anywhere(string? state, long before, int eventsMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var outlet = OutletRows.Load(loads);
        var page = state is null
            ? ProviderEventListRows.Anywhere(loads, before, eventsMax + 1)
            : ProviderEventListRows.List(loads, new MessageFilter(null, state), before, eventsMax + 1);
        await loads.Read(database, cancel);
        return EventPage.Of(page.Value, eventsMax, outlet.Value);
    }

    /// <summary>Null when there is no such installation.</summary>
    /// <param name="state">Any when null.</param>
    public async Task<EventPage?> Of(InstallationId id, string? state, long before, int eventsMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var outlet = OutletRows.Load(loads);
        var page = ProviderEventListRows.List(loads, new MessageFilter(id, state), before, eventsMax + 1);
        await loads.Read(database, cancel);
        return installation.Value is null ? null : EventPage.Of(page.Value, eventsMax, outlet.Value);
    }

    /// <summary>A list as a person filters it and, of what was given up, how much one decision can have sent once more.</summary>
    /// <param name="from">Where the page before ended; null for the first one.</param>
    public async Task<EventBoard> Look(MessageFilter filter, long? from, int eventsMax, CancellationToken cancel)
    {
        var loads = new Loads();
        var shownAt = DatabaseClockRows.Now(loads);
        var outlet = OutletRows.Load(loads);
        var depth = ProviderEventListRows.Depth(loads, QueueDepth.LookedAtMax);
        var page = ProviderEventListRows.List(loads, filter, from ?? (filter.IsOldestFirst ? 0 : OutboxCursor.Start), eventsMax);
        var givenUp = filter.State == OutboxView.Dead
            ? ProviderEventListRows.GivenUpBy(loads, filter.Installation, filter.Kind, ReplayRange.Never, 0, ReplayRange.TogetherMax + 1)
            : null;
        await loads.Read(database, cancel);
        return new EventBoard(page.Value, outlet.Value, depth.Value, shownAt.Value, givenUp?.Value ?? []);
    }

    /// <summary>One of whichever installation, and the moment at which it was as it is.</summary>
    public async Task<(ShownEvent? Event, DateTimeOffset ShownAt)> LookAt(long sequence, CancellationToken cancel)
    {
        var loads = new Loads();
        var shownAt = DatabaseClockRows.Now(loads);
        var found = ProviderEventListRows.LoadAnywhere(loads, sequence);
        await loads.Read(database, cancel);
        return (found.Value, shownAt.Value);
    }

    /// <param name="installation">Of whichever when null.</param>
    public async Task<ShownEvent?> Find(InstallationId? installation, long sequence, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = installation is { } id
            ? ProviderEventListRows.Load(loads, id, sequence)
            : ProviderEventListRows.LoadAnywhere(loads, sequence);
        await loads.Read(database, cancel);
        return found.Value;
    }

    /// <summary>
    /// Puts what was given up back into the line, in its old order; what was delivered too, where one event is named, or somebody says so.
    /// Asking again changes nothing of what waits already. Null when there is no such installation or, where one event is named, no such event.
    /// </summary>
    /// <param name="reason">Why, for the audit.</param>
    public async Task<Seq<long>?> Replay(
        InstallationId id, ReplayRange range, bool isDeliveredToo, string reason, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var named = range.Only is { } sequence ? ProviderEventListRows.Load(loads, id, sequence) : null;
        var replayed = ProviderEventListRows.Replay(loads, id, range, isDeliveredToo || range.Only is not null ? Over : GivenUp, now);
        await loads.Begin(connection, cancel);
        if (installation.Value is null || named is { Value: null })
            return null;

        var sequences = replayed.Value.OrderBy(one => one).ToSeq().Strict();
        if (!sequences.IsEmpty)
        {
            var writes = new Writes();
            EventRows.Append(
                writes, id, null, now, "events.Replayed", actor, new { reason, events = ReplayedEventsWire.Of(sequences).Replayed });
            await writes.Commit(connection, cancel);
        }

        return sequences;
    }

    /// <inheritdoc cref="OutboxView.Replay(IEnumerable{ValueTuple{InstallationId, long}}, DateTimeOffset, string, Actor, CancellationToken)"/>
    public async Task<int> Replay(
        IEnumerable<(InstallationId Installation, long Sequence)> chosen, DateTimeOffset shownAt, string reason, Actor actor, CancellationToken cancel)
    {
        var replayed = 0;
        foreach (var of in chosen.GroupBy(one => one.Installation, one => one.Sequence).OrderBy(of => of.Key.Value, StringComparer.Ordinal))
        {
            var range = ReplayRange.All with { Chosen = [.. of], GivenUpBy = shownAt };
            replayed += (await Replay(of.Key, range, isDeliveredToo: false, reason, actor, cancel))?.Count ?? 0;
        }

        return replayed;
    }

    /// <inheritdoc cref="OutboxView.ReplayFound"/>
    public async Task<int> ReplayFound(
        MessageFilter filter, long from, DateTimeOffset shownAt, string reason, Actor actor, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = ProviderEventListRows.GivenUpBy(loads, filter.Installation, filter.Kind, shownAt, from, ReplayRange.TogetherMax);
        await loads.Read(database, cancel);
        return await Replay(found.Value, shownAt, reason, actor, cancel);
    }

    /// <summary>An event of nothing that happened, for the worker to send; null where nobody listens.</summary>
    public async Task<ShownEvent?> Test(CancellationToken cancel)
    {
        var loads = new Loads();
        var sequence = ProviderEventRows.AppendTest(loads, clock.GetUtcNow());
        await loads.Read(database, cancel);
        return sequence.Value is { } number ? await Find(installation: null, number, cancel) : null;
    }
}
