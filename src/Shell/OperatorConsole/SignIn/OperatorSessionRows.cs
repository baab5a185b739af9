using System.Diagnostics;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>Which operators have signed in, and how often somebody tried to, in PostgreSQL.</summary>
internal static class OperatorSessionRows
{
    private const string FindSql = "select name, issuer, subject, role, ground, started_at, seen_at from operator_session where session_hash = $1";

    private const string InsertSql = """
        insert into operator_session (session_hash, name, issuer, subject, role, ground, started_at, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string SeenSql = "update operator_session set seen_at = $2 where session_hash = $1 and seen_at < $2";

    private const string EndSql = "delete from operator_session where session_hash = $1";

    private const string EndOfSql = "delete from operator_session where issuer = $1 and subject = $2";

    private const string SweepSql = "delete from operator_session where seen_at <= $1 or started_at <= $2";

    private const string TakeOneSql = """
        insert into operator_attempt (subject_hash, begun_at, attempts) values ($1, $2, 1)
        on conflict (subject_hash) do update set
            begun_at = case when operator_attempt.begun_at <= $3 then excluded.begun_at else operator_attempt.begun_at end,
            attempts = case when operator_attempt.begun_at <= $3 then 1 else operator_attempt.attempts + 1 end
        returning attempts
        """;

    /// <summary>One after the other, each only where the one before is within its limit; always in this order, so that nobody waits in a circle.</summary>
    private const string TakeAttemptSql = """
        with from_one as (
            insert into operator_attempt (subject_hash, begun_at, attempts) values ($1, $4, 1)
            on conflict (subject_hash) do update set
                begun_at = case when operator_attempt.begun_at <= $5 then excluded.begun_at else operator_attempt.begun_at end,
                attempts = case when operator_attempt.begun_at <= $5 then 1 else operator_attempt.attempts + 1 end
            returning attempts),
        at_one as (
            insert into operator_attempt (subject_hash, begun_at, attempts) select $2, $4, 1 from from_one where attempts <= $6
            on conflict (subject_hash) do update set
                begun_at = case when operator_attempt.begun_at <= $5 then excluded.begun_at else operator_attempt.begun_at end,
                attempts = case when operator_attempt.begun_at <= $5 then 1 else operator_attempt.attempts + 1 end
            returning attempts),
        of_one as (
            insert into operator_attempt (subject_hash, begun_at, attempts) select $3, $4, 1 from at_one where attempts <= $7
            on conflict (subject_hash) do update set
                begun_at = case when operator_attempt.begun_at <= $5 then excluded.begun_at else operator_attempt.begun_at end,
                attempts = case when operator_attempt.begun_at <= $5 then 1 else operator_attempt.attempts + 1 end
            returning attempts)
        select from_one.attempts, at_one.attempts, of_one.attempts from from_one left join at_one on true left join of_one on true
        """;

    private const string ForgiveSql = "delete from operator_attempt where subject_hash = $1";

    private const string SweepAttemptsSql = "delete from operator_attempt where begun_at <= $1";

    /// <summary>Null when there is none of that secret. It may be over.</summary>
    public static async Task<OperatorSession?> Find(NpgsqlDataSource database, SessionSecret secret, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.Command(FindSql, secret.Hash);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new OperatorSession(
                new OperatorPerson(reader.GetString(0), reader.GetString(1), reader.GetString(2)), Role(reader.GetString(3)), reader.GetFieldValue<byte[]>(4),
                reader.Moment(5), reader.Moment(6))
            : null;
    }

    public static void Insert(Writes writes, OperatorSession session, SessionSecret secret) => writes.Add(
        InsertSql, secret.Hash, session.Person.Name, session.Person.Issuer, session.Person.Subject, Name(session.Role), session.Ground, session.StartedAt, session.SeenAt);

    public static void Seen(Writes writes, SessionSecret secret, DateTimeOffset now) => writes.Add(SeenSql, secret.Hash, now);

    /// <summary>Signs one browser out.</summary>
    public static void End(Writes writes, SessionSecret secret) => writes.Add(EndSql, secret.Hash);

    /// <summary>Signs a person out of every browser.</summary>
    public static void EndOf(Writes writes, OperatorPerson person) => writes.Add(EndOfSql, person.Issuer, person.Subject);

    /// <summary>Forgets sessions that are over, and attempts that count no more: there are few of either.</summary>
    public static async Task Sweep(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        await using var sessions = connection.Command(SweepSql, now - OperatorSession.IdleMax, now - OperatorSession.AgeMax);
        await sessions.ExecuteNonQueryAsync(cancel);
        await using var attempts = connection.Command(SweepAttemptsSql, now - SignInAttempts.Window);
        await attempts.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>How many there are by now, this one too, since the first that counts.</summary>
    public static async Task<int> TakeOne(
        NpgsqlConnection connection, byte[] subject, DateTimeOffset now, DateTimeOffset countedSince, CancellationToken cancel)
    {
        await using var command = connection.Command(TakeOneSql, subject, now, countedSince);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    public static async Task<AttemptCounts> TakeAttempt(
        NpgsqlConnection connection, AttemptSubjects subjects, DateTimeOffset now, DateTimeOffset countedSince, CancellationToken cancel)
    {
        await using var command = connection.Command(
            TakeAttemptSql, subjects.FromOne, subjects.AtOne, subjects.OfOne, now, countedSince, SignInAttempts.FromOneMax, SignInAttempts.AtOneMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new AttemptCounts(
            reader.GetInt32(0), await reader.IsDBNullAsync(1, cancel) ? null : reader.GetInt32(1), await reader.IsDBNullAsync(2, cancel) ? null : reader.GetInt32(2));
    }

    public static void Forgive(Writes writes, byte[] subject) => writes.Add(ForgiveSql, subject);

    private static string Name(OperatorRole role) => role == OperatorRole.Operator ? "operator" : "viewer";

    private static OperatorRole Role(string text) =>
        text switch
        {
            "operator" => OperatorRole.Operator,
            "viewer" => OperatorRole.Viewer,
            // The column has a check.
            _ => throw new UnreachableException(text),
        };
}
