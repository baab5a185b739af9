using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>Who has a plan: an operator's lists, by the name of the installation.</summary>
internal static class PlanHolderRows
{
    private const string Resources = """
        select r.installation_id, r.resource_id, r.name, r.status, r.next_plan_id, r.next_plan_at from resource r
        where r.product_id = $1 and r.billing_plan_id = $2 and r.status not in ('uninstalled', 'error')
        """;

    private const string ResourcesSql = $"""
        {Resources} and (r.installation_id, r.resource_id) > ($3, $4) order by r.installation_id, r.resource_id limit $5
        """;

    private const string ResourcesBackwardsSql = $"""
        {Resources} and ($3 = '' or (r.installation_id, r.resource_id) < ($3, $4)) order by r.installation_id desc, r.resource_id desc limit $5
        """;

    private const string Installations = """
        select i.installation_id, null::text, coalesce(i.account_name, i.account_url), i.stage, null::text, null::timestamptz from installation i
        where i.billing_plan_id = $1 and i.stage = 'active'
        """;

    private const string InstallationsSql = $"{Installations} and i.installation_id > $2 order by i.installation_id limit $3";

    private const string InstallationsBackwardsSql = $"""
        {Installations} and ($2 = '' or i.installation_id < $2) order by i.installation_id desc limit $3
        """;

    /// <param name="after">Where the page before ended; nothing on the first.</param>
    public static Loaded<Seq<PlanHolder>> List(
        Loads loads, OfferedPlan plan, (string Installation, string Resource) after, bool isBackwards, int max)
    {
        var (id, installation, resource) = (plan.Plan.Id.Value, after.Installation, after.Resource);
        return (plan.Product.MatchUnsafe<string?>(product => product.Value, () => null), isBackwards) switch
        {
            ({ } product, false) => loads.Many(ResourcesSql, Read, product, id, installation, resource, max),
            ({ } product, true) => loads.Many(ResourcesBackwardsSql, Read, product, id, installation, resource, max),
            (_, false) => loads.Many(InstallationsSql, Read, id, installation, max),
            (_, true) => loads.Many(InstallationsBackwardsSql, Read, id, installation, max),
        };
    }

    private static PlanHolder Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.TextOrNull(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4), reader.MomentOrNull(5));
}

/// <param name="Resource">Null where the installation has it as a whole.</param>
/// <param name="NextPlan">What it changes to when its period is over.</param>
internal sealed record PlanHolder(
    string Installation, string? Resource, string Name, string Status, string? NextPlan, DateTimeOffset? NextPlanAt);
