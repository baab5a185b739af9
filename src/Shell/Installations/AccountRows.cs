using Marketplace.Core.Installations;
using Marketplace.Jobs.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>When the account of an installation is read, in its row.</summary>
internal static class AccountRows
{
    // Each registration brings a token, and each is encrypted anew, so that another one there means another registration. Its hash will do.
    private const string RegistrationSql = "select md5(access_token) from installation where installation_id = $1";

    // Batch claim of a job: it spans installations on purpose.
    private const string ClaimSql = """
        with free as (
            select installation_id from installation
            where stage = 'active' and access_token is not null and account_due_at <= $1 and account_next_attempt_at <= clock_timestamp()
            order by account_due_at
            limit $2
            for no key update skip locked)
        update installation i set account_next_attempt_at = clock_timestamp() + $3, account_attempts = i.account_attempts + 1
        from free
        where i.installation_id = free.installation_id
        returning i.installation_id, i.account_due_at, i.account_attempts, md5(i.access_token)
        """;

    // Where something has happened meanwhile it is due again, and at once.
    private const string DoneSql = """
        update installation set
            account_due_at = case when account_due_at = $2 and md5(access_token) = $4 then $3 else account_due_at end,
            account_attempts = 0, account_next_attempt_at = '-infinity'
        where installation_id = $1
        """;

    private const string PostponeSql =
        "update installation set account_next_attempt_at = clock_timestamp() + $2 where installation_id = $1";

    private const string DueSql = """
        update installation set account_due_at = $2, account_next_attempt_at = '-infinity' where installation_id = $1 and stage = 'active'
        """;

    public static async Task<IReadOnlyList<ClaimedAccount>> Claim(
        NpgsqlConnection connection, DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, now, installationsMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedAccount>();
        while (await reader.ReadAsync(cancel))
            claimed.Add(new ClaimedAccount(new InstallationId(reader.GetString(0)), reader.Moment(1), reader.GetInt32(2), reader.GetString(3)));
        return claimed;
    }

    public static void Done(Writes writes, ClaimedAccount claimed, DateTimeOffset nextDueAt) =>
        writes.Add(DoneSql, claimed.Installation.Value, claimed.DueAt, nextDueAt, claimed.Registration);

    /// <summary>Whether nobody has registered it anew since. Asked under its lock.</summary>
    public static async Task<bool> IsStillRegistered(NpgsqlTransaction transaction, ClaimedAccount claimed, CancellationToken cancel)
    {
        await using var command = transaction.Command(RegistrationSql, claimed.Installation.Value);
        return await command.ExecuteScalarAsync(cancel) as string == claimed.Registration;
    }

    public static async Task Postpone(NpgsqlConnection connection, ClaimedAccount claimed, TimeSpan delay, CancellationToken cancel)
    {
        await using var command = connection.Command(PostponeSql, claimed.Installation.Value, delay);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>To be read from the moment on, also by who is reading it: what is read already may be old. Nothing where it is not active.</summary>
    public static void Due(Writes writes, InstallationId installation, DateTimeOffset now) => writes.Add(DueSql, installation.Value, now);
}
