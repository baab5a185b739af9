using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Resources;

/// <summary>Resources for whoever looks after them. What is gone is there where it is asked for.</summary>
internal static class ResourceListRows
{
    // What works, but for what the provider says, is shown as an error.
    private const string Asked = """
        ($3::text is null or product_id = $3) and ($4::text is null or billing_plan_id = $4)
            and case when $5::text is null then status <> 'uninstalled'
                when fault is not null and status in ('onboarding', 'ready', 'resumed') then $5 = 'error' else status = $5 end
            and ($6::text is null or position(lower($6) in lower(concat_ws(' ', resource_id, name, external_id, source_reference))) > 0)
        """;

    private const string PageSql = $"""
        select {ResourceRows.Columns} from resource
        where installation_id = $7 and (created_at, resource_id) < ($1, $2) and {Asked}
        order by created_at desc, resource_id desc limit $8
        """;

    // An operator's list: of everybody, in the order of the key, which needs no other index and holds still.
    private const string AnywhereSql = $"""
        select {ResourceRows.Columns} from resource
        where (installation_id, resource_id) > ($1, $2) and {Asked} order by installation_id, resource_id limit $7
        """;

    /// <summary>Newest first.</summary>
    public static Loaded<Seq<Resource>> Page(
        Loads loads, InstallationId installation, ResourceFilter filter, DateTimeOffset createdBefore, string before, int max) => loads.Many(
        PageSql, ResourceRows.Read, createdBefore, before, filter.Product, filter.Plan, filter.Status, filter.Text, installation.Value, max);

    public static Loaded<Seq<(InstallationId Installation, Resource Resource)>> Anywhere(
        Loads loads, ResourceFilter filter, InstallationId afterInstallation, ResourceId after, int max) => loads.Many(
        AnywhereSql, reader => (new InstallationId(reader.GetString(0)), ResourceRows.Read(reader)), afterInstallation.Value, after.Value,
        filter.Product, filter.Plan, filter.Status, filter.Text, max);
}

/// <summary>Null asks for all.</summary>
/// <param name="Status">When null, whatever is there.</param>
/// <param name="Text">Is somewhere in its id, its name, or what others call it.</param>
internal sealed record ResourceFilter(string? Product, string? Plan, string? Status, string? Text);
