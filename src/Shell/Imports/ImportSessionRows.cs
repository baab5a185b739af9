using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Imports;

/// <summary>Imports under way, in PostgreSQL.</summary>
internal static class ImportSessionRows
{
    private const string Table = "import_session";

    // Of two browsers that come with one state at the same moment, one begins.
    private const string BeginSql = """
        insert into import_session (installation_id, session_hash, state_hash, state, return_url, product_id, started_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
        """;

    private const string FindSql = """
        select state, return_url, product_id, started_at, attempts, sign_in, resource_id from import_session
        where installation_id = $1 and session_hash = $2
        """;

    private const string IsOfStateSql = """
        select 1 from import_session where installation_id = $1 and session_hash = $2 and state_hash = $3
        """;

    // Counted before it is tried, so that nobody gets more by asking for many at once.
    private const string CountSql = """
        update import_session set attempts = attempts + 1
        where installation_id = $1 and session_hash = $2 and attempts < $3 and sign_in is null
        """;

    private const string SignInSql = """
        update import_session set sign_in = $3, product_id = $4 where installation_id = $1 and session_hash = $2 and resource_id is null
        """;

    private const string SignOutSql = """
        update import_session set sign_in = null where installation_id = $1 and session_hash = $2
        """;

    private const string PickSql = """
        update import_session set resource_id = $3 where installation_id = $1 and session_hash = $2
        """;

    private const string EndAllSql = "delete from import_session where installation_id = $1";

    private const string EndEarlierSql = "delete from import_session where installation_id = $1 and started_at <= $2";

    // Of everybody. Batch claim of a job.
    private const string SweepSql = """
        delete from import_session where (installation_id, session_hash) in (
            select installation_id, session_hash from import_session where started_at <= $1 limit $2 for update skip locked)
        """;

    private const string TakeAttemptSql = """
        insert into import_attempt (product_id, subject_hash, begun_at, attempts) values ($1, $2, $3, 1)
        on conflict (product_id, subject_hash) do update set
            begun_at = case when import_attempt.begun_at <= $4 then excluded.begun_at else import_attempt.begun_at end,
            attempts = case when import_attempt.begun_at <= $4 then 1 else import_attempt.attempts + 1 end
        returning attempts
        """;

    private const string GiveBackAttemptSql = """
        update import_attempt set attempts = attempts - 1 where product_id = $1 and subject_hash = $2 and attempts > 0
        """;

    private const string SweepAttemptsSql = "delete from import_attempt where begun_at <= $1";

    /// <summary>False where somebody has begun with the state already.</summary>
    public static async Task<bool> Begin(
        NpgsqlConnection connection, SecretBox box, ImportSession session, ImportSecret secret, CancellationToken cancel)
    {
        var installation = session.Installation;
        await using var command = connection.Command(
            BeginSql, installation.Value, secret.Hash, ImportSecret.HashOf(session.State),
            box.Protect(session.State, Table, installation.Value, secret.Row, "state"), session.Return.AbsoluteUri,
            session.Product.Map(id => id.Value).OrNull(), session.StartedAt);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public static async Task<ImportSession?> Find(NpgsqlConnection connection, SecretBox box, ImportSecret secret, CancellationToken cancel)
    {
        var installation = secret.Installation;
        await using var command = connection.Command(FindSql, installation.Value, secret.Hash);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new ImportSession(
                installation, box.UnprotectText(reader.GetFieldValue<byte[]>(0), Table, installation.Value, secret.Row, "state"),
                new Uri(reader.GetString(1)), reader.TextOption(2).Map(id => new ProductId(id)), reader.Moment(3), reader.GetInt32(4),
                reader.IsDBNull(5)
                    ? Option<SignIn>.None
                    : Read(box.UnprotectText(reader.GetFieldValue<byte[]>(5), Table, installation.Value, secret.Row, "sign_in")),
                reader.TextOption(6).Map(id => new ResourceId(id)))
            : null;
    }

    /// <summary>Whether this browser has begun with the state: then it goes on.</summary>
    public static async Task<bool> IsOf(NpgsqlConnection connection, ImportSecret secret, string state, CancellationToken cancel)
    {
        await using var command = connection.Command(IsOfStateSql, secret.Installation.Value, secret.Hash, ImportSecret.HashOf(state));
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    /// <summary>False when the session has no attempt left.</summary>
    public static async Task<bool> Count(NpgsqlConnection connection, ImportSecret secret, CancellationToken cancel)
    {
        await using var command = connection.Command(CountSql, secret.Installation.Value, secret.Hash, ImportSession.AttemptsMax);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public static async Task SignIn(
        NpgsqlConnection connection, SecretBox box, ImportSecret secret, ProductId product, SignIn given, CancellationToken cancel)
    {
        await using var command = connection.Command(
            SignInSql, secret.Installation.Value, secret.Hash, box.Protect(Write(given), Table, secret.Installation.Value, secret.Row, "sign_in"), product.Value);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task SignOut(NpgsqlConnection connection, ImportSecret secret, CancellationToken cancel)
    {
        await using var command = connection.Command(SignOutSql, secret.Installation.Value, secret.Hash);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Written with the intent to import it.</summary>
    public static void Pick(Writes writes, ImportSecret secret, ResourceId resource) =>
        writes.Add(PickSql, secret.Installation.Value, secret.Hash, resource.Value);

    /// <summary>The installation is over: what customers have signed in with is not kept any longer.</summary>
    public static void EndAll(Writes writes, InstallationId installation) => writes.Add(EndAllSql, installation.Value);

    /// <summary>Since a moment another team has the installation: nobody of the team before brings anything into it.</summary>
    public static void EndEarlier(Writes writes, InstallationId installation, DateTimeOffset startedBy) =>
        writes.Add(EndEarlierSql, installation.Value, startedBy);

    public static async Task<int> Sweep(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(SweepSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>How many there are by now, this one too, since the first that counts.</summary>
    public static async Task<int> TakeAttempt(
        NpgsqlConnection connection, ProductId product, byte[] subject, DateTimeOffset now, DateTimeOffset countedSince, CancellationToken cancel)
    {
        await using var command = connection.Command(TakeAttemptSql, product.Value, subject, now, countedSince);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    public static async Task GiveBackAttempt(NpgsqlConnection connection, ProductId product, byte[] subject, CancellationToken cancel)
    {
        await using var command = connection.Command(GiveBackAttemptSql, product.Value, subject);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task SweepAttempts(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = connection.Command(SweepAttemptsSql, before);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Write(SignIn given) =>
        JsonSerializer.Serialize(given.Values.AsEnumerable().ToDictionary(value => value.Key, value => value.Value, StringComparer.Ordinal));

    private static SignIn Read(string json) =>
        new(Prelude.toMap(JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.Select(value => (value.Key, value.Value))));
}
