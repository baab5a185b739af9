using System.Data;
using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Usage;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Statements;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>The slot ledger by the hour, in PostgreSQL.</summary>
internal sealed class LedgerHours(NpgsqlDataSource database, TimeProvider clock) : ILedgerHours
{
    public Task CountAnew(DateTimeOffset now, CancellationToken cancel) => LedgerHourRows.CountAnew(database, now, cancel);

    /// <summary>Everybody's slots of the hours of a range that are over, oldest first.</summary>
    /// <param name="range">Of whole hours.</param>
    public async Task<IReadOnlyList<LedgerHour>> OfEverybody(TimeRange range, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        // What is told in the middle of it would be due and confirmed.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var loads = new Loads();
        var written = LedgerHourRows.Written(loads, range);
        var (lives, behind, told) = (LedgerHourRows.Lives(loads, range), LedgerHourRows.Due(loads, range, now), LedgerHourRows.Told(loads, range, now));
        await loads.Send(transaction, cancel);

        var slots = written.Value.ToDictionary(hour => hour.Hour, hour => hour.Slots);
        var (living, due) = (Running(lives.Value), Running(behind.Value));
        var known = told.Value.ToDictionary(hour => hour.Hour, hour => hour.Slots);
        return [.. Hours(range, now).Select(hour =>
        {
            var counted = slots.GetValueOrDefault(hour, SlotCounts.None) with { Due = due(hour) - known.GetValueOrDefault(hour) };
            return new LedgerHour(hour, counted with { Untold = Math.Max(0, living(hour) - counted.Due - counted.Written) });
        })];
    }

    /// <summary>The same of one installation; null when there is none.</summary>
    public async Task<IReadOnlyList<LedgerHour>?> Of(InstallationId id, TimeRange range, CancellationToken cancel)
    {
        var (now, loads) = (clock.GetUtcNow(), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var life = StatementRows.Life(loads, id);
        var slots = UsageSlotRows.Load(loads, id, range.Start);
        await loads.Read(database, cancel);
        if (life.Value is not { } lived || installation.Value is not { } known)
            return null;

        var isOver = known is Installation.Finalized;
        var written = slots.Value.ToDictionary(slot => slot.Slot.Start);
        var due = HourSlot.DueIn(lived, range, now).Select(slot => slot.Start).ToHashSet();
        return [.. Hours(range, now).Select(hour => new LedgerHour(
            hour,
            written.TryGetValue(hour, out var slot) ? Of(slot)
                : !due.Contains(hour) ? SlotCounts.None
                : isOver ? SlotCounts.None with { Untold = 1 }
                : SlotCounts.None with { Due = 1 }))];
    }

    private static SlotCounts Of(UsageSlot slot) =>
        slot switch
        {
            UsageSlot.Due => SlotCounts.None with { Due = 1 },
            UsageSlot.Sent => SlotCounts.None with { Sent = 1 },
            UsageSlot.Confirmed => SlotCounts.None with { Confirmed = 1 },
            UsageSlot.Refused => SlotCounts.None with { Refused = 1 },
            UsageSlot.Dead => SlotCounts.None with { Dead = 1 },
            UsageSlot.Superseded => SlotCounts.None with { Superseded = 1 },
            _ => throw new UnreachableException(slot.GetType().Name),
        };

    /// <summary>Who is leaving reports the hour under way at once; everybody's is shown when it is over.</summary>
    private static IEnumerable<DateTimeOffset> Hours(TimeRange range, DateTimeOffset now) =>
        HourSlot.Inside(range).TakeWhile(hour => hour.End <= now).Select(hour => hour.Start);

    /// <summary>What it comes to up to an hour. To be asked in their order.</summary>
    private static Func<DateTimeOffset, long> Running(Seq<(DateTimeOffset Hour, long More)> changes)
    {
        var (queue, sum) = (new Queue<(DateTimeOffset Hour, long More)>(changes.OrderBy(change => change.Hour)), 0L);
        return hour =>
        {
            while (queue.TryPeek(out var next) && next.Hour <= hour)
                sum += queue.Dequeue().More;
            return sum;
        };
    }
}
