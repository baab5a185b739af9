using Marketplace.Simulator.Pages.Plans;

namespace Marketplace.Simulator.Pages.Installations;

/// <summary>What the customer consents to. Source: contract §E.1.</summary>
/// <param name="Problem">What is missing, when the form comes back.</param>
public sealed record InstallView(
    string Address, string Team, string TeamAddress, string Actor, IReadOnlyList<string> Scopes, IReadOnlyList<PolicyRow> Policies, string? Problem);

public sealed record PolicyRow(string Id, string Name, string? Url, bool IsAccepted);

/// <summary>What stands at the head of every page of an installation.</summary>
public sealed record InstallationHead(
    string Address, string Id, string Team, string TeamAddress, Site.Mark Stage, Site.NotificationView? Notification, string Actor,
    IReadOnlyList<Site.TabView> Tabs);

/// <summary>One installation, and what the team got from the provider by it.</summary>
/// <param name="IsUsable">Something can be made in it.</param>
/// <param name="IsUnanswered">The provider has not taken it yet.</param>
public sealed record InstallationView(
    InstallationHead Head, bool IsUsable, bool IsUnanswered, IReadOnlyList<ResourceCard> Resources, IReadOnlyList<ProductCard> Products,
    PlanView? Plan, DateTimeOffset InstalledAt, string? Contact, IReadOnlyList<string> Scopes, string? Status, string? ExternalId);

public sealed record ResourceCard(string Address, string Name, string Product, Site.Mark Status, string Plan, string Projects, bool IsLinked);

/// <param name="Address">Of the form for a new resource.</param>
public sealed record ProductCard(string Address, string Id, string Name);

/// <summary>The plan for all of the installation's resources.</summary>
public sealed record InstallationPlanView(InstallationHead Head, PlansView Plans, string? Current);
