using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Projects;

namespace Marketplace.Shell.Resources;

/// <summary>A resource as the provider's backend sees it: in a list, and with more that is asked for of one alone. Never with secrets.</summary>
/// <param name="Reason">Why it could not be provisioned.</param>
/// <param name="Fault">What the provider says does not work about it.</param>
/// <param name="SuspendedBy">Everything that keeps it out of service.</param>
/// <param name="BillingPlanId">Its own; absent where its installation's plan covers it, or nothing is billed.</param>
/// <param name="NextBillingPlan">Which begins when the period is over.</param>
/// <param name="ExternalReference">What the provider calls it, where it was imported.</param>
/// <param name="ExternalId">Of a Deploy Button.</param>
/// <param name="Notification">What the provider told; <paramref name="Shown"/> is what the customer reads now, whoever told it.</param>
internal sealed record ListedResourceWire(
    string InstallationId, string Id, string ProductId, string Name, string Status, string? Reason, string? Fault,
    SuspendedByWire[] SuspendedBy,
    string? BillingPlanId, NextPlanWire? NextBillingPlan, JsonElement Metadata, string Ownership, string? ExternalReference, string? ExternalId,
    DateTime CreatedAt, DateTime? UninstalledAt, NotificationWire? Notification, NotificationWire? Shown)
{
    /// <summary>Which use it, the longest connected first.</summary>
    public ProjectWire[]? Projects { get; init; }

    public HeldSecretsWire? Secrets { get; init; }

    public static ListedResourceWire Of(InstallationId installation, Resource resource)
    {
        var facts = resource.Facts;
        using var metadata = JsonDocument.Parse(MetadataJson.Write(facts.Metadata));
        return new ListedResourceWire(
            installation.Value, facts.Id.Value, facts.Product.Value, facts.Name, ResourceStatus.Of(resource), (resource as Resource.Error)?.Reason,
            facts.Fault.OrNull(),
            resource is Resource.Suspended suspended
                ? [.. suspended.Causes.AsEnumerable().Select(cause => new SuspendedByWire(Suspensions.Name(cause.Key), cause.Value))]
                : [],
            facts.Plan.Map(plan => plan.Value).OrNull(),
            facts.NextPlan.MatchUnsafe<NextPlanWire?>(next => new NextPlanWire(next.Plan.Value, next.EffectiveAt), () => null),
            metadata.RootElement.Clone(), Ownerships.NameOf(facts.Ownership), Ownerships.ReferenceOf(facts.Ownership), facts.ExternalId.OrNull(),
            facts.CreatedAt.UtcDateTime, (resource as Resource.Uninstalled)?.UninstalledAt.UtcDateTime,
            NotificationWire.Of(facts.Notices.From(NoticeSource.Provider)),
            resource is Resource.Uninstalled ? null : NotificationWire.Of(resource));
    }

    public static ListedResourceWire Of(
        InstallationId installation, Resource resource, Seq<Core.Projects.ProjectConnection.Connected> projects, HeldSecretsWire secrets) =>
        Of(installation, resource) with
        {
            Projects = resource is Resource.Uninstalled ? [] : [.. projects.Select(ProjectWire.Of)],
            Secrets = secrets,
        };
}

/// <summary>What is known of a resource's secrets, which is not the secrets.</summary>
/// <param name="Names">Empty where the product tells them once, so that none is held here.</param>
/// <param name="Pushed">Those of them that the provider has pushed.</param>
/// <param name="IsWhole">Whether these are all that the customer has.</param>
/// <param name="MintedAt">Those that are in force; absent where there are none.</param>
/// <param name="RotationUnderWay">Whether others are being made.</param>
/// <param name="Former">That still work, the oldest first.</param>
internal sealed record HeldSecretsWire(
    string[] Names, string[] Pushed, bool IsWhole, DateTime? MintedAt, bool RotationUnderWay, FormerSecretsWire[] Former)
{
    public static HeldSecretsWire Of(HeldSecrets held, Seq<SecretGeneration> generations, bool rotationUnderWay) => new(
        NamesOf(held.All), NamesOf(held.Pushed), held.IsWhole,
        generations.OfType<SecretGeneration.Current>().LastOrDefault()?.MintedAt.UtcDateTime, rotationUnderWay,
        [.. generations.OfType<SecretGeneration.Expiring>().Select(former => new FormerSecretsWire(former.MintedAt.UtcDateTime, former.ExpiresAt.UtcDateTime))]);

    private static string[] NamesOf(Seq<Secret> secrets) => [.. secrets.Select(secret => secret.Name).Order(StringComparer.Ordinal)];
}

internal sealed record FormerSecretsWire(DateTime MintedAt, DateTime ExpiresAt);

/// <param name="Cause">non_payment, empty_balance or provider.</param>
internal sealed record SuspendedByWire(string Cause, string Reason);

internal sealed record NextPlanWire(string BillingPlanId, DateTimeOffset EffectiveAt);
