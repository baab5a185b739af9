using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Experimentation;

/// <summary>Contract D.11, the items. To create one that is there already replaces it: a call may come twice.</summary>
internal static class ExperimentationOperations
{
    public static VercelDecision Create(VercelRequest request)
    {
        if (request.Resource is not { } resource)
        {
            return request.UnknownResource();
        }

        var items = Wire.Read<ImmutableList<ExperimentationItem>>(request.Body.GetProperty("items"));
        if (items.FindIndex(item => items.Find(other => other.Id == item.Id) != item) is >= 0 and var twice)
        {
            return request.Answer(ApiAnswer.BadRequest($"items[{twice}].id: appears twice"));
        }

        return Keep(request, resource with
        {
            ExperimentationItems = resource.ExperimentationItems.SetItems(items.Select(item => KeyValuePair.Create(item.Id, item))),
        });
    }

    public static VercelDecision Update(VercelRequest request)
    {
        if (request.Resource is not { } resource)
        {
            return request.UnknownResource();
        }

        if (!resource.ExperimentationItems.TryGetValue(request.RouteText("itemId"), out var item))
        {
            return UnknownItem(request);
        }

        var body = request.Body;
        var updated = item with
        {
            Slug = body.GetProperty("slug").GetString()!,
            Origin = body.GetProperty("origin").GetString()!,
            Category = body.OptionalText("category") ?? item.Category,
            Name = body.OptionalText("name") ?? item.Name,
            Description = body.OptionalText("description") ?? item.Description,
            IsArchived = body.OptionalFlag("isArchived") ?? item.IsArchived,
            CreatedAt = Number(body, "createdAt") ?? item.CreatedAt,
            UpdatedAt = Number(body, "updatedAt") ?? item.UpdatedAt,
        };
        return Keep(request, resource with { ExperimentationItems = resource.ExperimentationItems.SetItem(item.Id, updated) });
    }

    public static VercelDecision Delete(VercelRequest request)
    {
        if (request.Resource is not { } resource)
        {
            return request.UnknownResource();
        }

        return resource.ExperimentationItems.ContainsKey(request.RouteText("itemId"))
            ? Keep(request, resource with { ExperimentationItems = resource.ExperimentationItems.Remove(request.RouteText("itemId")) })
            : UnknownItem(request);
    }

    private static VercelDecision Keep(VercelRequest request, Resource resource) =>
        request.Keep(request.Installation.With(resource), ApiAnswer.NoContent);

    private static VercelDecision UnknownItem(VercelRequest request) =>
        request.Answer(ApiAnswer.NotFound($"The resource has no item {request.RouteText("itemId")}."));

    private static decimal? Number(JsonElement body, string name) => body.Optional(name)?.GetDecimal();
}
