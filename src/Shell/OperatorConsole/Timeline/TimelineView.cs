using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Tables;

namespace Marketplace.Shell.OperatorConsole.Timeline;

// What a page shows of the audit, in words. Public, because a component's parameters are.

/// <summary>What happened, the newest first.</summary>
/// <param name="Address">The page that it is part of: where the form of its filter leads.</param>
/// <param name="Kind">What it is narrowed to; null where it is not.</param>
/// <param name="Newest">The first page of it; null on that.</param>
/// <param name="Older">Null where there is nothing older.</param>
public sealed record TimelineView(
    string Address, IReadOnlyList<FilterChoice> Kinds, string? Kind, IReadOnlyList<HappenedView> Events, string? Newest, string? Older);

/// <param name="Kind">As the audit has it.</param>
/// <param name="Why">The call or the job, with the reason that somebody gave.</param>
/// <param name="About">The resource that it happened to, where the page is about more than that.</param>
public sealed record HappenedView(
    MomentView At, string What, string Kind, string Who, string Why, MessageLink? About, IReadOnlyList<Fact> Details);
