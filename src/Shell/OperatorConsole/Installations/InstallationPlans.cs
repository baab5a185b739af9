using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole.Installations;

/// <summary>The plan of an installation as a whole, with what it promises.</summary>
internal static class InstallationPlans
{
    /// <summary>Null where each resource has its own.</summary>
    public static PlanCard? CardOf(Catalogue sold, Installation installation) =>
        installation.OwnPlan.Case is not SomeCase<PlanId>(var id) ? null
        : sold.InstallationPlan(id).Case is SomeCase<BillingPlan>(var plan) ? Of(PlanOffer.Of(plan, sold))
        : new PlanCard(id.Value, id.Name, "The catalogue has it no more.", null, []);

    private static PlanCard Of(PlanOffer offer)
    {
        var card = BillingPlanWire.Of(offer);
        return new PlanCard(
            offer.Plan.Id.Value, card.Name, card.Description, card.Cost,
            [.. (card.HighlightedDetails ?? []).Concat(card.Details ?? []).Select(detail => new Fact(detail.Label, detail.Value ?? "Included"))]);
    }
}
