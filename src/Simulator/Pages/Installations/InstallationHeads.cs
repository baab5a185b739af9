using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Pages.Installations;

/// <summary>The pages of an installation, and what is at the head of each.</summary>
internal static class InstallationHeads
{
    public const string Overview = "";
    public const string Plan = "/plan";
    public const string SignOn = "/sign-on";
    public const string Transfers = "/transfers";
    public const string Access = "/access";

    private static readonly (string Path, string Label)[] Places =
        [(Overview, "Resources"), (Plan, "Plan"), (SignOn, "Sign-on"), (Transfers, "Transfers"), (Access, "Access and uninstall")];

    /// <param name="place">Which of the pages it is.</param>
    public static InstallationHead Of(PageSources sources, Installation installation, string place)
    {
        var (address, team) = (PagePaths.Installation(installation.Id), sources.TeamOf(installation));
        return new(
            address, installation.Id, team.Name, PagePaths.Team(team.AccountId), Stages.Mark(installation),
            Notifications.Of(installation.Notification, installation.Id, resourceId: null), NameOf(team.Choose(who: null)),
            [.. Places.Select(one => new TabView(address + one.Path, one.Label, one.Path == place))]);
    }

    public static string NameOf(Person person) => $"{person.Name ?? person.Email ?? person.UserId}, {person.RoleText}";
}
