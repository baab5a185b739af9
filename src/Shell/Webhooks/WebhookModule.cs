using Carter;

namespace Marketplace.Shell.Webhooks;

/// <summary>What Vercel tells us by itself. Source: contract §F.</summary>
internal sealed class WebhookModule : CarterModule
{
    public WebhookModule() => Post("/webhooks/vercel", WebhookEndpoint.Route);
}
