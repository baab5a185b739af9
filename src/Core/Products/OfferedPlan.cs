using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Products;

/// <summary>A plan as it is offered, or was: with everything from which its price follows.</summary>
/// <param name="Product">Whose plan it is; none for one that covers a whole installation.</param>
/// <param name="Metrics">Those that it prices: how a metric is measured is part of what it costs.</param>
public sealed record OfferedPlan(Option<ProductId> Product, BillingPlan Plan, Seq<Metric> Metrics)
{
    /// <summary>Everything that whoever has it was promised.</summary>
    public Seq<Term> Terms => OfferedTerms.Of(Plan, Metrics);

    /// <param name="measured">Everything that is measured where it is offered.</param>
    public static OfferedPlan Of(Option<ProductId> product, BillingPlan plan, Seq<Metric> measured) =>
        new(product, plan, measured.Filter(metric => plan.Pricing.Metered.Exists(price => price.Metric == metric.Id)).Strict());

    /// <summary>Whether it is the same plan in the same version.</summary>
    public bool IsSameAs(OfferedPlan other) => Product == other.Product && Plan.Id == other.Plan.Id;

    /// <summary>As an operator names it: <c>acme-postgres/pro@2</c>, or the id alone for one of whole installations.</summary>
    public string Name => Product.Match(product => $"{product}/{Plan.Id}", () => Plan.Id.Value);
}
