using Marketplace.Core.Resources;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Checks;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Transfers;

namespace Marketplace.Shell.Webhooks;

/// <summary>Deployments that want a check. The check is the worker's. Source: contract §F, <c>deployment.checkrun.*</c>, §D.13.</summary>
internal static class CheckRunWebhooks
{
    public static readonly WebhookEffect Start = Asking(CheckRunRows.Begin);

    public static readonly WebhookEffect Cancel = Asking(CheckRunRows.Cancel);

    /// <summary>What Vercel waits for a run when nobody says how long.</summary>
    private static readonly TimeSpan TimeoutUnlessSaid = TimeSpan.FromMinutes(5);

    private delegate void Write(
        Writes writes, Core.Installations.InstallationId installation, string run, ResourceId resource, string deployment, DateTimeOffset deadline);

    private static WebhookEffect Asking(Write write) => (loads, webhook, now) =>
    {
        var (told, payload) = WebhookBody<PayloadWire>.Read(webhook);
        var run = payload.CheckRun;
        if (run.Source?.ExternalResourceId is not { } resourceId)
            return _ => new WebhookEnd.Closed("the check is of no resource of ours");

        var id = new ResourceId(resourceId);
        var installation = InstallationRows.LoadForUpdate(loads, webhook.Installation);
        var resource = ResourceRows.Load(loads, webhook.Installation, id);
        var destination = TransferRows.Destination(loads, webhook.Installation, id);
        return writes =>
        {
            if (installation.Value is null)
                return WebhookEnd.NoInstallation;
            if (resource.Value is null)
                return WebhookEnd.NoResource;
            if (resource.Value is Resource.Uninstalled && destination.Value.Case is LanguageExt.SomeCase<Core.Installations.InstallationId>(var to))
                return WebhookEnd.Forwarded(writes, webhook, to, now);

            var patience = run.Timeout is > 0 and var milliseconds ? TimeSpan.FromMilliseconds((double)milliseconds) : TimeoutUnlessSaid;
            write(writes, webhook.Installation, run.Id, id, run.DeploymentId, told.At + patience);
            return WebhookEnd.Done;
        };
    };

    private sealed record PayloadWire(RunWire CheckRun);

    /// <param name="Timeout">In milliseconds.</param>
    private sealed record RunWire(string Id, string DeploymentId, SourceWire? Source = null, decimal? Timeout = null);

    /// <param name="ExternalResourceId">Our own id of the resource.</param>
    private sealed record SourceWire(string? ExternalResourceId = null);
}
