using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Imports;

/// <summary>
/// The end of an import: what the browser comes back with must be there by then. Nobody but the browser sees the refusal, so that each is
/// a finding as well. Source: contract §E.10.
/// </summary>
internal static class ImportReturn
{
    public const string Path = "/import/return";

    public static (VercelState Next, ApiAnswer Answer) Decide(
        VercelState state, string? stateText, string? installationId, string? resourceId, DateTimeOffset now)
    {
        if (state.Imports.Find(visit => visit.State == stateText) is not { } visit)
        {
            return Wrong(state, installationId, "state: is not known", now);
        }

        if (Refusal(state, visit, installationId, resourceId, now) is { } refusal)
        {
            return Wrong(state, visit.InstallationId, refusal, now);
        }

        var returned = state with { Imports = state.Imports.Replace(visit, visit with { ReturnedAt = now, ResourceId = resourceId }) };
        return (returned, ApiAnswer.Ok(new JsonObject { ["installationId"] = visit.InstallationId, ["resourceId"] = resourceId, ["imported"] = true }));
    }

    private static string? Refusal(VercelState state, ImportVisit visit, string? installationId, string? resourceId, DateTimeOffset now)
    {
        if (visit.ReturnedAt is not null)
        {
            return "state: was used already";
        }

        if (visit.IsExpiredAt(now))
        {
            return "state: has expired";
        }

        if (installationId != visit.InstallationId)
        {
            return "installation_id: is not the installation that the import began with";
        }

        if (resourceId is null || state.Installations[visit.InstallationId].Find(resourceId) is not { } resource)
        {
            return $"resource_id: the resource {resourceId} was not imported before the browser came back";
        }

        return NotImported(visit, resource);
    }

    private static string? NotImported(ImportVisit visit, Resource resource)
    {
        if (resource.ImportedAt is null || resource.ImportedAt < visit.BegunAt)
        {
            return $"resource_id: the resource {resource.Id} was not imported since the customer left";
        }

        return visit.ProductId is { } productId && resource.ProductId != productId
            ? $"resource_id: the resource {resource.Id} is of the product {resource.ProductId}, not {productId}"
            : null;
    }

    private static (VercelState, ApiAnswer) Wrong(VercelState state, string? installationId, string reason, DateTimeOffset now) =>
        (state.Add(new Finding(now, $"Import into {installationId}", reason)), ApiAnswer.BadRequest(reason));
}
