using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.ProviderEvents;

/// <param name="Backend">Whether it listens.</param>
/// <param name="CanTest">Whether there is anybody to send a test to.</param>
/// <param name="Replay">Null where nothing in the list is dead.</param>
/// <param name="Remark">What is not among them.</param>
public sealed record EventsPageView(
    DepthView Depth, NoticeView Backend, bool CanTest, TableView Table, IReadOnlyList<EventRow> Rows, ReplayView? Replay, string? Remark);

/// <param name="Choice">By which its box names it; null where it is not dead, or is a test.</param>
/// <param name="About">Null where it is a test.</param>
public sealed record EventRow(
    string Address, string Type, string Id, string? Choice, MessageLink? About, Mark State, string? LastError, string Attempts, MomentView? NextAttemptAt,
    MomentView HappenedAt);

/// <param name="Replay">What the form carries along; nothing where it cannot be replayed.</param>
public sealed record EventPageView(
    string Address, string Type, string Id, Mark State, MessageLink? About, IReadOnlyList<Fact> Facts, string? LastError,
    IReadOnlyList<ExchangeView> Exchanges, IReadOnlyList<HiddenField> Replay);
