using System.Collections.Immutable;
using System.Globalization;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Pages.Teams;

/// <summary>Customers: their people, whom a provider may write to, what they have installed.</summary>
internal sealed class TeamPages(PageSources sources)
{
    public Shown List(Visit visit) => Shown.Of<TeamsPage>(new TeamsView(
        [.. sources.State.Teams.Values.OrderBy(team => team.Name, StringComparer.OrdinalIgnoreCase).Select(Card)]));

    public Shown Show(Visit visit)
    {
        var team = TeamOf(visit);
        return Shown.Of<TeamPage>(new TeamView(
            PagePaths.Team(team.AccountId), team.AccountId, team.Name, team.IsPersonal, team.Contact?.Email, team.Contact?.Name,
            [.. team.Members.Select(member => Row(team, member))], team.Choose(who: null).UserId,
            [.. InstallationsOf(team).OrderByDescending(installation => installation.InstalledAt).Select(Row)],
            sources.State.ActiveOf(team.AccountId, InstallationKind.Native) is null ? PagePaths.Install(team.AccountId) : null,
            [.. team.Projects.Values.Select(project => new ProjectRow(
                PagePaths.Project(project.Id), project.Name, Words.Count(ConnectedTo(project), "resource")))]));
    }

    public Outcome Create(Visit visit)
    {
        var name = visit.Required("name");
        var team = visit.Field("kind") == "personal" ? sources.Hand.CreatePersonalAccount(name) : sources.Hand.CreateTeam(name);
        return Outcome.Done(PagePaths.Team(team.AccountId), $"{team.Name} is there.");
    }

    public Outcome ChangeContact(Visit visit)
    {
        var team = TeamOf(visit);
        sources.Hand.ChangeContact(team.AccountId, visit.Field("email") is { } email ? new Contact(email, visit.Field("name")) : null);
        return Told(team, "The contact is changed. The provider is not told: it reads the account again by itself.");
    }

    public Outcome AddMember(Visit visit)
    {
        var team = TeamOf(visit);
        var person = sources.Hand.AddMember(team.AccountId, Role(visit), visit.Required("name"), visit.Field("email"));
        return Told(team, $"{person.Name} is in the team. Every installation hears of it by webhook.");
    }

    public Outcome ChangeRole(Visit visit)
    {
        var team = TeamOf(visit);
        var person = sources.Hand.ChangeRole(team.AccountId, visit.Route("userId"), Role(visit));
        return Told(team, $"{NameOf(person)} is {person.RoleText} now.");
    }

    public Outcome RemoveMember(Visit visit)
    {
        var team = TeamOf(visit);
        sources.Hand.RemoveMember(team.AccountId, visit.Route("userId"));
        return Told(team, "The member has left. Every installation hears of it by webhook.");
    }

    public Outcome InstallerLeaves(Visit visit)
    {
        var team = TeamOf(visit);
        var next = sources.Hand.InstallerLeaves(team.AccountId).Admin;
        return Told(team, $"Whoever installed has left, and {NameOf(next)} has the say.");
    }

    public Outcome SignIn(Visit visit)
    {
        var team = sources.Hand.SignIn(visit.Route("accountId"), visit.Required("as"));
        return Told(team, $"{NameOf(team.Choose(who: null))} sits before the browser from now on.");
    }

    private Team TeamOf(Visit visit) => sources.Team(visit.Route("accountId"));

    private static Outcome Told(Team team, string text) => Outcome.Done(PagePaths.Team(team.AccountId), text);

    private static PersonRole Role(Visit visit) => visit.Required("role") switch
    {
        "ADMIN" => PersonRole.Admin,
        "USER" => PersonRole.User,
        _ => throw new ArgumentException("role: must be ADMIN or USER", nameof(visit)),
    };

    private TeamCard Card(Team team)
    {
        var active = sources.State.ActiveOf(team.AccountId, InstallationKind.Native);
        var latest = active ?? InstallationsOf(team).Where(one => one.Kind == InstallationKind.Native).MaxBy(one => one.InstalledAt);
        return new(
            PagePaths.Team(team.AccountId), team.Name, StringInfo.GetNextTextElement(team.Name).ToUpperInvariant(), team.IsPersonal,
            Words.Count(team.Members.Count, "member"),
            Words.Count(active?.Resources.Values.Count(resource => resource.DeletedAt is null) ?? 0, "resource"), latest is null ? null : Stages.Mark(latest));
    }

    private static MemberRow Row(Team team, Person person) => new(
        person.UserId, NameOf(person), person.Email, person.RoleText, person.Role == PersonRole.Admin,
        person.Role == PersonRole.User || team.Members.Count(member => member.Role == PersonRole.Admin) > 1);

    private static InstallationRow Row(Installation installation) => new(
        installation.Kind == InstallationKind.Native ? PagePaths.Installation(installation.Id) : null, installation.Id,
        installation.Kind == InstallationKind.Native ? "Marketplace" : "Connected account", Stages.Mark(installation),
        Words.Count(installation.Resources.Values.Count(resource => resource.DeletedAt is null), "resource"), installation.InstalledAt);

    private IEnumerable<Installation> InstallationsOf(Team team) =>
        sources.State.Installations.Values.Where(installation => installation.AccountId == team.AccountId);

    private int ConnectedTo(Project project) => sources.State.Installations.Values
        .SelectMany(installation => installation.Resources.Values)
        .Count(resource => resource.Connections.Exists(connection => connection.ProjectId == project.Id));

    private static string NameOf(Person person) => person.Name ?? person.Email ?? person.UserId;
}
