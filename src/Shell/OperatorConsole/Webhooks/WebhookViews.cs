using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Webhooks;

/// <param name="Replay">Null where nothing in the list is dead.</param>
/// <param name="Remark">What is not among them.</param>
public sealed record WebhooksPageView(DepthView Depth, TableView Table, IReadOnlyList<WebhookRow> Rows, ReplayView? Replay, string? Remark);

/// <param name="Choice">By which its box names it; null where it is not dead.</param>
/// <param name="About">Null where it names no installation.</param>
public sealed record WebhookRow(
    string Address, string Type, string Id, string? Choice, MessageLink? About, Mark State, string? LastError, string Attempts, MomentView? NextAttemptAt,
    MomentView ReceivedAt);

/// <param name="Replay">What the form carries along; nothing where it is not dead.</param>
public sealed record WebhookPageView(
    string Address, string Type, string Id, Mark State, MessageLink? About, IReadOnlyList<Fact> Facts, string? LastError,
    IReadOnlyList<ExchangeView> Exchanges, IReadOnlyList<HiddenField> Replay);
