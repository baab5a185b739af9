using System.Text.Json.Serialization;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Notifications;

namespace Marketplace.Shell.Installations;

/// <summary>An installation on the wire. Source: contract §B.1.</summary>
/// <param name="BillingPlan">Absent when each resource is billed by its own.</param>
internal sealed record InstallationWire(
    BillingPlanWire? BillingPlan,
    // Null is said, because it is what takes away a banner that was shown before.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] NotificationWire? Notification)
{
    public static InstallationWire Of(Installation installation, Catalogue catalogue) =>
        new(installation.OwnPlan.Bind(catalogue.InstallationPlan)
            .MatchUnsafe<BillingPlanWire?>(plan => BillingPlanWire.Of(PlanOffer.Of(plan, catalogue)), () => null),
            NotificationWire.Of(installation.Notice));
}
