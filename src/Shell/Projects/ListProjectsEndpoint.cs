using Marketplace.Core.Installations;
using Marketplace.Core.Projects;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Projects;

/// <summary>GET /provider/v1/installations/{id}/resources/{rid}/projects: which of the customer's projects use a resource.</summary>
internal static class ListProjectsEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.ResourcesRead, Handle);

    private static async Task<IResult> Handle(
        string installationId, string resourceId, NpgsqlDataSource database, CancellationToken cancel)
    {
        var (installation, id, loads) = (new InstallationId(installationId), new ResourceId(resourceId), new Loads());
        var resource = ResourceRows.Load(loads, installation, id);
        var connected = ProjectConnectionRows.LoadConnected(loads, installation, id);
        await loads.Read(database, cancel);
        return resource.Value switch
        {
            null => ProviderProblems.NotFound($"The installation has no resource {id}."),
            // A customer who removes a resource is not asked to disconnect it first.
            Resource.Uninstalled => TypedResults.Ok(new ProjectsWire([])),
            _ => TypedResults.Ok(new ProjectsWire([.. connected.Value.Select(ProjectWire.Of)])),
        };
    }

    private sealed record ProjectsWire(ProjectWire[] Projects);
}

/// <param name="Name">As it was when the project was connected; absent where Vercel did not say it.</param>
internal sealed record ProjectWire(string Id, string? Name, string[] Targets, DateTimeOffset ConnectedAt)
{
    public static ProjectWire Of(ProjectConnection.Connected connection) =>
        new(connection.Project.Value, connection.Name.OrNull(), [.. connection.Targets], connection.Told.At);
}
