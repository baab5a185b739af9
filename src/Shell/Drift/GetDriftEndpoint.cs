using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>GET /provider/v1/installations/{id}/drift: what differs at this moment, asked of Vercel and of the provisioners.</summary>
internal static class GetDriftEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.OutboxRead, Handle);

    private static async Task<IResult> Handle(
        string installationId, ProviderCaller caller, DriftResults results, NpgsqlDataSource database, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderProblems.NotFound($"There is no installation {id}.");

        var summary = new DriftSummary();
        var findings = new List<DriftFinding>();
        await foreach (var finding in results.Of(id, summary, Actor.Of(caller, "drift"), cancel))
            findings.Add(finding);
        return TypedResults.Ok(DriftWire.Of(installationId, summary, findings));
    }
}
