using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Jobs;

// What the pages of the jobs show.

/// <param name="Host">What wakes the jobs.</param>
/// <param name="HostPages">Its own pages; null where it has none.</param>
/// <param name="Trouble">What a person should see first; null where all is well.</param>
public sealed record JobListView(string Host, string? HostPages, NoticeView? Trouble, TableView Table, IReadOnlyList<JobRow> Rows, IReadOnlyList<NodeRow> Nodes);

/// <param name="Last">Null where it never ran.</param>
/// <param name="LastEnded">How the last run ended, and how long it took.</param>
/// <param name="Next">Null where it never will, or is not known.</param>
public sealed record JobRow(
    string Id, string Address, string Does, string Schedule, MomentView? Last, string? LastEnded, MomentView? Next, long Failures, Mark State);

/// <param name="Running">What it does now, in words.</param>
public sealed record NodeRow(string Name, Mark State, MomentView StartedAt, MomentView SeenAt, string Version, string Running);

/// <param name="Address">Of the page itself.</param>
/// <param name="Pause">Who paused it, and why.</param>
/// <param name="Asked">Who has asked for a run that has not begun.</param>
/// <param name="Trouble">What is amiss with it; null where nothing is.</param>
/// <param name="CanRun">Whether a run can be asked for.</param>
public sealed record JobPageView(
    string Id, string Address, string Does, Mark State, IReadOnlyList<Fact> Facts, NoticeView? Pause, NoticeView? Asked, NoticeView? Trouble, bool IsPaused,
    bool CanRun, ChartView Durations, TableView Table, IReadOnlyList<RunRow> Rows, IReadOnlyList<JobActionRow> Actions);

/// <param name="Count">How many runs the row tells of.</param>
/// <param name="Took">One run, or each of them on average.</param>
/// <param name="Longest">Null where it is one run.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Request">Who asked for it, and why; null where the schedule woke it.</param>
public sealed record RunRow(
    MomentView StartedAt, string Node, long Count, string Took, string? Longest, Mark Outcome, string? Error, string? Request);

public sealed record JobActionRow(MomentView At, string Actor, string Cause);
