using System.Text.Json.Nodes;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Products;

/// <summary>
/// What somebody enters in Vercel's Integration Console for this server and its catalogue, in the form that the simulator reads:
/// docs/simulator.md. The client secret is not in it.
/// </summary>
internal static class ConsoleSettings
{
    /// <param name="configuration">Of which what is missing is left out: the catalogue alone says what is sold.</param>
    public static JsonObject Of(CatalogSettings file, IConfiguration configuration)
    {
        var settings = new JsonObject();
        Add(settings, "integrationId", configuration["Vercel:IntegrationId"]);
        Add(settings, "slug", configuration["Vercel:Slug"]);
        if (configuration["PublicUrl"]?.TrimEnd('/') is { Length: > 0 } address)
        {
            settings["baseUrl"] = address;
            settings["webhookUrl"] = $"{address}/webhooks/vercel";
            settings["redirectLoginUrl"] = $"{address}/sso/callback";
            settings["signOnStart"] = address + "/sso/{{installationId}}";
            settings["redirectUrl"] = $"{address}/connect/callback";
            Add(settings, "importResourceUrl", file.Catalogue.Products.Exists(product => product.IsImportable) ? $"{address}/import" : null);
        }

        var written = JsonNode.Parse(file.Text)!["products"]!.AsArray();
        settings["products"] = new JsonArray([.. file.Catalogue.Products.Map(product =>
            Of(product, written.First(one => (string?)one!["id"] == product.Id.Value)!["metadata"]))]);
        return settings;
    }

    /// <param name="metadata">As it is written in the catalogue, which is what the console takes.</param>
    private static JsonObject Of(Product product, JsonNode? metadata)
    {
        var one = new JsonObject
        {
            ["id"] = product.Id.Value,
            ["name"] = product.Name,
            ["protocols"] = new JsonArray([.. Protocols(product).Select(name => JsonValue.Create(name))]),
            ["actions"] = new JsonArray([.. product.DeploymentActions.Map(action => JsonValue.Create(action.Slug))]),
        };
        if (metadata is not null)
            one["metadataSchema"] = metadata.DeepClone();
        // Whatever else is made, only its provider knows what its secrets open.
        if (product.Provisioner == "postgres")
            one["secretProbe"] = new JsonObject { ["postgres"] = "{{DATABASE_URL}}" };
        return one;
    }

    private static IEnumerable<string> Protocols(Product product)
    {
        if (product.Repl.IsSome)
            yield return "storage";
        if (product.Experimentation.IsSome)
            yield return "experimentation";
        if (!product.Checks.IsEmpty)
            yield return "checks";
    }

    private static void Add(JsonObject settings, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            settings[name] = value;
    }
}
