using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a resource is billed by from some moment on: its plan, and its metadata, where the plan prices choices of the form.</summary>
public sealed record PlanTerms(PlanId Plan, Map<string, MetadataValue> Metadata)
{
    /// <summary>Of a whole installation, which has no form.</summary>
    public static PlanTerms Of(PlanId plan) => new(plan, Map<string, MetadataValue>.Empty);
}
