using System.Text.Json.Nodes;

namespace Marketplace.Integration;

/// <summary>Bodies of the Partner API that are right; a test bends one thing in them.</summary>
internal static class Requests
{
    public static JsonObject Upsert(string accessToken = "token-of-the-installation", string name = "Blue Whale") => new()
    {
        ["scopes"] = new JsonArray("read-write:marketplace", "read-write:integration-resource"),
        ["acceptedPolicies"] = new JsonObject { ["eula"] = "2027-01-21T09:00:00Z", ["privacy"] = "2027-01-21T09:00:00.000Z" },
        ["credentials"] = new JsonObject { ["access_token"] = accessToken, ["token_type"] = "Bearer" },
        ["account"] = new JsonObject
        {
            ["name"] = name,
            ["url"] = "https://vercel.com/blue-whale",
            ["contact"] = new JsonObject { ["email"] = "team@blue-whale.example", ["name"] = "Blue" },
        },
    };

    public static JsonObject Provision(
        string name = "tool", string? plan = "pro", string product = "acme-tools", JsonObject? metadata = null)
    {
        var body = new JsonObject { ["productId"] = product, ["name"] = name, ["metadata"] = metadata ?? [] };
        return plan is null ? body : body.With("billingPlanId", plan);
    }

    /// <summary>With one value replaced or added; the path has points.</summary>
    public static JsonObject With(this JsonObject body, string path, JsonNode? value)
    {
        var (parent, field) = Find(body, path);
        parent[field] = value;
        return body;
    }

    public static JsonObject Without(this JsonObject body, string path)
    {
        var (parent, field) = Find(body, path);
        Assert.True(parent.Remove(field), $"there is no {path}");
        return body;
    }

    private static (JsonObject Parent, string Field) Find(JsonObject body, string path)
    {
        var names = path.Split('.');
        return (names[..^1].Aggregate(body, (parent, name) => parent[name]!.AsObject()), names[^1]);
    }
}
