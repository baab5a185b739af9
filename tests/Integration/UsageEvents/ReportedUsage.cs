using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.UsageEvents;

/// <summary>Events as a backend sends them, and what came of them.</summary>
internal static class ReportedUsage
{
    public static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static JsonObject Event(string resource, string metric, JsonNode quantity, DateTimeOffset time, string? id = null) => new()
    {
        ["id"] = id ?? Guid.NewGuid().ToString(),
        ["resource"] = resource,
        ["metric"] = metric,
        ["quantity"] = quantity,
        ["time"] = Text(time),
    };

    public static JsonObject Batch(params JsonObject[] events) => new() { ["events"] = new JsonArray([.. events.Select(one => one.DeepClone())]) };

    public static Task<Answer> Report(this Acme acme, string key, params JsonObject[] events) =>
        acme.Provide(HttpMethod.Post, "/usage/events", key, Batch(events));

    /// <summary>So many accepted, known before, and refused with these codes, in their order.</summary>
    public static JsonNode Counts(this Answer answer, int accepted, int duplicates, params string[] refused)
    {
        var outcome = answer.Is(refused.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.MultiStatus);
        Assert.Equal(
            (accepted + duplicates + refused.Length, accepted, duplicates),
            (outcome["received"]!.GetValue<int>(), outcome["accepted"]!.GetValue<int>(), outcome["duplicates"]!.GetValue<int>()));
        Assert.Equal(refused, outcome["refused"]!.AsArray().Select(one => one!["code"]!.GetValue<string>()));
        return outcome;
    }

    /// <summary>A moment later: what is used at a moment is known when it is over.</summary>
    public static async Task<JsonNode> Billing(this Acme acme, string key, string installation)
    {
        acme.Pass(TimeSpan.FromSeconds(1));
        return (await acme.Provide(HttpMethod.Get, $"/installations/{installation}/billing", key)).Is(HttpStatusCode.OK);
    }

    /// <summary>Of a resource for the period; nothing when the metric is not in the report.</summary>
    public static string? Used(this JsonNode billing, string resource, string metric, string of = "period") =>
        billing["usage"]!.AsArray()
            .SingleOrDefault(one => (string?)one!["resourceId"] == resource && (string?)one["metric"] == metric)?[of]!.GetValue<string>();

    public static JsonNode Line(this JsonNode billing, string resource, string plan, string name) =>
        billing["items"]!.AsArray().Single(
            line => (string?)line!["resourceId"] == resource && (string?)line["planId"] == plan && (string?)line["name"] == name)!;
}
