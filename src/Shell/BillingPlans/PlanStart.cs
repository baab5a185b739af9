using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.BillingPlans;

/// <summary>The beginning of a resource's first plan: when Vercel is told of what was made, and not before.</summary>
/// <remarks>
/// A provision whose answer nobody heard may still be undone. A line for it on an invoice would name a resource that Vercel does not
/// know, and Vercel would refuse the whole invoice.
/// </remarks>
internal static class PlanStart
{
    /// <summary>Its own plan or, where it has none, the installation's. Quiet when a plan has begun already, and when there is nothing to bill.</summary>
    /// <param name="installation">As it is under the lock of the resource: whoever changes its plan holds that lock too.</param>
    public static void Write(
        Writes writes, Catalogue catalogue, Installation installation, Resource resource, PlanPeriods plans, DateTimeOffset now)
    {
        if (resource is Resource.Pending or Resource.Error or Resource.Uninstalled || !resource.Facts.IsOurs || !plans.Spans.IsEmpty)
            return;

        (resource.Facts.Terms | installation.OwnPlan.Map(PlanTerms.Of)).IfSome(terms =>
            PlanPeriodRows.Save(writes, catalogue, installation.Id, plans, PlanPeriods.Open(resource.Id, terms, now)));
    }
}
