using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;

namespace Marketplace.Core.BillingPlans;

/// <summary>A plan as somebody is shown it: with what it costs for the choices of one form. Source: contract §B.3, §C.1.</summary>
public sealed record PlanOffer(BillingPlan Plan, PlanQuote Quote)
{
    /// <summary>When the change to it takes hold, where that is not at once.</summary>
    public Option<DateTimeOffset> EffectiveAt { get; init; }

    /// <summary>What is in the way of whoever would choose it; none where nobody is choosing.</summary>
    public Option<PlanHindrance> Hindrance { get; init; }

    /// <summary>A plan for a resource of the product.</summary>
    public static PlanOffer Of(BillingPlan plan, Product product, Map<string, MetadataValue> metadata) =>
        new(plan, PlanQuote.Of(plan, product.Metrics, product.Metadata, metadata));

    /// <summary>The same for somebody who chooses.</summary>
    /// <inheritdoc cref="PlanHindrance.Of"/>
    public PlanOffer ToChoose(bool isUnpaid, Func<int, bool> isFull) => this with { Hindrance = PlanHindrance.Of(Plan, isUnpaid, isFull) };

    /// <summary>A plan for a whole installation, which has no form.</summary>
    public static PlanOffer Of(BillingPlan plan, Catalogue catalogue) =>
        new(plan, PlanQuote.Of(plan, catalogue.Metrics, MetadataSchema.Nothing, Map<string, MetadataValue>.Empty));
}
