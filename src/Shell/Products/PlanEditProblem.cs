using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Products;

namespace Marketplace.Shell.Products;

/// <summary>What is wrong with a catalogue that changes what somebody has: which plan, what differs, for how many, and what to do.</summary>
internal static class PlanEditProblem
{
    private const string MetricPath = "metrics[";

    /// <param name="before">Every plan that was ever offered.</param>
    public static CatalogueError Of(PlanEdit edit, PlanHolders holders, Catalogue catalogue, Seq<OfferedPlan> before) =>
        edit switch
        {
            PlanEdit.Changed changed => new(
                PathOf(catalogue, changed.Is),
                $"{changed.Is.Name} changes{(holders.Any ? " under those who have it" : "")}: {Listed(changed.Changes)}; {holders}. "
                + (changed.Changes.Exists(change => IsOfMetric(change))
                    ? "Give what is measured otherwise another id, and the plan that prices it"
                    : "Give the plan") + $" \"version\": {NextVersion(changed.Is, before)} (or a new id)"
                + (holders.Any ? ": then they keep what they have" : ", or start anew: another server may be selling it as it was")),
            PlanEdit.MeasuredOtherwise measured => new(
                measured.Was.Product.IsSome ? $"{OwnerOf(catalogue, measured.Was)}.metrics" : "products",
                $"{measured.Was.Name} is sold no more, and changes under those who have it: {Listed(measured.Changes)}; {holders}. "
                + "Leave the metric as it was, and give what is measured otherwise another id"),
            PlanEdit.Removed removed => new(
                OwnerOf(catalogue, removed.Was),
                $"{removed.Was.Name} is gone; {holders}. Put it back, or name \"{removed.Was.Plan.Id.Name}\" in the retiredPlans "
                + $"{(removed.Was.Product.Match(id => $"of {id}", () => "of installationBilling"))}: then they keep what they have and nobody else gets it"),
            _ => throw new UnreachableException(edit.GetType().Name),
        };

    private static bool IsOfMetric(TermChange change) => change.Path.StartsWith(MetricPath, StringComparison.Ordinal);

    private static string Listed(Seq<TermChange> changes) => string.Join(", ", changes);

    private static int NextVersion(OfferedPlan plan, Seq<OfferedPlan> before) =>
        before.Filter(one => one.Product == plan.Product && one.Plan.Id.IsVersionOf(plan.Plan.Id)).Max(one => one.Plan.Id.Version) + 1;

    private static string PathOf(Catalogue catalogue, OfferedPlan offered)
    {
        var plans = offered.Product.Match(
            id => catalogue.Product(id).Match(product => product.Plans, () => Seq<Core.BillingPlans.BillingPlan>.Empty),
            () => catalogue.InstallationBilling.Match(billing => billing.Plans, () => Seq<Core.BillingPlans.BillingPlan>.Empty));
        return $"{OwnerOf(catalogue, offered)}.plans[{IndexOf(plans, plan => plan.Id == offered.Plan.Id)}]";
    }

    /// <summary>What its plans stand in, or stood.</summary>
    private static string OwnerOf(Catalogue catalogue, OfferedPlan offered) =>
        offered.Product.Match(
            id => IndexOf(catalogue.Products, product => product.Id == id) is >= 0 and var at ? $"products[{at}]" : "products",
            () => catalogue.InstallationBilling.IsSome ? "installationBilling" : "");

    private static int IndexOf<T>(Seq<T> all, Func<T, bool> isIt) => all.ToList().FindIndex(one => isIt(one));
}
