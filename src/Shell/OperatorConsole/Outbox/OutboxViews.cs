using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Outbox;

/// <param name="Replay">Null where nothing in the list is dead.</param>
public sealed record OutboxPageView(DepthView Depth, TableView Table, IReadOnlyList<OutboxRow> Rows, ReplayView? Replay);

/// <param name="Choice">By which its box names it; null where it is not dead.</param>
/// <param name="Resource">Null where it is about the installation.</param>
/// <param name="Waits">For what, where it is not for a moment alone.</param>
public sealed record OutboxRow(
    string Address, string Kind, string Sequence, string? Choice, string Installation, string InstallationAddress, MessageLink? Resource, Mark State,
    string? LastError, string Attempts, string? Waits, MomentView? NextAttemptAt, MomentView WrittenAt);

/// <param name="Replay">What the form carries along; nothing where it is not dead.</param>
public sealed record OutboxMessageView(
    string Address, string Title, Mark State, string Installation, string InstallationAddress, MessageLink? Resource, IReadOnlyList<Fact> Facts,
    string? LastError, IReadOnlyList<ExchangeView> Exchanges, IReadOnlyList<HiddenField> Replay);
