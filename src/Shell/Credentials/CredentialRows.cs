using Marketplace.Core.Installations;
using Marketplace.Jobs.Credentials;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Credentials;

/// <summary>The tokens of an installation and where their rotation stands, in its row.</summary>
internal static class CredentialRows
{
    /// <summary>What binds the ciphertexts to their row: the table and the installation.</summary>
    private const string Table = "installation";

    // Batch claim of a job: it spans installations on purpose.
    private const string ClaimSql = """
        with free as (
            select installation_id from installation
            where stage = 'active' and access_token is not null and rotation_next_attempt_at <= clock_timestamp()
                and (rotation_open or coalesce(credentials_rotated_at, installed_at) <= $1)
            limit $2
            for no key update skip locked)
        update installation i set rotation_open = true, rotation_attempts = i.rotation_attempts + 1,
            rotation_next_attempt_at = clock_timestamp() + $3
        from free
        where i.installation_id = free.installation_id
        returning i.installation_id, i.rotation_attempts
        """;

    private const string LoadSql = """
        select access_token, token_type, next_access_token, next_token_type, former_access_token from installation where installation_id = $1
        """;

    private const string LoadForUpdateSql = $"{LoadSql} for no key update";

    private const string RequestSql = """
        update installation set rotation_open = true, rotation_attempts = 0, rotation_next_attempt_at = '-infinity'
        where installation_id = $1
        """;

    private const string KeepSql = """
        update installation set next_access_token = $2, next_token_type = $3, former_access_token = null where installation_id = $1
        """;

    private const string KeepToRevokeSql = """
        update installation set next_access_token = null, next_token_type = null, former_access_token = $2 where installation_id = $1
        """;

    private const string UseSql = """
        update installation set access_token = next_access_token, token_type = next_token_type, former_access_token = access_token,
            next_access_token = null, next_token_type = null, credentials_rotated_at = $2
        where installation_id = $1
        """;

    private const string DiscardSql = "update installation set next_access_token = null, next_token_type = null where installation_id = $1";

    private const string ForgetSql = """
        update installation set former_access_token = null, rotation_open = false, rotation_attempts = 0, rotation_next_attempt_at = '-infinity',
            credentials_rotated_at = $2
        where installation_id = $1
        """;

    private const string PostponeSql =
        "update installation set rotation_next_attempt_at = clock_timestamp() + $2 where installation_id = $1";

    private const string RetireSql = """
        update installation set access_token = null, token_type = null, next_access_token = null, next_token_type = null,
            former_access_token = null, rotation_open = false, token_retired_at = $2
        where installation_id = $1
        """;

    public static async Task<IReadOnlyList<ClaimedRotation>> Claim(
        NpgsqlConnection connection, DateTimeOffset madeBefore, int installationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, madeBefore, installationsMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedRotation>();
        while (await reader.ReadAsync(cancel))
            claimed.Add(new ClaimedRotation(new InstallationId(reader.GetString(0)), reader.GetInt32(1)));
        return claimed;
    }

    /// <summary>Null when there is no token any more.</summary>
    public static Task<HeldTokens?> Load(NpgsqlConnection connection, SecretBox box, InstallationId installation, CancellationToken cancel) =>
        ReadOne(connection.Command(LoadSql, installation.Value), box, installation, cancel);

    /// <inheritdoc cref="Load"/>
    public static Task<HeldTokens?> LoadForUpdate(
        NpgsqlTransaction transaction, SecretBox box, InstallationId installation, CancellationToken cancel) =>
        ReadOne(transaction.Command(LoadForUpdateSql, installation.Value), box, installation, cancel);

    public static void Request(Writes writes, InstallationId installation) => writes.Add(RequestSql, installation.Value);

    public static void Keep(Writes writes, SecretBox box, InstallationId installation, AccessToken next) =>
        writes.Add(KeepSql, installation.Value, box.Protect(next.Value, Table, installation.Value), next.Type);

    public static void KeepToRevoke(Writes writes, SecretBox box, InstallationId installation, AccessToken made) =>
        writes.Add(KeepToRevokeSql, installation.Value, box.Protect(made.Value, Table, installation.Value));

    public static void Use(Writes writes, InstallationId installation, DateTimeOffset now) => writes.Add(UseSql, installation.Value, now);

    public static void Discard(Writes writes, InstallationId installation) => writes.Add(DiscardSql, installation.Value);

    public static void Forget(Writes writes, InstallationId installation, DateTimeOffset now) => writes.Add(ForgetSql, installation.Value, now);

    public static void Retire(Writes writes, InstallationId installation, DateTimeOffset now) => writes.Add(RetireSql, installation.Value, now);

    public static async Task Postpone(NpgsqlConnection connection, InstallationId installation, TimeSpan delay, CancellationToken cancel)
    {
        await using var command = connection.Command(PostponeSql, installation.Value, delay);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<HeldTokens?> ReadOne(NpgsqlCommand command, SecretBox box, InstallationId installation, CancellationToken cancel)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            if (!await reader.ReadAsync(cancel) || Token(0, "Bearer") is not { } current)
                return null;

            // Vercel may have registered the installation with the very token that was to be revoked: what is used is never revoked.
            return Token(2, reader.TextOrNull(3)) is { } next ? new HeldTokens.Unproven(current with { Type = reader.GetString(1) }, next)
                : Token(4, "Bearer") is { } former && former.Value != current.Value ? new HeldTokens.Superseding(current, former)
                : new HeldTokens.Settled(current);

            AccessToken? Token(int column, string? type) => reader.IsDBNull(column)
                ? null
                : new AccessToken(box.UnprotectText(reader.GetFieldValue<byte[]>(column), Table, installation.Value), type!);
        }
    }
}
