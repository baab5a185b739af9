using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>Installations for whoever looks after them, those that are over too. Beside their state: whose they were, and how much is in them.</summary>
internal static class InstallationListRows
{
    private const string Columns = """
        i.installation_id, i.stage, i.account_id, i.account_url, i.account_name, i.contact_email, i.contact_name, i.billing_plan_id,
        i.installed_at, i.uninstall_requested_at, i.uninstall_reason, i.finalized_at
        """;

    private const string OneSql = $"""
        select {Columns}, (select count(*) from resource where installation_id = $1 and status <> 'uninstalled')
        from installation i where i.installation_id = $1
        """;

    // An operator's list: of everybody, newest first. A plan is an installation's own, or that of something in it.
    private const string PageSql = $"""
        select {Columns}, (select count(*) from resource r where r.installation_id = i.installation_id and r.status <> 'uninstalled')
        from installation i
        where (i.installed_at, i.installation_id) < ($1, $2) and ($3::text is null or i.stage = $3) and ($4::text is null or i.account_id = $4)
            and ($5::text is null or i.billing_plan_id = $5 or exists (
                select from resource r
                where r.installation_id = i.installation_id and r.billing_plan_id = $5 and r.status <> 'uninstalled'))
            and ($6::text is null or position(lower($6) in lower(concat_ws(
                ' ', i.installation_id, i.account_id, i.account_url, i.account_name, i.contact_email, i.contact_name))) > 0)
        order by i.installed_at desc, i.installation_id desc limit $7
        """;

    private const string CountByStatusSql =
        "select status, count(*) from resource where installation_id = $1 group by status order by status";

    public static Loaded<ListedInstallation?> Load(Loads loads, InstallationId id) => loads.One(OneSql, Read, id.Value);

    public static Loaded<Seq<ListedInstallation>> Page(Loads loads, InstallationFilter filter, DateTimeOffset installedBefore, string before, int max) =>
        loads.Many(PageSql, Read, installedBefore, before, filter.Status, filter.Account, filter.Plan, filter.Text, max);

    /// <summary>How many resources stand how.</summary>
    public static Loaded<Seq<(string Status, int Resources)>> CountByStatus(Loads loads, InstallationId id) =>
        loads.Many(CountByStatusSql, reader => (reader.GetString(0), (int)reader.GetInt64(1)), id.Value);

    private static ListedInstallation Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4), reader.TextOrNull(5),
        reader.TextOrNull(6), reader.TextOrNull(7), reader.Moment(8), reader.MomentOrNull(9), reader.TextOrNull(10), reader.MomentOrNull(11),
        (int)reader.GetInt64(12));
}

/// <summary>Null asks for all.</summary>
/// <param name="Text">Is somewhere in its id, or in what is known of the account.</param>
internal sealed record InstallationFilter(string? Status, string? Account, string? Plan, string? Text);

/// <summary>An installation as its row has it, whatever its stage.</summary>
/// <param name="Plan">Of the installation as a whole.</param>
/// <param name="Resources">That are in it now.</param>
internal sealed record ListedInstallation(
    string Id, string Stage, string AccountId, string AccountUrl, string? AccountName, string? ContactEmail, string? ContactName, string? Plan,
    DateTimeOffset InstalledAt, DateTimeOffset? UninstallRequestedAt, string? UninstallReason, DateTimeOffset? FinalizedAt, int Resources);
