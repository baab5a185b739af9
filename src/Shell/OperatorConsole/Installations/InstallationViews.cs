using Marketplace.Shell.Dashboard;
using Marketplace.Shell.OperatorConsole.Notices;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.OperatorConsole.Timeline;

namespace Marketplace.Shell.OperatorConsole.Installations;

// What the pages of installations show, in words. Public, because a component's parameters are.

public sealed record InstallationsView(IReadOnlyList<ListedInstallationView> Rows, TableView Table);

/// <param name="Name">Of the team, or its id where it has none.</param>
/// <param name="Standing">What unpaid invoices have led to; null in good standing.</param>
/// <param name="Plan">Of the installation as a whole.</param>
/// <param name="Resources">That are in it.</param>
public sealed record ListedInstallationView(
    string Address, string Name, string Id, string? Contact, Mark Status, Mark? Standing, string? Plan, string Resources, MomentView InstalledAt);

/// <param name="Concerns">What does not go on by itself.</param>
/// <param name="Uninstall">Where it has begun.</param>
public sealed record InstallationView(
    string Id, string Address, string Name, Mark Status, Mark? Standing, IReadOnlyList<ConcernView> Concerns, UninstallView? Uninstall,
    IReadOnlyList<Fact> Account, IReadOnlyList<Fact> Policies, PlanCard? Plan, HeldResourcesView Resources, InstallationMoneyView Money,
    IReadOnlyList<Fact> Token, ToldNotices Notices, bool MayResync, TimelineView Timeline);

/// <param name="Address">Where something can be done about it; null where that is on this page.</param>
/// <param name="Help">Where the runbook tells what to do.</param>
public sealed record ConcernView(string What, string Text, string? Address = null, string? Help = null);

/// <param name="Waits">For what the end waits; null where nothing is in its way, or it is over.</param>
public sealed record UninstallView(bool IsOver, IReadOnlyList<Fact> Facts, string? Waits);

/// <param name="Id">With its version.</param>
public sealed record PlanCard(string Id, string Name, string Description, string? Cost, IReadOnlyList<Fact> Terms);

/// <param name="Statuses">How many stand how, each with the list of them.</param>
/// <param name="Newest">Some of them.</param>
/// <param name="All">Where all of them are.</param>
public sealed record HeldResourcesView(IReadOnlyList<CountedStatus> Statuses, IReadOnlyList<HeldResource> Newest, string All);

public sealed record CountedStatus(Mark Status, string Count, string Address);

public sealed record HeldResource(string Address, string Name, string Product, Mark Status, string? Plan);

/// <param name="Charges">So far in the period; null where nobody can say, or nothing is billed any more.</param>
/// <param name="Open">Invoices that are not settled.</param>
/// <param name="More">The pages of what is billed.</param>
public sealed record InstallationMoneyView(
    string? Period, ChargesView? Charges, IReadOnlyList<Fact> Owed, IReadOnlyList<Fact> Balances, IReadOnlyList<OpenInvoiceView> Open,
    IReadOnlyList<MessageLink> More);

public sealed record OpenInvoiceView(string Address, string Id, string? VercelId, string Period, Mark State, string Total, MomentView Since);
