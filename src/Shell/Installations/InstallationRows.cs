using System.Globalization;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Time;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Installations;

/// <summary>Installations in PostgreSQL. The access token is beside the state, encrypted, and is written by its own statement.</summary>
internal static class InstallationRows
{
    private const string Columns = """
        installation_id, stage, account_id, account_url, account_name, contact_email, contact_name, scopes, accepted_policies,
        billing_plan_id, installed_at, uninstall_requested_at, uninstall_reason, finalized_at, anchor_day, anchor_hour,
        notices
        """;

    private const string LoadSql = $"select {Columns} from installation where installation_id = $1";

    // Locks against other decisions on this installation, not against rows that only refer to it.
    private const string LoadForUpdateSql = $"{LoadSql} for no key update";

    private const string HoldSql = "select from installation where installation_id = $1 for share";

    private const string InsertSql = $"""
        insert into installation ({Columns}, access_token, token_type)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """;

    private const string UpdateSql = """
        update installation set stage = $2, account_id = $3, account_url = $4, account_name = $5, contact_email = $6,
            contact_name = $7, scopes = $8, accepted_policies = $9, billing_plan_id = $10, uninstall_requested_at = $11,
            uninstall_reason = $12, notices = $13
        where installation_id = $1
        """;

    // Of a rotation that is under way the newer token wins, which is Vercel's own; what was made beside it is still to be revoked.
    private const string Replaced = """
        access_token = $2, token_type = $3, token_retired_at = null, former_access_token = coalesce(next_access_token, former_access_token),
        next_access_token = null, next_token_type = null
        """;

    private const string ReplaceCredentialsSql = $"update installation set {Replaced} where installation_id = $1";

    private const string RegisterSql = $"""
        update installation set {Replaced}, account_id = $4, account_url = $5, account_name = $6, contact_email = $7,
            contact_name = $8, scopes = $9, accepted_policies = $10
        where installation_id = $1
        """;

    private const string FinalizeSql = """
        update installation set stage = 'finalized', finalized_at = $2, access_token = null, token_type = null,
            next_access_token = null, next_token_type = null, former_access_token = null, rotation_open = false,
            uninstall_requested_at = coalesce(uninstall_requested_at, $2)
        where installation_id = $1
        """;

    private const string AccessTokenSql = "select access_token from installation where installation_id = $1";

    public static Task<Installation?> Load(NpgsqlTransaction transaction, InstallationId id, CancellationToken cancel) =>
        ReadOne(transaction.Command(LoadSql, id.Value), cancel);

    public static Task<Installation?> Load(NpgsqlConnection connection, InstallationId id, CancellationToken cancel) =>
        ReadOne(connection.Command(LoadSql, id.Value), cancel);

    public static Task<Installation?> LoadForUpdate(NpgsqlTransaction transaction, InstallationId id, CancellationToken cancel) =>
        ReadOne(transaction.Command(LoadForUpdateSql, id.Value), cancel);

    /// <summary>What follows in these writes waits for a decision on the installation that is under way, and sees what it wrote.</summary>
    public static void Hold(Writes writes, InstallationId id) => writes.Add(HoldSql, id.Value);

    public static Loaded<Installation?> Load(Loads loads, InstallationId id) => loads.One(LoadSql, Read, id.Value);

    public static Loaded<Installation?> LoadForUpdate(Loads loads, InstallationId id) => loads.One(LoadForUpdateSql, Read, id.Value);

    /// <summary>The encrypted token; null when there is no such installation or it is finalized.</summary>
    public static async Task<byte[]?> LoadAccessToken(NpgsqlConnection connection, InstallationId id, CancellationToken cancel)
    {
        await using var command = connection.Command(AccessTokenSql, id.Value);
        return await command.ExecuteScalarAsync(cancel) as byte[];
    }

    public static void Insert(Writes writes, Installation.Active installation, byte[] accessToken, string tokenType)
    {
        var (registration, account) = (installation.Registration, installation.Registration.Account);
        writes.Add(
            InsertSql, installation.Id.Value, "active", registration.AccountId.Value, account.Url, account.Name.OrNull(),
            account.Contact.Map(c => c.Email).OrNull(), account.Contact.Bind(c => c.Name).OrNull(),
            registration.Scopes.ToArray(), Policies(registration), installation.Plan.Map(plan => plan.Value).OrNull(),
            installation.InstalledAt, (DateTimeOffset?)null, (string?)null, (DateTimeOffset?)null, installation.Anchor.Day, installation.Anchor.Hour,
            NoticesJson.Write(installation.Notices), accessToken, tokenType);
    }

    public static void Save(Writes writes, Installation installation)
    {
        switch (installation)
        {
            case Installation.Active active:
                Update(writes, active.Id, "active", active.Registration, active.Plan, null, null, active.Notices);
                break;
            case Installation.Uninstalling going:
                Update(writes, going.Id, "uninstalling", going.Registration, going.Plan, going.UninstallRequestedAt, going.Reason,
                    Notices.None);
                break;
            case Installation.Finalized gone:
                writes.Add(FinalizeSql, gone.Id.Value, gone.FinalizedAt);
                DriftResultRows.Forget(writes, gone.Id);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(installation.GetType().Name);
        }
    }

    public static void ReplaceCredentials(Writes writes, InstallationId id, byte[] accessToken, string tokenType) =>
        writes.Add(ReplaceCredentialsSql, id.Value, accessToken, tokenType);

    /// <summary>The same with what else was told.</summary>
    public static void Register(Writes writes, Installation.Active installation, byte[] accessToken, string tokenType)
    {
        var (registration, account) = (installation.Registration, installation.Registration.Account);
        writes.Add(
            RegisterSql, installation.Id.Value, accessToken, tokenType, registration.AccountId.Value, account.Url, account.Name.OrNull(),
            account.Contact.Map(c => c.Email).OrNull(), account.Contact.Bind(c => c.Name).OrNull(),
            registration.Scopes.ToArray(), Policies(registration));
    }

    private static void Update(
        Writes writes, InstallationId id, string stage, Registration registration, Option<PlanId> plan,
        DateTimeOffset? uninstallRequestedAt, string? reason, Notices notices) =>
        writes.Add(
            UpdateSql, id.Value, stage, registration.AccountId.Value, registration.Account.Url,
            registration.Account.Name.OrNull(), registration.Account.Contact.Map(c => c.Email).OrNull(),
            registration.Account.Contact.Bind(c => c.Name).OrNull(), registration.Scopes.ToArray(), Policies(registration),
            plan.Map(p => p.Value).OrNull(), uninstallRequestedAt, reason, NoticesJson.Write(notices));

    private static async Task<Installation?> ReadOne(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            return await reader.ReadAsync(cancel) ? Read(reader) : null;
        }
    }

    internal static Installation Read(NpgsqlDataReader reader)
    {
        var id = new InstallationId(reader.GetString(0));
        var stage = reader.GetString(1);
        var anchor = Anchor(id, reader.GetInt32(14), reader.GetInt32(15));
        if (stage == "finalized")
            return new Installation.Finalized(id, reader.Moment(13)) { Anchor = anchor };

        var account = new Account(
            reader.GetString(3), reader.TextOption(4),
            reader.TextOption(5).Map(email => new Contact(email, reader.TextOption(6))));
        var registration = new Registration(
            new AccountId(reader.GetString(2)), account, reader.GetFieldValue<string[]>(7).ToSeq().Strict(),
            Policies(reader.GetString(8)));
        var plan = reader.TextOption(9).Map(value => new PlanId(value));
        return stage switch
        {
            "active" => new Installation.Active(id, registration, plan, reader.Moment(10))
            {
                Anchor = anchor, Notices = NoticesJson.Read(reader.GetString(16)),
            },
            "uninstalling" => new Installation.Uninstalling(
                id, registration, plan, reader.Moment(10), reader.Moment(11), reader.TextOrNull(12) ?? "") { Anchor = anchor },
            _ => throw new CorruptRowException("installation", id.Value, $"no stage is called '{stage}'"),
        };
    }

    private static BillingAnchor Anchor(InstallationId id, int day, int hour) =>
        BillingAnchor.Of(day, hour).IfNone(() => throw new CorruptRowException(
            "installation", id.Value, $"no billing period begins on day {day} at hour {hour}"));

    private static Jsonb Policies(Registration registration) =>
        new(JsonSerializer.Serialize(registration.AcceptedPolicies.ToDictionary(
            pair => pair.Key, pair => pair.Value.ToString("O", CultureInfo.InvariantCulture), StringComparer.Ordinal)));

    private static Map<string, DateTimeOffset> Policies(string json) =>
        toMap(JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(json)!.Select(pair => (pair.Key, pair.Value)));
}
