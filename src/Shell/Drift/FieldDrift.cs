using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Http;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Drift;

/// <summary>
/// Compares a resource field by field with what Vercel has of it. What Vercel does not say is no difference, and secrets it says to nobody.
/// Source: contract §D.5 GET.
/// </summary>
internal static class FieldDrift
{
    public static Seq<DriftFinding> Of(Catalogue catalogue, Installation owner, Resource ours, VercelResource theirs)
    {
        var facts = ours.Facts;
        return (Text("name", facts.Name, theirs.Name)
            + Text("productId", facts.Product.Value, theirs.Product.Value)
            + theirs.Status.Match(status => Text("status", ResourceStatus.Of(ours), status), Empty)
            + Plan(catalogue, owner, ours, theirs.Plan)
            + Text("notification", Json(NotificationWire.Of(ours)), Json(NotificationWire.Of(theirs.Notification)))
            + theirs.Metadata.Match(
                metadata => metadata == facts.Metadata ? Empty : Differs("metadata", MetadataJson.Write(facts.Metadata), MetadataJson.Write(metadata)),
                Empty)).Strict();

        Seq<DriftFinding> Text(string field, string? here, string? there) => here == there ? Empty : Differs(field, here, there);

        Seq<DriftFinding> Plan(Catalogue known, Installation installation, Resource resource, Option<PlanId> there)
        {
            var shown = known.OfferOf(installation, resource).Map(offer => offer.Plan.Id);
            // One that waits may be shown already, or not yet; and what the installation's plan covers need not show any.
            return there == shown || there == resource.Facts.Plan || (there.IsNone && resource.Facts.Plan.IsNone)
                ? Empty
                : Differs("billingPlanId", shown.Map(plan => plan.Value).OrNull(), there.Map(plan => plan.Value).OrNull());
        }

        Seq<DriftFinding> Differs(string field, string? here, string? there) =>
            Seq1<DriftFinding>(new DriftFinding.Field(owner.Id, ours.Id, field, here, there));
    }

    private static string? Json(NotificationWire? notification) =>
        notification is null ? null : JsonSerializer.Serialize(notification, WireJson.Options);
}
