using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Installations;

/// <summary>
/// The one active installation of each kind that a team has. The table's key is the team, because no partition of an installation knows the others.
/// Written after the installation, under its lock, and held by nobody who waits for another one: nobody waits in a circle.
/// </summary>
internal static class TeamRows
{
    private const string ActiveSql = "select installation_id from team_installation where account_id = $1 and kind = $2";

    // A second one breaks the key, also when both come at the same moment.
    private const string ClaimSql = "insert into team_installation (account_id, kind, installation_id) values ($1, $2, $3)";

    private const string ReleaseSql = """
        delete from team_installation where account_id = $1 and kind = $2 and installation_id = $3
        """;

    /// <summary>None when the team has none. One that is being uninstalled is none any more.</summary>
    public static Loaded<Option<InstallationId>> Active(Loads loads, AccountId team, InstallationKind kind = InstallationKind.Native) =>
        loads.One(Option<InstallationId>.None, ActiveSql, reader => new InstallationId(reader.GetString(0)), team.Value, Name(kind));

    public static void Claim(
        Writes writes, AccountId team, InstallationId installation, InstallationKind kind = InstallationKind.Native) =>
        writes.Add(ClaimSql, team.Value, Name(kind), installation.Value);

    /// <summary>Quiet when the place is another's.</summary>
    public static void Release(
        Writes writes, AccountId team, InstallationId installation, InstallationKind kind = InstallationKind.Native) =>
        writes.Add(ReleaseSql, team.Value, Name(kind), installation.Value);

    private static string Name(InstallationKind kind) =>
        kind switch
        {
            InstallationKind.Native => "native",
            InstallationKind.Connectable => "connectable",
            _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
        };
}
