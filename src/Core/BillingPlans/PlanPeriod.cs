using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;

namespace Marketplace.Core.BillingPlans;

/// <summary>The span <c>[Start, End)</c> in which a plan was active for a resource; still open when End is absent.</summary>
/// <remarks>
/// The spans of one resource never overlap. They end when the plan or its price changes, or when the resource is uninstalled.
/// </remarks>
public sealed record PlanPeriod(ResourceId Resource, PlanTerms Terms, DateTimeOffset Start, Option<DateTimeOffset> End)
{
    public PlanId Plan => Terms.Plan;

    public Lifetime Span => new(Start, End);
}
