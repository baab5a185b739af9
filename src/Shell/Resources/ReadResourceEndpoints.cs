using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Projects;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Resources;

/// <summary>
/// GET /provider/v1/installations/{id}/resources, the newest first, one of them, and GET /provider/v1/resources of everybody: what customers
/// have.
/// </summary>
internal static class ReadResourceEndpoints
{
    public static readonly RequestDelegate ListAnywhere = ProviderEndpoint.Needing(ProviderScopes.ResourcesRead, ListOfAll);

    public static readonly RequestDelegate ListOfInstallation = ProviderEndpoint.Needing(ProviderScopes.ResourcesRead, ListOfOne);

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(ProviderScopes.ResourcesRead, Find);

    private static async Task<IResult> ListOfAll(HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var filter = Filter(asked);
        var page = asked.Page(ByKey.Start, ByKey.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var loads = new Loads();
        var found = ResourceListRows.Anywhere(loads, filter, page.From.Installation, page.From.Resource, page.Look);
        await loads.Read(database, cancel);
        var shown = found.Value.Take(page.Limit).Strict();
        return TypedResults.Ok(new ResourcesWire(
            [.. shown.Select(one => ListedResourceWire.Of(one.Installation, one.Resource))],
            found.Value.Count > page.Limit ? PageCursor.After(shown.Last.Installation.Value, shown.Last.Resource.Id.Value) : null));
    }

    private static async Task<IResult> ListOfOne(
        string installationId, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var filter = Filter(asked);
        var page = asked.Page(NewestFirst.Start, NewestFirst.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        var found = ResourceListRows.Page(loads, id, filter, page.From.At, page.From.Id, page.Look);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderInstallationEndpoints.Unknown(id);

        var shown = found.Value.Take(page.Limit).Strict();
        return TypedResults.Ok(new ResourcesWire(
            [.. shown.Select(one => ListedResourceWire.Of(id, one))],
            found.Value.Count > page.Limit ? NewestFirst.After(shown.Last.Facts.CreatedAt, shown.Last.Id.Value) : null));
    }

    private static async Task<IResult> Find(
        string installationId, string resourceId, NpgsqlDataSource database, SecretBox box, CancellationToken cancel)
    {
        var (installation, id, loads) = (new InstallationId(installationId), new ResourceId(resourceId), new Loads());
        var resource = ResourceRows.Load(loads, installation, id);
        var projects = ProjectConnectionRows.LoadConnected(loads, installation, id);
        var secrets = SecretRows.LoadCurrent(loads, box, installation, id);
        var generations = SecretRows.Load(loads, installation, id);
        var rotation = OperationRows.OpenRotation(loads, installation, id);
        await loads.Read(database, cancel);
        return resource.Value is { } found
            ? TypedResults.Ok(ListedResourceWire.Of(
                installation, found, projects.Value, HeldSecretsWire.Of(secrets.Value, generations.Value, rotation.Value is not null)))
            : ProviderProblems.NotFound($"The installation has no resource {id}.");
    }

    private static ResourceFilter Filter(AskedQuery asked) =>
        new(asked.Text("product"), asked.Text("plan"), asked.Choice("status", [.. ResourceStatus.All]), asked.Text("q"));

    /// <summary>Where a page of everybody's ended.</summary>
    private sealed record ByKey(InstallationId Installation, ResourceId Resource)
    {
        public static readonly ByKey Start = new(new InstallationId(""), new ResourceId(""));

        public static ByKey? Read(string text) =>
            PageCursor.Read(text) is { Parts: [var installation, var resource] } ? new ByKey(new InstallationId(installation), new ResourceId(resource)) : null;
    }

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record ResourcesWire(ListedResourceWire[] Resources, string? NextCursor);
}
