using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Deployments;

/// <summary>The deployments of a project.</summary>
/// <param name="Actions">Slugs that the integration declares.</param>
public sealed record DeploymentsView(
    string Address, string Project, string ProjectAddress, string Team, string TeamAddress, IReadOnlyList<string> Actions,
    IReadOnlyList<DeploymentRow> Rows);

public sealed record DeploymentRow(string Address, string Id, string Environment, string Branch, DateTimeOffset At, Mark Stage, string Waits);

/// <summary>One deployment.</summary>
/// <param name="CleanUpAt">When its actions are told to remove what they made; none while it is kept.</param>
public sealed record DeploymentView(
    string Address, string Id, string Url, string Project, string ProjectAddress, string List, string Environment, string Branch, string Commit,
    DateTimeOffset CreatedAt, Mark Stage, bool CanCancel, bool CanPromote, bool CanDelete, DateTimeOffset? CleanUpAt, bool IsCleanedUp,
    IReadOnlyList<ActionRow> Actions, IReadOnlyList<CheckRow> Checks, IReadOnlyList<VariableRow> Variables);

/// <param name="Brought">The names of the secrets that it brought.</param>
public sealed record ActionRow(string Slug, string Resource, string ResourceAddress, Mark Status, string? Text, LinkView? Link, string Brought);

/// <param name="Holds">What waits for it.</param>
public sealed record CheckRow(string Id, string Name, string Kind, Mark Status, string Holds, string? Text, string? Url, bool CanRerequest);

/// <param name="IsBrought">An action of this deployment set its value.</param>
public sealed record VariableRow(string Name, bool IsBrought);

/// <summary>Where the provider shows more. An address that signs on is opened by a form.</summary>
/// <param name="Open">The address of that form.</param>
public sealed record LinkView(string Href, string Open, string ResourceId)
{
    public bool SignsOn => Href.StartsWith("sso:", StringComparison.Ordinal);
}
