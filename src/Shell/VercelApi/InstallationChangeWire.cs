using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.VercelApi;

/// <summary>What is absent stays as it is. Source: contract §D.1.</summary>
internal sealed record InstallationChangeWire(string? Status, string? ExternalId, BillingPlanWire? BillingPlan, JsonElement? Notification)
{
    public static InstallationChangeWire Of(InstallationChange change) =>
        new(change.Status.OrNull(), change.ExternalId.OrNull(), SentPlan.Of(change.Plan), SentNotification.Of(change.Notification));
}

internal static class SentPlan
{
    public static BillingPlanWire? Of(Option<PlanOffer> plan) => plan.MatchUnsafe<BillingPlanWire?>(BillingPlanWire.Of, () => null);
}

/// <summary>The one field in which null is something else than nothing: it clears what is shown. Source: contract §C.4.</summary>
internal static class SentNotification
{
    private static readonly JsonElement Cleared = JsonSerializer.SerializeToElement<object?>(null);

    public static JsonElement? Of(Option<NoticeChange> change) => change.MatchUnsafe<JsonElement?>(to => Of(to), () => null);

    public static JsonElement Of(NoticeChange change) =>
        change switch
        {
            NoticeChange.Show(var notice) => Of(NotificationWire.Of(notice)),
            NoticeChange.TakeAway => Cleared,
            _ => throw new UnreachableException(change.GetType().Name),
        };

    public static JsonElement Of(NotificationWire? notification) =>
        notification is null ? Cleared : JsonSerializer.SerializeToElement(notification, WireJson.Options);
}
