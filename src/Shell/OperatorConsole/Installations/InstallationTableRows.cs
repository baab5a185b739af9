using LanguageExt;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Search;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Installations;

/// <summary>Everybody's installations, as an operator looks for them: in either direction of two orders, each with an index of its own.</summary>
/// <remarks>
/// What a filter asks for is collected first where few are like that, by an index that knows them. PostgreSQL plans each of these for the values that
/// it is asked with (<see cref="Loads.ReadPlannedAnew"/>), so that what is not asked for costs nothing. Few have a plan, or many: where they are few
/// they are collected, and where they are many a page of them is soon found.
/// </remarks>
internal static class InstallationTableRows
{
    private const int FewMax = 1000;

    private const string Columns = """
        i.installation_id, i.stage, i.account_id, i.account_name, i.contact_email, i.billing_plan_id, i.installed_at, i.uninstall_requested_at,
        i.finalized_at,
        (select count(*) from resource r where r.installation_id = i.installation_id and r.status <> 'uninstalled'),
        (select p.standing from payment_standing p where p.installation_id = i.installation_id)
        """;

    // Whatever does not go on by itself.
    private const string Amiss = """
        select installation_id from resource where (status = 'error' or fault is not null) and status <> 'uninstalled'
        union select installation_id from operation where state = 'pending' and attempts > 3
        union select installation_id from invoice where state = 'refused'
        union select installation_id from installation where stage <> 'finalized' and access_token is null
        union select installation_id from outbox_message where state = 'dead'
        union select installation_id from webhook where state = 'dead'
        """;

    // A plan is the installation's own, or that of something in it, in whatever version.
    private const string Asked = $"""
        ($4::text is null or i.stage = $4)
            and ($9::text[] is null or i.installation_id = any ($9))
            and ($5::text is null or split_part(i.billing_plan_id, '@', 1) = $5 or exists (
                select from resource r
                where r.installation_id = i.installation_id and split_part(r.billing_plan_id, '@', 1) = $5 and r.status <> 'uninstalled'))
            and ($6 is not true or i.installation_id = any (array(select installation_id from payment_standing)))
            and ($7 is not true or i.installation_id = any (array({Amiss})))
            and ($8::text is null or i.installation_id = any (array({SearchWordRows.InstallationsFound})))
        """;

    // Who has a plan, as far as it is worth collecting.
    private const string HoldersSql = """
        (select installation_id from resource where split_part(billing_plan_id, '@', 1) = $1 and status <> 'uninstalled' limit $2)
        union all
        (select installation_id from installation where split_part(billing_plan_id, '@', 1) = $1 and billing_plan_id is not null limit $2)
        """;

    private const string NewestSql = $"""
        select {Columns} from installation i
        where ($1::timestamptz is null or (i.installed_at, i.installation_id) < ($1, $2)) and {Asked}
        order by i.installed_at desc, i.installation_id desc limit $3
        """;

    private const string OldestSql = $"""
        select {Columns} from installation i
        where ($1::timestamptz is null or (i.installed_at, i.installation_id) > ($1, $2)) and {Asked}
        order by i.installed_at, i.installation_id limit $3
        """;

    private const string ByAccountSql = $"""
        select {Columns} from installation i
        where ($1::text is null or (lower(coalesce(i.account_name, i.account_id)), i.installation_id) > (lower($1), $2)) and {Asked}
        order by lower(coalesce(i.account_name, i.account_id)), i.installation_id limit $3
        """;

    private const string ByAccountBackwardsSql = $"""
        select {Columns} from installation i
        where ($1::text is null or (lower(coalesce(i.account_name, i.account_id)), i.installation_id) < (lower($1), $2)) and {Asked}
        order by lower(coalesce(i.account_name, i.account_id)) desc, i.installation_id desc limit $3
        """;

    /// <summary>In one round trip, or in two where a plan is asked for.</summary>
    public static async Task<Seq<InstallationRow>> Read(
        NpgsqlDataSource database, AskedInstallations asked, InstallationOrder order, int max, CancellationToken cancel)
    {
        if (asked.Plan is { } plan)
        {
            var first = new Loads();
            var holders = first.Many(HoldersSql, reader => reader.GetString(0), plan, FewMax + 1);
            await first.Read(database, cancel);
            if (holders.Value.Count <= FewMax)
                asked = asked with { Plan = null, Few = [.. holders.Value.Distinct()] };
        }

        var loads = new Loads();
        var page = Page(loads, asked, order, max);
        await loads.ReadPlannedAnew(database, cancel);
        return page.Value;
    }

    private static Loaded<Seq<InstallationRow>> Page(Loads loads, AskedInstallations asked, InstallationOrder order, int max)
    {
        switch (order)
        {
            case InstallationOrder.Installed(var descending, var after):
                SqlValue[] since = [after?.At, after?.Id, max, .. asked.Values];
                return descending ? loads.Many(NewestSql, Read, since) : loads.Many(OldestSql, Read, since);
            case InstallationOrder.Account(var descending, var after):
                SqlValue[] behind = [after?.Name, after?.Id, max, .. asked.Values];
                return descending ? loads.Many(ByAccountBackwardsSql, Read, behind) : loads.Many(ByAccountSql, Read, behind);
            default:
                throw new System.Diagnostics.UnreachableException(order.GetType().Name);
        }
    }

    private static InstallationRow Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.TextOrNull(3), reader.TextOrNull(4), reader.TextOrNull(5),
        reader.Moment(6), reader.MomentOrNull(7), reader.MomentOrNull(8), (int)reader.GetInt64(9), reader.TextOrNull(10));
}

/// <summary>Null, or false, asks for all.</summary>
/// <param name="Unpaid">Of whom something is owed of which a charge has failed.</param>
/// <param name="Amiss">Where something does not go on by itself.</param>
/// <param name="Text">Its words begin words of ids, the account or the contact.</param>
internal sealed record AskedInstallations(string? Stage, string? Plan, bool Unpaid, bool Amiss, string? Text)
{
    /// <summary>Who they are at most; null where nobody has collected them.</summary>
    public string[]? Few { get; init; }

    public SqlValue[] Values => [Stage, Plan, Unpaid, Amiss, SearchedWords.Query(Text), Few];
}

/// <summary>In which order, and after which of them.</summary>
internal abstract record InstallationOrder
{
    private InstallationOrder() { }

    public sealed record Installed(bool Descending, (DateTimeOffset At, string Id)? After) : InstallationOrder;

    /// <summary>By the account's name, or by its id where it has none.</summary>
    public sealed record Account(bool Descending, (string Name, string Id)? After) : InstallationOrder;
}

/// <param name="Standing">Null in good standing.</param>
internal sealed record InstallationRow(
    string Id, string Stage, string AccountId, string? AccountName, string? ContactEmail, string? Plan, DateTimeOffset InstalledAt,
    DateTimeOffset? UninstallRequestedAt, DateTimeOffset? FinalizedAt, int Resources, string? Standing)
{
    /// <summary>By what it is sorted.</summary>
    public string Account => AccountName ?? AccountId;
}
