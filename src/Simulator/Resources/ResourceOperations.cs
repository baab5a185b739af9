using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Resources;

/// <summary>Contract D.5.</summary>
internal static class ResourceOperations
{
    public static VercelDecision List(VercelRequest request) =>
        request.Answer(ApiAnswer.Ok(new JsonObject
        {
            ["resources"] = new JsonArray(
            [
                .. request.Installation.Resources.Values
                    .Where(resource => resource.DeletedAt is null)
                    .Select(resource => Write(resource, idName: "partnerId")),
            ]),
        }));

    public static VercelDecision Read(VercelRequest request) =>
        request.Resource is { } resource
            ? request.Answer(ApiAnswer.Ok(Write(resource, idName: "id")))
            : request.UnknownResource();

    /// <summary>Creates the resource on Vercel's side, or updates the one that is there.</summary>
    public static VercelDecision Import(VercelRequest request)
    {
        var body = request.Body;
        var productId = body.GetProperty("productId").GetString()!;
        if (request.Resource is { } known && known.ProductId != productId)
        {
            return request.Answer(ApiAnswer.Conflict($"The resource belongs to the product {known.ProductId}."));
        }

        if (InvalidClaims(body) is { } invalid)
        {
            return request.Answer(invalid);
        }

        if (Impossible(request.Resource, body) is { } impossible)
        {
            return request.Answer(impossible);
        }

        if (request.Resource is not { } resource)
        {
            var name = body.GetProperty("name").GetString()!;
            (request, var identity) = request.Identify("ir", request.Installation.Id, name);
            resource = new Resource
            {
                Id = request.RouteText("resourceId"),
                InternalId = identity.Id,
                ProductId = productId,
                Name = name,
                Status = body.GetProperty("status").GetString()!,
                CreatedAt = request.Now,
            };
        }

        return Keep(request, Updated(resource, body, request.Now) with { ImportedAt = request.Now });
    }

    public static VercelDecision Update(VercelRequest request)
    {
        if (request.Resource is not { } resource)
        {
            return request.UnknownResource();
        }

        return (InvalidClaims(request.Body) ?? Impossible(resource, request.Body)) is { } invalid
            ? request.Answer(invalid)
            : Keep(request, Updated(resource, request.Body, request.Now));
    }

    public static VercelDecision Delete(VercelRequest request) =>
        request.Resource is { } resource
            ? request.Keep(request.Installation.With(resource.Delete(request.Now)), ApiAnswer.NoContent)
            : request.UnknownResource();

    private static VercelDecision Keep(VercelRequest request, Resource resource) =>
        request.Keep(request.Installation.With(resource), ApiAnswer.Ok(new JsonObject { ["name"] = resource.Name }));

    private static Resource Updated(Resource resource, JsonElement body, DateTimeOffset now)
    {
        resource = resource with
        {
            Name = body.OptionalText("name") ?? resource.Name,
            Status = body.OptionalText("status") ?? resource.Status,
            Ownership = body.OptionalText("ownership") ?? resource.Ownership,
            Metadata = body.Optional("metadata") ?? resource.Metadata,
            Notification = body.TryGetProperty("notification", out _) ? body.Optional("notification") : resource.Notification,
            Extras = body.Optional("extras") ?? resource.Extras,
            CustomClaims = body.Optional("customClaims") ?? resource.CustomClaims,
            Secrets = body.Optional("secrets") is { } secrets ? SecretOperations.Updated(resource, secrets) : resource.Secrets,
        };
        return body.Optional("billingPlan") is { } plan ? resource.On(plan, now) : resource;
    }

    /// <summary>
    /// What is billed here cannot become the provider's own again, and what is his cannot be billed here; only a sandbox becomes something
    /// else, when it is claimed.
    /// </summary>
    private static ApiAnswer? Impossible(Resource? known, JsonElement body) =>
        known is not null && body.OptionalText("ownership") is { } given && given != known.Ownership && known.Ownership != "sandbox"
            ? ApiAnswer.Refusal(
                StatusCodes.Status422UnprocessableEntity, "unprocessable_entity", $"ownership: the resource is {known.Ownership}, and cannot become {given}")
            : null;

    /// <summary>Roles need a default.</summary>
    private static ApiAnswer? InvalidClaims(JsonElement body) =>
        body.Optional("customClaims") is { } claims
        && claims.TryGetProperty("roles", out _) && !claims.TryGetProperty("defaultRole", out _)
            ? ApiAnswer.BadRequest("customClaims.defaultRole: is missing, and required with roles")
            : null;

    private static JsonObject Write(Resource resource, string idName)
    {
        var json = new JsonObject
        {
            [idName] = resource.Id,
            ["internalId"] = resource.InternalId,
            ["name"] = resource.Name,
            ["productId"] = resource.ProductId,
            ["status"] = resource.Status,
        };
        if (resource.GlobalConfig is { } config)
        {
            var experimentation = new JsonObject { ["edgeConfigId"] = config.Id, ["globalConfigId"] = config.Id };
            if (idName == "partnerId")
            {
                experimentation["edgeConfigSyncingEnabled"] = config.IsSynced;
                experimentation["globalConfigSyncingEnabled"] = config.IsSynced;
                experimentation["edgeConfigTokenId"] = config.TokenId;
            }

            json["protocolSettings"] = new JsonObject { ["experimentation"] = experimentation };
        }

        Add("notification", resource.Notification);
        Add("metadata", resource.Metadata);
        if (resource.BillingPlanId is { } planId)
        {
            json["billingPlanId"] = planId;
        }

        return json;

        void Add(string name, JsonElement? value)
        {
            if (value is { } given)
            {
                json[name] = JsonNode.Parse(given.GetRawText());
            }
        }
    }
}
