using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a resource would have cost on another plan: the same period, the same use, as if nothing else had ever been chosen.</summary>
public static class PlanPreview
{
    /// <param name="metadata">The choices by which the plan is priced.</param>
    /// <param name="asOf">What happened later is not known yet.</param>
    /// <returns>In whole cents: what would be invoiced or, on a plan that is paid before use, what would be burnt of its balance.</returns>
    public static Usd Of(BilledResource resource, BillingPlan plan, Map<string, MetadataValue> metadata, BillingPeriod period, DateTimeOffset asOf)
    {
        var taken = BilledInstallation.PerResource(Prelude.Seq1(resource.On(plan, metadata)));
        return plan.Type == PlanType.Prepayment
            ? Usd.Sum(BillingLines.Burnt(period, asOf, taken).Map(line => line.Total))
            : BillingCharges.For(period, asOf, taken).Total;
    }
}
