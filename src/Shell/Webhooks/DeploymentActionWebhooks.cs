using Marketplace.Core;
using Marketplace.Core.Deployments;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Deployments;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Transfers;

namespace Marketplace.Shell.Webhooks;

/// <summary>What deployments want of a resource. The work is the worker's. Source: contract §E.15, §F, <c>deployment.integration.action.*</c>.</summary>
internal static class DeploymentActionWebhooks
{
    public static readonly WebhookEffect Start = Asking(_ => new DeploymentActionCommand.Start());

    public static readonly WebhookEffect Cancel = Asking(_ => new DeploymentActionCommand.Cancel());

    public static readonly WebhookEffect CleanUp = Asking(told => new DeploymentActionCommand.CleanUp(told.At));

    private static WebhookEffect Asking(Func<Told, DeploymentActionCommand> command) => (loads, webhook, now) =>
    {
        var (told, payload) = WebhookBody<PayloadWire>.Read(webhook);
        var id = new DeploymentActionId(payload.Deployment.Id, new ResourceId(payload.ResourceId), payload.Action);
        var installation = InstallationRows.LoadForUpdate(loads, webhook.Installation);
        var resource = ResourceRows.Load(loads, webhook.Installation, id.Resource);
        var destination = TransferRows.Destination(loads, webhook.Installation, id.Resource);
        var current = DeploymentActionRows.Load(loads, webhook.Installation, id);
        return writes => (installation.Value, resource.Value) switch
        {
            (null, _) => WebhookEnd.NoInstallation,
            (_, null) => WebhookEnd.NoResource,
            (_, Resource.Uninstalled) when destination.Value.Case is LanguageExt.SomeCase<Core.Installations.InstallationId>(var to) =>
                WebhookEnd.Forwarded(writes, webhook, to, now),
            _ => Ask(writes, webhook, id, current.Value, command(told), now),
        };
    };

    private static WebhookEnd Ask(
        Writes writes, ClaimedWebhook webhook, DeploymentActionId id, DeploymentAction? current, DeploymentActionCommand command, DateTimeOffset now)
    {
        var transition = current is null
            ? DeploymentActionTransitions.First(id, command, now)
            : DeploymentActionTransitions.Apply(current, command, now);
        DeploymentActionStore.Write(writes, webhook.Installation, transition, Actor.Worker($"webhook {webhook.Id}"), now);
        return WebhookEnd.Done;
    }

    /// <param name="ResourceId">Our own id of it.</param>
    /// <param name="Action">The slug.</param>
    private sealed record PayloadWire(string ResourceId, string Action, DeploymentWire Deployment);

    private sealed record DeploymentWire(string Id);
}
