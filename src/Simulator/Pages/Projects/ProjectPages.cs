using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Pages.Projects;

/// <summary>Projects, and the environment variables that resources bring into them. Source: contract §E.4, §G.</summary>
internal sealed class ProjectPages(PageSources sources)
{
    private const string Every = "*";

    private static readonly ImmutableList<string> OwnEnvironments = ["production", "preview", "development"];

    public Shown List(Visit visit) => Shown.Of<ProjectsPage>(new ProjectsView(
        [
            .. from team in sources.State.Teams.Values
               from project in team.Projects.Values
               orderby project.Name
               select new ProjectCard(
                   PagePaths.Project(project.Id), project.Name, team.Name, Words.Count(ConnectedTo(project.Id).Count(), "resource")),
        ],
        [.. sources.State.Teams.Values.OrderBy(team => team.Name, StringComparer.OrdinalIgnoreCase).Select(team => new TeamChoice(team.AccountId, team.Name))]));

    public Outcome Create(Visit visit) => Create(visit.Required("accountId"), visit.Required("name"));

    public Outcome CreateInTeam(Visit visit) => Create(visit.Route("accountId"), visit.Required("name"));

    public Shown Show(Visit visit)
    {
        var id = visit.Route("projectId");
        var (team, project) = sources.State.Teams.Values
            .Where(team => team.Projects.ContainsKey(id))
            .Select(team => (team, team.Projects[id]))
            .FirstOrDefault();
        if (project is null)
        {
            throw new KeyNotFoundException($"There is no project {id}.");
        }

        var connected = ConnectedTo(id).ToImmutableList();
        var environment = visit.Query("environment") ?? OwnEnvironments[0];
        return Shown.Of<ProjectPage>(new ProjectView(
            PagePaths.Project(id), id, project.Name, team.Name, PagePaths.Team(team.AccountId), environment,
            [
                .. from one in OwnEnvironments.Union(connected.SelectMany(link => link.Connection.Targets), StringComparer.Ordinal)
                   select new TabView($"{PagePaths.Project(id)}?environment={Uri.EscapeDataString(one)}", one, one == environment),
            ],
            Variables(connected, environment, visit.Query("reveal")),
            connected.ConvertAll(link => new ConnectedRow(
                link.Resource.Name, PagePaths.Resource(link.Installation.Id, link.Resource.Id), link.Connection.CustomPrefix,
                string.Join(", ", link.Connection.Targets), link.Connection.IsSensitive))));
    }

    private Outcome Create(string accountId, string name)
    {
        sources.Team(accountId);
        var project = sources.Hand.CreateProject(accountId, name);
        return Outcome.Done(PagePaths.Project(project.Id), $"{project.Name} is there.");
    }

    /// <summary>A sensitive value can be read by nobody, whatever he asks for. Two of one name are the customer's to tell apart, by a prefix.</summary>
    private static List<VariableRow> Variables(
        ImmutableList<(Installation Installation, Resource Resource, Connection Connection)> connected, string environment, string? revealed)
    {
        var all = (
            from link in connected
            from variable in EnvironmentVariables.In(environment, link.Resource, link.Resource.Secrets, link.Connection)
            orderby variable.Name
            select (link, variable)).ToList();
        var taken = all.GroupBy(one => one.variable.Name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet();
        return all.ConvertAll(one => new VariableRow(
            one.variable.Name, one.link.Resource.Name, PagePaths.Resource(one.link.Installation.Id, one.link.Resource.Id), one.variable.IsSensitive,
            taken.Contains(one.variable.Name),
            !one.variable.IsSensitive && (revealed == Every || revealed == one.variable.Name) ? one.variable.Value : null));
    }

    private IEnumerable<(Installation Installation, Resource Resource, Connection Connection)> ConnectedTo(string projectId) =>
        from installation in sources.State.Installations.Values
        from resource in installation.Resources.Values
        from connection in resource.Connections
        where connection.ProjectId == projectId
        select (installation, resource, connection);
}
