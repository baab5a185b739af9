using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>Every plan that was ever offered, and who has it.</summary>
internal static class OfferedPlanRows
{
    // Released with the transaction. One server at a time compares and writes.
    private const string LockSql = "select pg_advisory_xact_lock(91200458001)";

    private const string LoadSql = "select product_id, plan_id, plan::text, metrics::text from offered_plan order by product_id, plan_id";

    private const string SaveSql = """
        insert into offered_plan (product_id, plan_id, plan, metrics) values ($1, $2, $3, $4)
        on conflict (product_id, plan_id) do update set plan = excluded.plan, metrics = excluded.metrics
        """;

    private const string CorrectSql = """
        update offered_plan set plan = $3, metrics = $4,
            corrections = corrections || jsonb_build_object('at', clock_timestamp(), 'reason', $5::text, 'plan', plan, 'metrics', metrics)
        where product_id = $1 and plan_id = $2
        """;

    // How many have each, as far as they are counted: the operator's look at the catalogue.
    private const string StandingSql = """
        select o.product_id, o.plan_id, o.plan::text, o.metrics::text, o.offered_at, o.corrections::text, case
            when o.product_id = '' then (select count(*) from (
                select from installation i where i.stage = 'active' and i.billing_plan_id = o.plan_id limit $1) counted)
            else (select count(*) from (
                select from resource r
                where r.product_id = o.product_id and r.billing_plan_id = o.plan_id and r.status not in ('uninstalled', 'error') limit $1) counted)
            end
        from offered_plan o order by o.product_id, o.plan_id
        """;

    // Whoever has it or waits for it, and whoever had it: what is over is stated and corrected by it too.
    private const string HoldersSql = """
        select count(*) filter (where has), count(*) filter (where not has) from (
            select r.status not in ('uninstalled', 'error') and $2 in (coalesce(r.billing_plan_id, ''), coalesce(r.next_plan_id, '')) as has,
                exists (
                    select from plan_period p
                    where p.installation_id = r.installation_id and p.resource_id = r.resource_id and p.billing_plan_id = $2) as had
            from resource r where r.product_id = $1) holder
        where has or had
        """;

    private const string WholeHoldersSql = """
        select count(*) filter (where has), count(*) filter (where not has) from (
            select i.stage = 'active' and i.billing_plan_id is not distinct from $1 as has,
                exists (
                    select from installation_plan_period p where p.installation_id = i.installation_id and p.billing_plan_id = $1) as had
            from installation i) holder
        where has or had
        """;

    public static async Task Lock(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = transaction.Command(LockSql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <param name="holdersMax">So many holders of a plan are counted.</param>
    public static Loaded<Seq<StandingPlan>> Standing(Loads loads, int holdersMax) => loads.Many(
        StandingSql,
        reader => new StandingPlan(
            Kept(reader).Offered, reader.Moment(4), PlanCorrection.Read(reader.GetString(5), reader.GetString(1)), reader.GetInt64(6)),
        holdersMax);

    public static async Task<Seq<KeptPlan>> Load(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kept = new List<KeptPlan>();
        while (await reader.ReadAsync(cancel))
            kept.Add(Kept(reader));
        return kept.ToSeq().Strict();
    }

    public static async Task Save(NpgsqlTransaction transaction, OfferedPlan offered, OfferedPlanJson json, CancellationToken cancel)
    {
        await using var command = transaction.Command(
            SaveSql, ProductOf(offered), offered.Plan.Id.Value, SqlValue.Json(json.Plan), SqlValue.Json(json.Metrics));
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task Correct(
        NpgsqlTransaction transaction, OfferedPlan offered, OfferedPlanJson json, string reason, CancellationToken cancel)
    {
        await using var command = transaction.Command(
            CorrectSql, ProductOf(offered), offered.Plan.Id.Value, SqlValue.Json(json.Plan), SqlValue.Json(json.Metrics), reason);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<PlanHolders> Holders(NpgsqlTransaction transaction, OfferedPlan offered, CancellationToken cancel)
    {
        await using var command = offered.Product.Match(
            product => transaction.Command(HoldersSql, product.Value, offered.Plan.Id.Value),
            () => transaction.Command(WholeHoldersSql, offered.Plan.Id.Value));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new PlanHolders(offered.Product.IsSome ? "resource" : "installation", reader.GetInt64(0), reader.GetInt64(1));
    }

    private static KeptPlan Kept(NpgsqlDataReader reader)
    {
        var json = new OfferedPlanJson(reader.GetString(2), reader.GetString(3));
        var product = reader.GetString(0) is { Length: > 0 } id ? new ProductId(id) : Option<ProductId>.None;
        return new KeptPlan(json.Read(product, reader.GetString(1)), json);
    }

    private static string ProductOf(OfferedPlan offered) => offered.Product.Match(product => product.Value, () => "");
}

/// <summary>A plan with the text by which it is kept.</summary>
internal sealed record KeptPlan(OfferedPlan Offered, OfferedPlanJson Json);

/// <summary>Who suffers when a plan changes.</summary>
/// <param name="Kind">Of what has plans of this scope.</param>
/// <param name="Now">How many have it, or wait for it.</param>
/// <param name="Before">How many had it, and have it no more.</param>
internal sealed record PlanHolders(string Kind, long Now, long Before)
{
    public bool Any => Now + Before > 0;

    public override string ToString() =>
        (Now, Before) switch
        {
            (0, 0) => "nobody has it",
            (0, var had) => $"{Counted.Of(had, Kind)} had it",
            (var have, 0) => $"{Counted.Of(have, Kind)} {Has(have)} it",
            var (have, had) => $"{Counted.Of(have, Kind)} {Has(have)} it, and {had} had it",
        };

    private static string Has(long count) => count == 1 ? "has" : "have";
}
