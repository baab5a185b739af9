using LanguageExt;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.OperatorConsole.Queues;

/// <summary>What waits and what was given up, as a whole and of each kind.</summary>
/// <param name="KindLabel">What a queue calls the kinds of what is in it.</param>
/// <param name="Help">What the runbook says about what is amiss; none where nothing is.</param>
public sealed record DepthView(IReadOnlyList<TileView> Tiles, string KindLabel, IReadOnlyList<DepthRow> Rows, IReadOnlyList<MessageLink> Help)
{
    /// <param name="list">The address of the list.</param>
    /// <param name="kindFilter">By which it is narrowed to a kind.</param>
    internal static DepthView Of(Seq<QueueDepth> depth, DateTimeOffset now, string list, string kindFilter, string kindLabel, QueueHelp help)
    {
        var (pending, dead) = (depth.Filter(one => one.State == OutboxView.Pending).Strict(), depth.Filter(one => one.State == OutboxView.Dead).Strict());
        var (failing, givenUp) = (pending.Sum(one => one.Failing), dead.Sum(one => one.Count));
        return new DepthView(
            [
                new TileView("Waiting", QueueWords.Count(pending.Sum(one => one.Count)), null, $"{list}?state={OutboxView.Pending}"),
                new TileView("Waiting longest", pending.IsEmpty ? "–" : QueueWords.Age(now - pending.Min(one => one.Oldest)), null, $"{list}?state={OutboxView.Pending}&sort=at"),
                new TileView("Failing, tried again", QueueWords.Count(failing), failing > 0 ? Tone.Warn : null, $"{list}?state={QueueWords.Failing}"),
                new TileView("Dead", QueueWords.Count(givenUp), givenUp > 0 ? Tone.Bad : null, $"{list}?state={OutboxView.Dead}"),
            ],
            kindLabel,
            [
                .. depth.GroupBy(one => one.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind =>
                {
                    var address = $"{list}?{kindFilter}={Uri.EscapeDataString(kind.Key)}";
                    var (waits, over) = (kind.FirstOrDefault(one => one.State == OutboxView.Pending), kind.FirstOrDefault(one => one.State == OutboxView.Dead));
                    return new DepthRow(
                        QueueWords.Kind(kind.Key), address, QueueWords.Count(waits?.Count ?? 0), QueueWords.Count(waits?.Failing ?? 0),
                        waits is null ? "–" : QueueWords.Age(now - waits.Oldest), QueueWords.Count(over?.Count ?? 0),
                        over is null ? null : $"{address}&state={OutboxView.Dead}");
                }),
            ],
            [
                .. givenUp > 0 ? Prelude.Seq1(new MessageLink(help.Dead, $"What to do about dead {help.What}")) : [],
                .. !pending.IsEmpty && now - pending.Min(one => one.Oldest) > help.LateAfter
                    ? Prelude.Seq1(new MessageLink(help.Late, $"What to do about late {help.What}")) : [],
            ]);
    }
}

/// <param name="What">What is in the queue, in the plural.</param>
/// <param name="Dead">Where the runbook tells of those that were given up.</param>
/// <param name="Late">Of those that wait too long.</param>
/// <param name="LateAfter">From when on they do, as the alert has it.</param>
internal sealed record QueueHelp(string What, string Dead, string Late, TimeSpan LateAfter);

public sealed record TileView(string Label, string Value, Tone? Tone, string Address);

/// <param name="DeadAddress">Null where none is dead.</param>
public sealed record DepthRow(string Kind, string Address, string Waiting, string Failing, string Oldest, string Dead, string? DeadAddress);

/// <summary>What can be sent or processed once more from a list.</summary>
/// <param name="Chosen">Where the form goes whose boxes stand in the rows.</param>
/// <param name="Found">Where the one goes that means everything that the filter finds.</param>
/// <param name="FoundLabel">How much that is.</param>
/// <param name="What">In the plural: <c>messages</c>.</param>
/// <param name="Fields">What both carry along.</param>
/// <param name="From">The oldest that the second one means.</param>
public sealed record ReplayView(
    string Chosen, string Found, string FoundLabel, string What, string Explains, IReadOnlyList<HiddenField> Fields, string From);

/// <summary>One exchange with somebody else, as far as it is kept.</summary>
/// <param name="Label">Who asked whom for what.</param>
/// <param name="Text">Null where nothing is kept, or nothing was said.</param>
/// <param name="Absent">What is said then.</param>
public sealed record ExchangeView(string Label, string? Text, string Absent);
