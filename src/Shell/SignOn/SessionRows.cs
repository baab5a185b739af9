using Marketplace.Core.Installations;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.SignOn;

/// <summary>Who has signed on, in PostgreSQL.</summary>
internal static class SessionRows
{
    private const string FindSql = """
        select user_id, role, shown_as, started_at, seen_at from customer_session where installation_id = $1 and session_hash = $2
        """;

    private const string InsertSql = """
        insert into customer_session (installation_id, session_hash, user_id, role, shown_as, started_at, seen_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string SeenSql = """
        update customer_session set seen_at = $3 where installation_id = $1 and session_hash = $2 and seen_at < $3
        """;

    private const string EndSql = "delete from customer_session where installation_id = $1 and session_hash = $2";

    private const string EndOfSql = "delete from customer_session where installation_id = $1 and user_id = $2 and started_at <= $3";

    private const string EndAllSql = "delete from customer_session where installation_id = $1";

    private const string EndEarlierSql = "delete from customer_session where installation_id = $1 and started_at <= $2";

    private const string ChangeRoleSql = """
        update customer_session set role = $3 where installation_id = $1 and user_id = $2 and role <> $3 and started_at <= $4
        """;

    // What is over, of everybody. Batch claim of a job.
    private const string SweepSql = """
        delete from customer_session where (installation_id, session_hash) in (
            select installation_id, session_hash from customer_session
            where seen_at <= $1 or started_at <= $2 limit $3 for update skip locked)
        """;

    /// <summary>Null when there is none of that secret. It may be over.</summary>
    public static Loaded<Session?> Find(Loads loads, InstallationId installation, SessionSecret secret) => loads.One(
        FindSql,
        reader => new Session(
            installation, reader.GetString(0), Role(installation, reader.GetString(1)), reader.TextOrNull(2), reader.Moment(3), reader.Moment(4)),
        installation.Value, secret.Hash);

    public static void Insert(Writes writes, Session session, SessionSecret secret) => writes.Add(
        InsertSql, session.Installation.Value, secret.Hash, session.UserId, Name(session.Role), session.ShownAs, session.StartedAt, session.SeenAt);

    public static void Seen(Writes writes, InstallationId installation, SessionSecret secret, DateTimeOffset now) =>
        writes.Add(SeenSql, installation.Value, secret.Hash, now);

    /// <summary>Signs one browser out.</summary>
    public static void End(Writes writes, InstallationId installation, SessionSecret secret) =>
        writes.Add(EndSql, installation.Value, secret.Hash);

    /// <summary>Signs a person out everywhere: they are no member any more.</summary>
    /// <param name="user">Within this integration.</param>
    /// <param name="signedOnBy">Whoever signed on after that has been let in again by Vercel since.</param>
    public static void EndOf(Writes writes, InstallationId installation, string user, DateTimeOffset signedOnBy) =>
        writes.Add(EndOfSql, installation.Value, user, signedOnBy);

    /// <summary>Signs everybody out: the installation is over.</summary>
    public static void EndAll(Writes writes, InstallationId installation) => writes.Add(EndAllSql, installation.Value);

    /// <summary>Signs everybody out who signed on by a moment: since then another team has the installation.</summary>
    public static void EndEarlier(Writes writes, InstallationId installation, DateTimeOffset signedOnBy) =>
        writes.Add(EndEarlierSql, installation.Value, signedOnBy);

    /// <summary>What the person may do from now on, wherever they are signed on.</summary>
    /// <param name="user">Within this integration.</param>
    /// <param name="signedOnBy">Whoever signed on after that has the role that Vercel has named since.</param>
    public static void ChangeRole(Writes writes, InstallationId installation, string user, UserRole role, DateTimeOffset signedOnBy) =>
        writes.Add(ChangeRoleSql, installation.Value, user, Name(role), signedOnBy);

    /// <summary>Forgets those that are over at a moment, and says how many of them it was.</summary>
    public static async Task<int> Sweep(NpgsqlConnection connection, DateTimeOffset now, int sessionsMax, CancellationToken cancel)
    {
        await using var command = connection.Command(SweepSql, now - Session.IdleMax, now - Session.AgeMax, sessionsMax);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Name(UserRole role) => role == UserRole.Admin ? "admin" : "user";

    private static UserRole Role(InstallationId installation, string text) =>
        text switch
        {
            "admin" => UserRole.Admin,
            "user" => UserRole.User,
            _ => throw new CorruptRowException("customer_session", installation.Value, $"no role is called '{text}'"),
        };
}
