using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>A plan while somebody has it on the same terms.</summary>
/// <param name="Metadata">By which its choices are priced.</param>
public sealed record BilledPlan(BillingPlan Plan, Map<string, MetadataValue> Metadata, Lifetime Span)
{
    /// <summary>For a whole period.</summary>
    public Usd Base => Plan.Pricing.BaseFor(Metadata);
}

/// <summary>Everything about one resource from which its usage and its lines are derived.</summary>
/// <remarks>Made by <see cref="Of"/> alone, so that every plan is known and every priced metric is one of the product's.</remarks>
public sealed class BilledResource
{
    private BilledResource(
        ResourceId id, string name, Product product, Seq<BilledPlan> plans, MeteredUsage usage)
    {
        (Id, Name, Product, Metrics, Form, Plans, Usage) = (id, name, product.Id, product.Metrics, product.Metadata, plans, usage);
        Stays = plans.Fold(LanguageExt.Seq<Lifetime>.Empty, Joined).Strict();
    }

    private BilledResource(BilledResource like, Seq<BilledPlan> plans) =>
        (Id, Name, Product, Metrics, Form, Plans, Usage, Stays) = (like.Id, like.Name, like.Product, like.Metrics, like.Form, plans, like.Usage, like.Stays);

    public ResourceId Id { get; }

    public string Name { get; }

    public ProductId Product { get; }

    public Seq<Metric> Metrics { get; }

    /// <summary>What the choices are called.</summary>
    internal MetadataSchema Form { get; }

    /// <summary>Oldest first: its own and, while it had none, the installation's. Whose a plan is, its scope says.</summary>
    public Seq<BilledPlan> Plans { get; }

    /// <summary>Those by which the resource itself is billed.</summary>
    public Seq<BilledPlan> OwnPlans => Plans.Filter(plan => plan.Plan.Scope == PlanScope.Resource).Strict();

    /// <summary>
    /// When it was here, oldest first: from its first plan to its end or, where it was handed over and came back, once for each time. What
    /// was measured between two stays is somebody else's.
    /// </summary>
    public Seq<Lifetime> Stays { get; }

    /// <summary>What it has used.</summary>
    public MeteredUsage Usage { get; }

    /// <summary>A reading at the very moment at which it came or went is still one of here.</summary>
    internal bool IsHereAt(DateTimeOffset moment) =>
        Stays.Exists(stay => stay.Start <= moment && stay.End.ForAll(end => moment <= end));

    /// <summary>Whether a plan of the installation was active for it at any time of the period.</summary>
    internal bool IsCoveredIn(BillingPeriod period) =>
        Plans.Exists(plan => plan.Plan.Scope == PlanScope.Installation && plan.Span.Within(period.Range).IsSome);

    /// <summary>The same resource, had it been on one plan as long as it was here.</summary>
    /// <param name="plan">Of its product.</param>
    internal BilledResource On(BillingPlan plan, Map<string, MetadataValue> metadata) =>
        new(this, Stays.Map(stay => new BilledPlan(plan, metadata, stay)).Strict());

    /// <summary>Puts together what the store and the catalogue know. Refused where the catalogue no longer fits the past.</summary>
    /// <param name="covering">The plans of whole installations, where they are on.</param>
    /// <param name="plans">Of this resource; others are left out.</param>
    /// <param name="measurements">
    /// Of this resource, in any order and any number of times; others are left out. They reach back to the last reading of
    /// each metric before the period in question, without which a level is unknown and a counter has no base.
    /// </param>
    public static Either<BilledResourceRejection, BilledResource> Of(
        ResourceId id,
        string name,
        Product product,
        Option<InstallationBilling> covering,
        Seq<PlanPeriod> plans,
        Seq<Measurement> measurements) => Of(id, name, product, covering, plans, MeteredUsage.Of(measurements));

    /// <summary>The same of everything that is known of its use; what belongs to others is left out.</summary>
    public static Either<BilledResourceRejection, BilledResource> Of(
        ResourceId id,
        string name,
        Product product,
        Option<InstallationBilling> covering,
        Seq<PlanPeriod> plans,
        MeteredUsage usage)
    {
        var billed = LanguageExt.Seq<BilledPlan>.Empty;
        foreach (var span in plans.Filter(span => span.Subject == PlanSubject.Of(id)).OrderBy(span => span.Start))
        {
            var known = product.Plan(span.Plan) | covering.Bind(billing => billing.Plan(span.Plan));
            if (known.Case is not SomeCase<BillingPlan>(var plan))
            {
                return new BilledResourceRejection.PlanUnknown(id, product.Id, span.Plan);
            }

            // A plan of the installation may price what other products measure.
            foreach (var priced in plan.Scope == PlanScope.Resource ? plan.Pricing.Metered : Seq<MeteredPrice>())
            {
                if (!product.Metrics.Exists(metric => metric.Id == priced.Metric))
                {
                    return new BilledResourceRejection.MetricUnknown(id, product.Id, plan.Id, priced.Metric);
                }
            }

            billed = billed.Add(new BilledPlan(plan, span.Terms.Metadata, span.Span));
        }

        return new BilledResource(id, name, product, billed, usage.By(id));
    }

    /// <summary>A plan that begins where the one before ended goes on with the same stay.</summary>
    private static Seq<Lifetime> Joined(Seq<Lifetime> stays, BilledPlan plan) =>
        stays.LastOrNone().Case is SomeCase<Lifetime>(var last) && last.End == Some(plan.Span.Start)
            ? stays.Take(stays.Count - 1).Strict().Add(last with { End = plan.Span.End })
            : stays.Add(plan.Span);
}

/// <summary>Why a resource cannot be billed from the catalogue as it is.</summary>
public abstract record BilledResourceRejection
{
    private BilledResourceRejection() { }

    /// <summary>The resource has had a plan that the product does not have any more.</summary>
    public sealed record PlanUnknown(ResourceId Resource, ProductId Product, PlanId Plan) : BilledResourceRejection;

    /// <summary>The plan prices something that the product does not measure.</summary>
    public sealed record MetricUnknown(ResourceId Resource, ProductId Product, PlanId Plan, MetricId Metric)
        : BilledResourceRejection;
}
