using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.VercelApi;

/// <summary>A resource as Vercel shows it. Source: contract §D.5.</summary>
/// <param name="Id">Ours, where one is asked for.</param>
/// <param name="PartnerId">The same in the list.</param>
internal sealed record ResourceReadingWire(
    string? Id,
    string? PartnerId,
    string InternalId,
    string Name,
    string ProductId,
    string? Status,
    string? BillingPlanId,
    NotificationWire? Notification,
    JsonElement? Metadata,
    ProtocolSettingsWire? ProtocolSettings)
{
    public VercelResource ToResource(string? id) =>
        new(new ResourceId(id ?? throw new JsonException("A resource has no id.")), InternalId, Name, new ProductId(ProductId), Optional(Status)!)
        {
            Plan = Optional(BillingPlanId).Map(plan => new PlanId(plan!)),
            Notification = Optional(Notification).Map(shown => shown!.ToNotice()),
            Metadata = Metadata is { ValueKind: JsonValueKind.Object } metadata
                ? MetadataJson.ReadSent(metadata).Values
                : Option<Map<string, MetadataValue>>.None,
            Protocols = ProtocolSettings?.ToSettings() ?? Jobs.Vercel.ProtocolSettings.None,
        };
}

internal sealed record ProtocolSettingsWire(ExperimentationSettingsWire? Experimentation, AuthenticationSettingsWire? Authentication)
{
    public ProtocolSettings ToSettings() => new(
        Optional(Experimentation).Map(settings => settings!.ToSettings()),
        (Authentication?.AppUrls ?? []).Select(app => new AppUrl(app.Target, app.Url)).ToSeq().Strict());
}

/// <summary>The config has an old name and a new one. Source: contract §C.6, §D.11.</summary>
internal sealed record ExperimentationSettingsWire(
    string? EdgeConfigId, string? GlobalConfigId, string? EdgeConfigTokenId, bool? EdgeConfigSyncingEnabled, bool? GlobalConfigSyncingEnabled)
{
    public ExperimentationSettings ToSettings() => new(
        Optional(EdgeConfigId)!, Optional(GlobalConfigId)!, Optional(EdgeConfigTokenId)!,
        GlobalConfigSyncingEnabled ?? EdgeConfigSyncingEnabled ?? false);
}

internal sealed record AuthenticationSettingsWire(AppUrlWire[]? AppUrls);

internal sealed record AppUrlWire(string Target, string Url);
