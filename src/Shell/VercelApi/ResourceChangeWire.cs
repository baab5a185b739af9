using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;

namespace Marketplace.Shell.VercelApi;

/// <summary>What is absent stays as it is. Source: contract §D.5 PATCH.</summary>
internal sealed record ResourceChangeWire(
    string? Name,
    string? Status,
    JsonElement? Metadata,
    BillingPlanWire? BillingPlan,
    JsonElement? Notification,
    string? Ownership,
    JsonElement? Secrets,
    JsonElement? Extras,
    CustomClaimsWire? CustomClaims)
{
    /// <summary>What is always to be the same on both sides: the status with its reason, and the secrets when there are any to say.</summary>
    public static ResourceChangeWire Of(Resource resource, Option<SecretsChange> secrets) =>
        new(null, ResourceStatus.Of(resource), null, null, SentNotification.Of(NotificationWire.Of(resource)), null,
            secrets.MatchUnsafe<JsonElement?>(change => Sent(change), () => null), null, null);

    /// <summary>Everything that can be pushed.</summary>
    public static ResourceChangeWire Of(Resource resource, Option<PlanOffer> plan, Option<SecretsChange> secrets) => Of(resource, secrets) with
    {
        Name = resource.Facts.Name, Metadata = SentMetadata(resource.Facts.Metadata), BillingPlan = SentPlan.Of(plan),
    };

    public static ResourceChangeWire Of(ResourceChange change) =>
        new(change.Name.OrNull(),
            change.Status.OrNull(),
            SentMetadata(change.Metadata),
            SentPlan.Of(change.Plan),
            SentNotification.Of(change.Notification),
            change.Ownership.MatchUnsafe<string?>(SentOwnership.Of, () => null),
            change.Secrets.MatchUnsafe<JsonElement?>(secrets => Sent(secrets), () => null),
            change.Extras.MatchUnsafe<JsonElement?>(extras => extras, () => null),
            CustomClaimsWire.Of(change.CustomClaims));

    public static JsonElement? SentMetadata(Option<Map<string, MetadataValue>> metadata) =>
        metadata.MatchUnsafe<JsonElement?>(values => JsonElement.Parse(MetadataJson.Write(values)), () => null);

    /// <summary>The whole set is an array here, and part of it an object.</summary>
    private static JsonElement Sent(SecretsChange change) =>
        change switch
        {
            SecretsChange.Whole(var secrets) => JsonSerializer.SerializeToElement(secrets.Select(SecretWire.Of).ToArray(), WireJson.Options),
            SecretsChange.Part part => JsonSerializer.SerializeToElement(SecretsChangeWire.Of(part), WireJson.Options),
            _ => throw new UnreachableException(change.GetType().Name),
        };

    public override string ToString() => nameof(ResourceChangeWire);
}

/// <summary>Source: contract §D.6.</summary>
/// <param name="Partial">Absent where the set is whole.</param>
internal sealed record SecretsChangeWire(SecretWire[] Secrets, bool? Partial)
{
    public static SecretsChangeWire Of(SecretsChange change) =>
        new([.. change.Secrets.Select(SecretWire.Of)], change is SecretsChange.Part ? true : null);
}

/// <summary>Source: contract §D.5 PUT.</summary>
internal sealed record ImportedResourceWire(
    string ProductId,
    string Name,
    string Status,
    string? Ownership,
    JsonElement? Metadata,
    BillingPlanWire? BillingPlan,
    NotificationWire? Notification,
    JsonElement? Extras,
    SecretWire[]? Secrets,
    CustomClaimsWire? CustomClaims)
{
    public static ImportedResourceWire Of(ImportedResource resource) =>
        new(resource.Product.Value,
            resource.Name,
            resource.Status,
            resource.Ownership.MatchUnsafe<string?>(SentOwnership.Of, () => null),
            ResourceChangeWire.SentMetadata(resource.Metadata),
            SentPlan.Of(resource.Plan),
            NotificationWire.Of(resource.Notification),
            resource.Extras.MatchUnsafe<JsonElement?>(extras => extras, () => null),
            resource.Secrets.MatchUnsafe<SecretWire[]?>(secrets => [.. secrets.Select(SecretWire.Of)], () => null),
            CustomClaimsWire.Of(resource.CustomClaims));

    public override string ToString() => nameof(ImportedResourceWire);
}

internal static class SentOwnership
{
    public static string Of(Ownership ownership) =>
        ownership switch
        {
            Ownership.Owned => "owned",
            Ownership.Linked => "linked",
            Ownership.Sandbox => "sandbox",
            _ => throw new UnreachableException(ownership.ToString()),
        };
}
