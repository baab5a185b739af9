using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Floor;

/// <summary>The plans of each product of the catalogue, ready to be sent.</summary>
internal static class ProductPlans
{
    public static async Task<IReadOnlyDictionary<string, byte[]>> Read(string catalogue)
    {
        await using var file = File.OpenRead(catalogue);
        var json = await JsonNode.ParseAsync(file);
        return json!["products"]!.AsArray().ToDictionary(
            product => $"/v1/products/{product!["id"]}/plans",
            product => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["plans"] = product!["plans"]!.DeepClone() }));
    }
}
