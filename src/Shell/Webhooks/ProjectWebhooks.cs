using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Projects;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Checks;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Projects;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Transfers;

namespace Marketplace.Shell.Webhooks;

/// <summary>Which projects use a resource. Source: contract §F, <c>integration-resource.project-connected</c> and <c>-disconnected</c>.</summary>
internal static class ProjectWebhooks
{
    public static WebhookEffect Connected(Fulfilment fulfilment) => (loads, webhook, now) =>
    {
        var (told, payload) = WebhookBody<PayloadWire>.Read(webhook);
        return Look(
            loads, webhook, payload,
            new ProjectConnection.Connected(
                payload.Connected, Prelude.Optional(payload.Project?.Name)!, (payload.Targets ?? []).ToSeq().Strict(), told),
            (writes, resource) => WantChecks(writes, fulfilment.Catalogue, webhook.Installation, resource, payload.Connected), now);
    };

    public static Func<Writes, WebhookEnd> LookDisconnected(Loads loads, ClaimedWebhook webhook, DateTimeOffset now)
    {
        var (told, payload) = WebhookBody<PayloadWire>.Read(webhook);
        return Look(loads, webhook, payload, new ProjectConnection.Disconnected(payload.Connected, told), (_, _) => { }, now);
    }

    private static Func<Writes, WebhookEnd> Look(
        Loads loads, ClaimedWebhook webhook, PayloadWire payload, ProjectConnection told, Action<Writes, Resource> follow, DateTimeOffset now)
    {
        var (id, resourceId) = (webhook.Installation, new ResourceId(payload.ResourceId));
        var installation = InstallationRows.LoadForUpdate(loads, id);
        var resource = ResourceRows.Load(loads, id, resourceId);
        var destination = TransferRows.Destination(loads, id, resourceId);
        var known = ProjectConnectionRows.Load(loads, id, resourceId, told.Project);
        return writes => (installation.Value, resource.Value) switch
        {
            (null, _) => WebhookEnd.NoInstallation,
            (_, null) => WebhookEnd.NoResource,
            // It has changed hands since, and its projects with it: whoever has it now hears this.
            (_, Resource.Uninstalled) when destination.Value.Case is SomeCase<InstallationId>(var to) => WebhookEnd.Forwarded(writes, webhook, to, now),
            (_, { } it) => Hear(writes, id, it, Prelude.Optional(known.Value)!, told, follow),
        };
    }

    private static WebhookEnd Hear(
        Writes writes, InstallationId installation, Resource resource, Option<ProjectConnection> known, ProjectConnection told,
        Action<Writes, Resource> follow)
    {
        if (ProjectConnection.Heard(known, told) != told)
            return WebhookEnd.Outdated;

        ProjectConnectionRows.Save(writes, installation, resource.Id, told);
        follow(writes, resource);
        EventRows.Append(
            writes, installation, resource.Id, told.Told.At, $"resource.Project{told.GetType().Name}",
            Actor.Worker($"webhook {told.Told.Webhook}"), new { project = told.Project.Value });
        ProviderEventRows.Append(writes, installation, told.Told.At, NewsOf(resource.Id, told));
        return WebhookEnd.Done;
    }

    private static ProviderEvent NewsOf(ResourceId resource, ProjectConnection told) =>
        told switch
        {
            ProjectConnection.Connected => new ProviderEvent.ProjectConnected(resource, told.Project),
            ProjectConnection.Disconnected => new ProviderEvent.ProjectDisconnected(resource, told.Project),
            _ => throw new UnreachableException(told.GetType().Name),
        };

    /// <summary>Each deployment of the project is checked from now on, as the catalogue says of the product.</summary>
    private static void WantChecks(Writes writes, Catalogue catalogue, InstallationId installation, Resource resource, ProjectId project)
    {
        foreach (var check in catalogue.Product(resource.Facts.Product).Map(product => product.Checks).IfNone(Seq<ProductCheck>.Empty))
            ProjectCheckRows.Want(writes, installation, resource.Id, project, check.Slug);
    }

    /// <param name="ResourceId">Our own id of it.</param>
    private sealed record PayloadWire(string ResourceId, ProjectWire? Project = null, string? ProjectId = null, string[]? Targets = null)
    {
        /// <summary>Both names are used for the same value.</summary>
        public ProjectId Connected => new(Project?.Id ?? ProjectId ?? throw new JsonException("It names no project."));
    }

    private sealed record ProjectWire(string Id, string? Name = null);
}
