using System.Text.Json.Nodes;
using Marketplace.Simulator.Experimentation;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Dashboard;

/// <summary>The customer opens a config of his to a provider of flags, or closes it. Source: contract §E.13.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>The provider hears of it by an update of the resource. A config that was opened before is opened again, with its content.</summary>
    public async Task<Exchange> OpenConfig(string installationId, string resourceId, CancellationToken cancel, CallOptions? options = null)
    {
        var (_, resource) = Find(store.Current, installationId, resourceId);
        var config = (resource.GlobalConfig ?? NewConfig(installationId)) with { IsSynced = true };
        var exchange = await UpdateResource(
            installationId, resourceId, new JsonObject { ["protocolSettings"] = ProtocolSettings(config) }, cancel, options);
        if (exchange is { IsSuccess: true, Findings.IsEmpty: true })
        {
            Change(installationId, resourceId, so => so with { GlobalConfig = config });
        }

        return exchange;
    }

    /// <summary>From now on the provider may not push; the content stays.</summary>
    public void CloseConfig(string installationId, string resourceId) => Change(
        installationId, resourceId, so => so with { GlobalConfig = so.GlobalConfig is { } config ? config with { IsSynced = false } : null });

    private GlobalConfig NewConfig(string installationId) => new(
        store.Identify("ecfg", installationId).Id, store.Identify("ecft", installationId).Id, store.Identify("ect", installationId).Id, clock.GetUtcNow());

    private static JsonObject ProtocolSettings(GlobalConfig config) => new()
    {
        ["experimentation"] = new JsonObject { ["edgeConfigId"] = config.Id },
    };

    private void Change(string installationId, string resourceId, Func<Resource, Resource> change) => store.Change(state =>
    {
        var (installation, resource) = Find(state, installationId, resourceId);
        return state.With(installation.With(change(resource)));
    });
}
