namespace Marketplace.Simulator.Pages.Projects;

/// <summary>All projects.</summary>
public sealed record ProjectsView(IReadOnlyList<ProjectCard> Projects, IReadOnlyList<TeamChoice> Teams);

public sealed record ProjectCard(string Address, string Name, string Team, string Resources);

public sealed record TeamChoice(string AccountId, string Name);

/// <summary>One project: what is connected, and the variables of one of its environments.</summary>
public sealed record ProjectView(
    string Address, string Id, string Name, string Team, string TeamAddress, string Environment, IReadOnlyList<Site.TabView> Environments,
    IReadOnlyList<VariableRow> Variables, IReadOnlyList<ConnectedRow> Connected);

/// <param name="Value">Where somebody asked for it.</param>
public sealed record VariableRow(string Name, string Resource, string ResourceAddress, bool IsSensitive, bool IsTaken, string? Value)
{
    /// <summary>Logs print records.</summary>
    public override string ToString() => Name;
}

public sealed record ConnectedRow(string Name, string Address, string? Prefix, string Targets, bool IsSensitive);
