using System.Collections.Immutable;
using System.Globalization;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Plans;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Pages.Resources;

/// <summary>A resource as its customer sees it: how it is, what it used, its secrets, and the projects that have them.</summary>
internal sealed class ResourcePages(PageSources sources)
{
    private const string Every = "*";

    private static readonly ConnectView NothingFilledIn = new(
        Prefix: null, ["production", "preview", "development"], OtherTargets: null, IsSensitive: false, Error: null);

    /// <summary>Vercel asks the provider how the resource is before it shows it. Source: contract §B.2.</summary>
    public async Task<Shown> Show(Visit visit)
    {
        var (installation, resource) = Found(visit);
        var asked = sources.Vercel.Provider is null || installation.Stage == InstallationStage.Finalized
            ? null
            : await sources.Hand.GetResource(installation.Id, resource.Id, visit.Cancel);
        return Overview(visit, NothingFilledIn, chosen: null, asked);
    }

    public async Task<Outcome> Rotate(Visit visit)
    {
        var (installation, resource) = Found(visit);
        var delay = visit.Field("delayHours") is { } text
            ? double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours <= 720
                ? hours
                : throw new ArgumentException("delayHours: must be a number from 0 to 720", nameof(visit))
            : (double?)null;
        var exchange = await sources.Hand.Rotate(
            installation.Id, resource.Id, delay, visit.Cancel, sources.Actor(installation), visit.Field("reason"));
        return Outcome.After(
            PagePaths.Resource(installation.Id, resource.Id),
            exchange.Json?.OptionalFlag("sync") == true
                ? "New secrets are here. Connected projects have them."
                : "The provider makes new secrets, and will send them by itself.",
            exchange);
    }

    public Outcome Connect(Visit visit)
    {
        var (installation, resource) = Found(visit);
        var (projectId, prefix, other) = (visit.Required("projectId"), visit.Field("prefix"), visit.Field("otherTargets"));
        var (known, isSensitive) = (visit.Fields("targets"), visit.IsOn("sensitive"));
        ImmutableList<string> targets =
            [.. known, .. (other ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        var taken = targets.IsEmpty ? [] : sources.Hand.Connect(installation.Id, resource.Id, projectId, prefix, targets, isSensitive);
        var error = targets.IsEmpty ? "Choose an environment."
            : taken.IsEmpty ? null
            : $"The project has these variables already; choose a prefix: {string.Join(", ", taken)}";
        return error is null
            ? Outcome.Done(
                PagePaths.Resource(installation.Id, resource.Id) + "#projects",
                $"{ProjectName(installation, projectId)} has the secrets as environment variables. The provider hears of it by webhook.")
            : new Outcome.Again(Overview(
                visit, new ConnectView(prefix, known, other, isSensitive, error), projectId, asked: null, StatusCodes.Status422UnprocessableEntity));
    }

    public Outcome Disconnect(Visit visit)
    {
        var (installation, resource) = Found(visit);
        var projectId = visit.Required("projectId");
        sources.Hand.Disconnect(installation.Id, resource.Id, projectId);
        var back = visit.Field("from") == "project" ? PagePaths.Project(projectId) : PagePaths.Resource(installation.Id, resource.Id) + "#projects";
        return Outcome.Done(back, $"{ProjectName(installation, projectId)} is disconnected. The provider hears of it by webhook.");
    }

    private Shown Overview(Visit visit, ConnectView connect, string? chosen, Exchange? asked, int status = StatusCodes.Status200OK)
    {
        var (installation, resource) = Found(visit);
        var connected = resource.Connections.Select(connection => connection.ProjectId).ToHashSet(StringComparer.Ordinal);
        return Shown.Of<ResourcePage>(
            new ResourceView(
                ResourceHeads.Of(sources, installation, resource, ResourceHeads.Overview, asked), UsageCharts.Of(installation, resource.Id),
                resource.Secrets.ConvertAll(secret => Row(secret, visit.Query("reveal"))),
                resource.Connections.ConvertAll(connection => Row(installation, connection)),
                [.. from project in sources.TeamOf(installation).Projects.Values
                    where !connected.Contains(project.Id)
                    select new ProjectChoice(project.Id, project.Name, project.Id == chosen)],
                connect, resource.BillingPlan is { } plan ? OfferedPlans.Of(plan).Name : "Plan of the installation", resource.CreatedAt, resource.InternalId,
                resource.Ownership),
            status);
    }

    private (Installation Installation, Resource Resource) Found(Visit visit) => sources.Resource(visit);

    private static SecretRow Row(Secret secret, string? revealed) => new(
        secret.Name, secret.Prefix, revealed == Every || revealed == secret.Name ? secret.Value : null,
        [.. secret.EnvironmentOverrides?.Keys ?? []]);

    private ConnectionRow Row(Installation installation, Connection connection) => new(
        connection.ProjectId, ProjectName(installation, connection.ProjectId), PagePaths.Project(connection.ProjectId), connection.CustomPrefix,
        string.Join(", ", connection.Targets), connection.IsSensitive);

    private string ProjectName(Installation installation, string projectId) =>
        sources.TeamOf(installation).Projects.GetValueOrDefault(projectId)?.Name ?? projectId;
}
