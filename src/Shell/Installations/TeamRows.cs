using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Installations;

/// <summary>
/// The one active installation of each team. The table's key is the team, because no partition of an installation knows the others.
/// Written after the installation, under its lock, and held by nobody who waits for another one: nobody waits in a circle.
/// </summary>
internal static class TeamRows
{
    private const string ActiveSql = "select installation_id from team_installation where account_id = $1 and kind = 'native'";

    // A second one breaks the key, also when both come at the same moment.
    private const string ClaimSql = "insert into team_installation (account_id, kind, installation_id) values ($1, 'native', $2)";

    private const string ReleaseSql = """
        delete from team_installation where account_id = $1 and kind = 'native' and installation_id = $2
        """;

    /// <summary>None when the team has none. One that is being uninstalled is none any more.</summary>
    public static Loaded<Option<InstallationId>> Active(Loads loads, AccountId team) =>
        loads.One(Option<InstallationId>.None, ActiveSql, reader => new InstallationId(reader.GetString(0)), team.Value);

    public static void Claim(Writes writes, AccountId team, InstallationId installation) =>
        writes.Add(ClaimSql, team.Value, installation.Value);

    /// <summary>Quiet when the place is another's.</summary>
    public static void Release(Writes writes, AccountId team, InstallationId installation) =>
        writes.Add(ReleaseSql, team.Value, installation.Value);
}
