using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
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
    /// <summary>Quiet when a plan has begun already, when there is nothing to bill, and where the installation is billed as a whole.</summary>
    public static void Write(
        Writes writes, InstallationId installation, Resource resource, PlanPeriods plans, DateTimeOffset now)
    {
        if (resource is Resource.Pending or Resource.Error or Resource.Uninstalled || !plans.Spans.IsEmpty)
            return;

        resource.Facts.Terms.IfSome(terms =>
            PlanPeriodRows.Save(writes, installation, plans, PlanPeriods.Open(resource.Id, terms, now)));
    }
}
