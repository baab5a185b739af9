using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;

namespace Marketplace.Core.Resources;

/// <summary>What a resource was made for until a change that its provisioner has not answered yet.</summary>
/// <param name="Plan">Its own; none where its installation's covers it.</param>
/// <param name="Until">When the change counts from.</param>
public sealed record PriorTerms(Option<PlanId> Plan, Map<string, MetadataValue> Metadata, DateTimeOffset Until)
{
    /// <summary>Present where the plan had terms of its own, by which it was billed.</summary>
    public Option<PlanTerms> Terms => Plan.Map(plan => new PlanTerms(plan, Metadata));

    public static PriorTerms Of(ResourceProfile before, DateTimeOffset until) => new(before.Plan, before.Metadata, until);
}
