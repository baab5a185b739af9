using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Core.Usage;
using Marketplace.Shell.Persistence;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Products;

/// <summary>A plan as it is kept: what the catalogue's file says of it and of what it measures, as it was written there.</summary>
internal sealed record OfferedPlanJson(string Plan, string Metrics)
{
    /// <param name="file">The catalogue's, from which the plan was read.</param>
    public static OfferedPlanJson Of(OfferedPlan offered, JsonElement file)
    {
        var products = file.GetProperty("products").EnumerateArray();
        var owner = offered.Product.Match(
            id => products.First(product => product.GetProperty("id").GetString() == id.Value), () => file.GetProperty("installationBilling"));
        var plan = owner.GetProperty("plans").EnumerateArray()
            .First(one => one.GetProperty("id").GetString() == offered.Plan.Id.Name);
        var measured = offered.Product.IsSome ? MetricsOf(owner) : products.SelectMany(MetricsOf);
        return new OfferedPlanJson(
            plan.GetRawText(),
            $"[{string.Join(", ", offered.Metrics.Map(metric => measured.First(one => one.GetProperty("id").GetString() == metric.Id.Value).GetRawText()))}]");
    }

    /// <exception cref="CorruptRowException">It is none that any version of this server has written.</exception>
    public OfferedPlan Read(Option<ProductId> product, string id)
    {
        var errors = new List<CatalogueError>();
        using var plan = JsonDocument.Parse(Plan);
        using var metrics = JsonDocument.Parse(Metrics);
        var read = new OfferedPlan(
            product, CatalogueReader.ReadPlan(plan.RootElement, product.IsSome ? PlanScope.Resource : PlanScope.Installation, errors),
            metrics.RootElement.EnumerateArray().Select(metric => CatalogueReader.ReadMetric(metric, errors)).ToSeq().Strict());
        return errors.Count == 0 && read.Plan.Id.Value == id
            ? read
            : throw new CorruptRowException("offered_plan", id, $"it cannot be read: {string.Join("; ", errors)}");
    }

    private static IEnumerable<JsonElement> MetricsOf(JsonElement product) =>
        product.TryGetProperty("metrics", out var metrics) && metrics.ValueKind == JsonValueKind.Array ? metrics.EnumerateArray() : [];
}
