using System.Collections.Frozen;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Webhooks;

/// <summary>What each type of webhook means here. One that is not named is kept, and has no effect. Source: the table of contract §F.</summary>
internal sealed class WebhookEffects(Fulfilment fulfilment)
{
    private readonly FrozenDictionary<string, WebhookEffect> byType = new Dictionary<string, WebhookEffect>(StringComparer.Ordinal)
    {
        ["marketplace.invoice.created"] = InvoiceWebhooks.Look,
        ["marketplace.invoice.paid"] = InvoiceWebhooks.Look,
        ["marketplace.invoice.notpaid"] = InvoiceWebhooks.Look,
        ["marketplace.invoice.overdue"] = InvoiceWebhooks.Look,
        ["marketplace.invoice.refunded"] = InvoiceWebhooks.Look,
        ["marketplace.member.changed"] = MemberWebhooks.Look,
        ["integration-resource.project-connected"] = ProjectWebhooks.Connected(fulfilment),
        ["integration-resource.project-disconnected"] = ProjectWebhooks.LookDisconnected,
        ["integration-configuration.removed"] = ConfigurationWebhooks.Removed(fulfilment),
        ["integration-configuration.transferred"] = ConfigurationWebhooks.LookTransferred,
        ["integration-configuration.scope-change-confirmed"] = ConfigurationWebhooks.LookScopes,
        ["integration-configuration.permission-upgraded"] = ConfigurationWebhooks.LookPermission,
        ["deployment.integration.action.start"] = DeploymentActionWebhooks.Start,
        ["deployment.integration.action.cancel"] = DeploymentActionWebhooks.Cancel,
        ["deployment.integration.action.cleanup"] = DeploymentActionWebhooks.CleanUp,
        ["deployment.checkrun.start"] = CheckRunWebhooks.Start,
        ["deployment.checkrun.cancel"] = CheckRunWebhooks.Cancel,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null where the type has none.</summary>
    public WebhookEffect? Of(string type) => byType.GetValueOrDefault(type);
}
