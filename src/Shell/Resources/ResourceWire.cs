using System.Text.Json;
using System.Text.Json.Serialization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Secrets;

namespace Marketplace.Shell.Resources;

/// <summary>A resource on the wire. Source: contract §C.2; with secrets only in the answer to its provision (§B.2).</summary>
internal sealed record ResourceWire(
    string Id,
    string ProductId,
    string Name,
    JsonElement Metadata,
    string Status,
    BillingPlanWire? BillingPlan,
    // Null is said, because it is what takes away a banner that was shown before.
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] NotificationWire? Notification,
    ProtocolSettingsWire? ProtocolSettings,
    SecretWire[]? Secrets)
{
    public static ResourceWire Of(Resource resource, Option<PlanOffer> plan) => Of(resource, plan, null);

    public static ResourceWire WithSecrets(Resource resource, Option<PlanOffer> plan, Seq<Secret> secrets) =>
        Of(resource, plan, [.. secrets.Select(SecretWire.Of)]);

    private static ResourceWire Of(Resource resource, Option<PlanOffer> plan, SecretWire[]? secrets)
    {
        var facts = resource.Facts;
        using var metadata = JsonDocument.Parse(MetadataJson.Write(facts.Metadata));
        return new ResourceWire(
            facts.Id.Value,
            facts.Product.Value,
            facts.Name,
            metadata.RootElement.Clone(),
            ResourceStatus.Of(resource),
            plan.MatchUnsafe<BillingPlanWire?>(BillingPlanWire.Of, () => null),
            NotificationWire.Of(resource),
            facts.EdgeConfigId.MatchUnsafe<ProtocolSettingsWire?>(
                id => new ProtocolSettingsWire(new ExperimentationWire(id)), () => null),
            secrets);
    }

    public override string ToString() => $"ResourceWire {Id}";
}

internal sealed record ProtocolSettingsWire(ExperimentationWire? Experimentation);

internal sealed record ExperimentationWire(string? EdgeConfigId);
