using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Secrets;

/// <summary>Contract D.6.</summary>
internal static class SecretOperations
{
    public static VercelDecision Update(VercelRequest request)
    {
        if (request.Resource is not { } resource)
        {
            return request.UnknownResource();
        }

        return request.Keep(
            request.Installation.With(resource with { Secrets = Updated(resource, request.Body) }), ApiAnswer.Created);
    }

    /// <summary>The deprecated path, which names the product as well.</summary>
    public static VercelDecision UpdateOfProduct(VercelRequest request) =>
        request.Resource is { } resource && resource.ProductId != request.RouteText("productIdOrSlug")
            ? request.UnknownResource()
            : Update(request);

    /// <summary>Secrets come as a list, which replaces the whole set, or in an object that may say <c>partial</c>.</summary>
    public static ImmutableList<Secret> Updated(Resource resource, JsonElement given) =>
        given.ValueKind == JsonValueKind.Array
            ? resource.Secrets.Update(Wire.Read<ImmutableList<Secret>>(given), partial: false)
            : resource.Secrets.Update(
                Wire.Read<ImmutableList<Secret>>(given.GetProperty("secrets")), given.OptionalFlag("partial") ?? false);
}
