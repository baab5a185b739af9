using System.Text.Json.Nodes;

namespace Marketplace.Integration.Webhooks;

/// <summary>Webhooks as Vercel words them. Source: contract §F.</summary>
internal static class WebhookText
{
    public static string NewId() => $"evt_{Guid.NewGuid():N}";

    /// <param name="payload">Beside what names the installation.</param>
    public static string Of(string type, string installation, DateTimeOffset createdAt, JsonObject payload, string? id = null)
    {
        var whole = (JsonObject)payload.DeepClone();
        whole["configuration"] ??= new JsonObject();
        whole["configuration"]!["id"] = installation;
        whole["installationId"] = installation;
        return new JsonObject
        {
            ["id"] = id ?? NewId(), ["type"] = type, ["createdAt"] = createdAt.ToUnixTimeMilliseconds(), ["region"] = null, ["payload"] = whole,
        }.ToJsonString();
    }

    /// <summary>Delivers these in order, then works them off; and then all of it once more.</summary>
    public static async Task Tell(this Acme acme, params IEnumerable<string> bodies)
    {
        foreach (var body in bodies.Concat(bodies).ToList())
            await acme.TellOnce(body);
    }

    public static async Task TellOnce(this Acme acme, string body)
    {
        Assert.Equal(System.Net.HttpStatusCode.OK, (await acme.Webhook(body)).Status);
        await acme.Work("webhooks");
    }

    /// <summary>Every order of a few.</summary>
    public static IEnumerable<IReadOnlyList<T>> Orders<T>(IReadOnlyList<T> all) =>
        all.Count <= 1 ? [all] : all.SelectMany((one, at) =>
            Orders<T>([.. all.Where((_, other) => other != at)]).Select(IReadOnlyList<T> (rest) => [one, .. rest]));
}
