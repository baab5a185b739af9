using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>Who of a team has which role, as Vercel said last. Written under the lock of the installation.</summary>
internal static class MemberRows
{
    private const string LoadSql = "select user_id, role, told_at, told_by from installation_member where installation_id = $1 and user_id = $2";

    private const string SaveSql = """
        insert into installation_member (installation_id, user_id, role, told_at, told_by) values ($1, $2, $3, $4, $5)
        on conflict (installation_id, user_id) do update set role = excluded.role, told_at = excluded.told_at, told_by = excluded.told_by
        """;

    /// <summary>Null when nothing was told of the person yet.</summary>
    public static Loaded<Membership?> Load(Loads loads, InstallationId installation, string userId) =>
        loads.One(LoadSql, Read, installation.Value, userId);

    public static void Save(Writes writes, InstallationId installation, Membership member) =>
        writes.Add(SaveSql, installation.Value, member.UserId, Name(member.Role), member.Told.At, member.Told.Webhook);

    private static Membership Read(NpgsqlDataReader reader) =>
        new(reader.GetString(0), Role(reader.GetString(0), reader.GetString(1)), new Told(reader.Moment(2), reader.GetString(3)));

    private static string Name(TeamRole role) => role.ToString().ToLowerInvariant();

    private static TeamRole Role(string userId, string name) =>
        Enum.TryParse<TeamRole>(name, ignoreCase: true, out var role)
            ? role
            : throw new CorruptRowException("installation_member", userId, $"no role is called '{name}'");
}
