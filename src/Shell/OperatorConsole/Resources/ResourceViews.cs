using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Notices;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.OperatorConsole.Timeline;

namespace Marketplace.Shell.OperatorConsole.Resources;

// What the pages of resources show, in words. Public, because a component's parameters are.

public sealed record ResourcesView(IReadOnlyList<ListedResourceView> Rows, TableView Table);

public sealed record ListedResourceView(
    string Address, string Name, string Id, string Product, string? Plan, Mark Status, MessageLink Installation, MomentView CreatedAt);

/// <param name="Cause">What is wrong or keeps it out of service, each with what the customer reads.</param>
/// <param name="Charts">Use of each metric by day, in the period under way, as the customer sees it.</param>
/// <param name="Period">Null where nothing is billed any more.</param>
public sealed record OperatedResourceView(
    string Id, string Address, string Name, string Product, Mark Status, MessageLink Installation, IReadOnlyList<Fact> Cause,
    IReadOnlyList<Fact> Details, IReadOnlyList<Fact> Metadata, PlanView? Plan, string? Period, IReadOnlyList<UsageChartView> Charts,
    ChargesView? Charges, IReadOnlyList<OperationLine> Operations, IReadOnlyList<MessageLine> Messages, SecretNamesView Secrets,
    IReadOnlyList<ProjectLine> Projects, IReadOnlyList<CheckLine> Checks, IReadOnlyList<CheckLine> CheckRuns,
    IReadOnlyList<TransferLine> Transfers, ToldNotices Notices, ResourceActionsView Actions, TimelineView Timeline);

/// <param name="Next">When it is tried again; null where it is over.</param>
public sealed record OperationLine(string Id, string What, Mark State, MomentView RequestedAt, string Attempts, string? LastError, string? Next);

/// <param name="Kind">What Vercel is to hear.</param>
public sealed record MessageLine(string Address, string Number, string Kind, Mark State, string Tries, string? LastError, MomentView Since);

/// <param name="Names">Where they are held; a product may tell its secrets once.</param>
/// <param name="Former">That still work, the first to end first.</param>
public sealed record SecretNamesView(
    IReadOnlyList<string> Names, IReadOnlyList<string> Pushed, bool IsWhole, MomentView? MintedAt, bool IsRotating, IReadOnlyList<MomentView> Former);

public sealed record ProjectLine(string Name, string Id, string Targets, MomentView ConnectedAt);

/// <param name="Of">The project, or the deployment.</param>
public sealed record CheckLine(string Name, string Of, Mark State, string? LastError);

/// <param name="Other">The installation that it went to or came from; null where nobody has claimed it.</param>
public sealed record TransferLine(string What, MomentView At, MessageLink? Other);

/// <summary>What may be asked for, as the resource stands.</summary>
public sealed record ResourceActionsView(bool MaySuspend, bool MayResume, bool MayResync)
{
    public bool Any => MaySuspend || MayResume || MayResync;
}
