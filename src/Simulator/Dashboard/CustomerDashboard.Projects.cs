using System.Collections.Immutable;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Secrets;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>What happens between a resource and a project; the provider only hears of it by webhook. Source: contract §E.4.</summary>
internal sealed partial class CustomerDashboard
{
    private static readonly ImmutableList<string> AllEnvironments = ["development", "preview", "production"];

    /// <summary>
    /// Connects a resource to a project. The names that are taken by another resource there are returned, and nothing is
    /// connected: the user solves that with a prefix.
    /// </summary>
    public ImmutableList<string> Connect(
        string installationId, string resourceId, string projectId, string? customPrefix = null,
        ImmutableList<string>? targets = null, bool isSensitive = false)
    {
        var taken = store.Change(state =>
        {
            var now = clock.GetUtcNow();
            var connection = new Connection(projectId, customPrefix, targets ?? AllEnvironments, isSensitive, now);
            return Connected(state, installationId, resourceId, connection, now);
        });
        work.Wake();
        return taken;
    }

    public void Disconnect(string installationId, string resourceId, string projectId)
    {
        store.Change(state =>
        {
            var (installation, resource) = Find(state, installationId, resourceId);
            var gone = resource.Connections.FindAll(connection => connection.ProjectId == projectId);
            return state
                .With(installation.With(resource with { Connections = resource.Connections.RemoveRange(gone) }))
                .Send(gone.Select(connection =>
                    WebhookPayloads.ProjectDisconnected(installation, resource, connection, clock.GetUtcNow())));
        });
        work.Wake();
    }

    /// <summary>The variables of a project in one environment, from the secrets as they are now.</summary>
    public ImmutableList<EnvironmentVariable> Variables(string projectId, string environment) =>
        [.. Variables(store.Current, projectId, environment).OrderBy(variable => variable.Name, StringComparer.Ordinal)];

    private static (VercelState Next, ImmutableList<string> Taken) Connected(
        VercelState state, string installationId, string resourceId, Connection connection, DateTimeOffset now)
    {
        var (installation, resource) = Find(state, installationId, resourceId);
        var project = state.Teams[installation.AccountId].Projects.GetValueOrDefault(connection.ProjectId)
            ?? throw new KeyNotFoundException($"The team has no project {connection.ProjectId}.");

        // Connecting again replaces the choices made before.
        var changed = resource with
        {
            Connections = resource.Connections.RemoveAll(old => old.ProjectId == connection.ProjectId).Add(connection),
        };
        var next = state.With(installation.With(changed));
        ImmutableList<string> taken =
        [
            .. connection.Targets
                .SelectMany(target => Variables(next, project.Id, target).GroupBy(variable => variable.Name, StringComparer.Ordinal))
                .Where(group => group.Skip(1).Any())
                .Select(group => group.Key)
                .Distinct(StringComparer.Ordinal),
        ];
        return taken.IsEmpty
            ? (next.Send(WebhookPayloads.ProjectConnected(installation, changed, project, connection, now)), taken)
            : (state, taken);
    }

    private static IEnumerable<EnvironmentVariable> Variables(VercelState state, string projectId, string environment) =>
        from installation in state.Installations.Values
        from resource in installation.Resources.Values
        from connection in resource.Connections
        where connection.ProjectId == projectId
        from variable in EnvironmentVariables.In(environment, resource, resource.Secrets, connection)
        select variable;

    private static (Installation Installation, Resource Resource) Find(VercelState state, string installationId, string resourceId)
    {
        var installation = state.Installations.GetValueOrDefault(installationId)
            ?? throw new KeyNotFoundException($"There is no installation {installationId}.");
        return (installation, installation.Find(resourceId)
            ?? throw new KeyNotFoundException($"The installation has no resource {resourceId}."));
    }
}
