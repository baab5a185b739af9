using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Search;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Resources;

/// <summary>Everybody's resources, as an operator looks for them: in either direction of two orders, each with an index of its own.</summary>
/// <remarks>What a filter asks for is collected first where few are like that, by an index that knows them; a resource's id is nobody else's.</remarks>
internal static class ResourceTableRows
{
    private const string Account = """
        (select coalesce(i.account_name, i.account_id) from installation i where i.installation_id = resource.installation_id)
        """;

    private const string Notable = "n.status in ('pending', 'onboarding', 'suspended', 'error') or n.fault is not null";

    // What works, but for what the provider says, is shown as an error.
    private const string Asked = $"""
        ($5::text is null or installation_id = $5) and ($6::text is null or product_id = $6)
            and ($7::text is null or split_part(billing_plan_id, '@', 1) = $7)
            and case when $8::text is null then status <> 'uninstalled'
                when fault is not null and status in ('onboarding', 'ready', 'resumed') then $8 = 'error' else status = $8 end
            and (coalesce($8, '') not in ('pending', 'onboarding', 'suspended', 'error') or resource_id = any (array(
                select n.resource_id from resource n where {Notable})))
            and ($9::text is null or resource_id = any (array({SearchWordRows.ResourcesFound})))
        """;

    private const string NewestSql = $"""
        select {ResourceRows.Columns}, {Account} from resource
        where ($1::timestamptz is null or (created_at, resource_id, installation_id) < ($1, $2, $3)) and {Asked}
        order by created_at desc, resource_id desc, installation_id desc limit $4
        """;

    private const string OldestSql = $"""
        select {ResourceRows.Columns}, {Account} from resource
        where ($1::timestamptz is null or (created_at, resource_id, installation_id) > ($1, $2, $3)) and {Asked}
        order by created_at, resource_id, installation_id limit $4
        """;

    private const string ByNameSql = $"""
        select {ResourceRows.Columns}, {Account} from resource
        where ($1::text is null or (lower(name), resource_id, installation_id) > (lower($1), $2, $3)) and {Asked}
        order by lower(name), resource_id, installation_id limit $4
        """;

    private const string ByNameBackwardsSql = $"""
        select {ResourceRows.Columns}, {Account} from resource
        where ($1::text is null or (lower(name), resource_id, installation_id) < (lower($1), $2, $3)) and {Asked}
        order by lower(name) desc, resource_id desc, installation_id desc limit $4
        """;

    public static async Task<Seq<ResourceRow>> Read(NpgsqlDataSource database, AskedResources asked, ResourceOrder order, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var page = Page(loads, asked, order, max);
        await loads.ReadPlannedAnew(database, cancel);
        return page.Value;
    }

    private static Loaded<Seq<ResourceRow>> Page(Loads loads, AskedResources asked, ResourceOrder order, int max)
    {
        switch (order)
        {
            case ResourceOrder.Created(var descending, var after):
                SqlValue[] since = [after?.At, after?.Id, after?.Installation, max, .. asked.Values];
                return descending ? loads.Many(NewestSql, Read, since) : loads.Many(OldestSql, Read, since);
            case ResourceOrder.Name(var descending, var after):
                SqlValue[] behind = [after?.Name, after?.Id, after?.Installation, max, .. asked.Values];
                return descending ? loads.Many(ByNameBackwardsSql, Read, behind) : loads.Many(ByNameSql, Read, behind);
            default:
                throw new System.Diagnostics.UnreachableException(order.GetType().Name);
        }
    }

    private static ResourceRow Read(NpgsqlDataReader reader) => new(new InstallationId(reader.GetString(0)), reader.GetString(19), ResourceRows.Read(reader));
}

/// <summary>Null asks for all.</summary>
/// <param name="Status">When null, whatever is there.</param>
/// <param name="Text">Its words begin words of ids and names.</param>
internal sealed record AskedResources(string? Installation, string? Product, string? Plan, string? Status, string? Text)
{
    public SqlValue[] Values => [Installation, Product, Plan, Status, SearchedWords.Query(Text)];
}

/// <summary>In which order, and after which of them. One that was handed over is in two installations, and in one of them gone.</summary>
internal abstract record ResourceOrder
{
    private ResourceOrder() { }

    public sealed record Created(bool Descending, (DateTimeOffset At, string Id, string Installation)? After) : ResourceOrder;

    public sealed record Name(bool Descending, (string Name, string Id, string Installation)? After) : ResourceOrder;
}

/// <param name="Account">Whose it is: the team's name, or its id where it has none.</param>
internal sealed record ResourceRow(InstallationId Installation, string Account, Resource Resource);
