using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Simulator;

/// <summary>A provider with just enough of a Partner API to see what Vercel's side does to one.</summary>
internal sealed class TinyProvider : IAsyncDisposable
{
    private readonly WebApplication host;
    private int resources;

    private TinyProvider(WebApplication host) => this.host = host;

    public ConcurrentQueue<(string Method, string Path, string Auth, string? IdempotencyKey, string Body)> Requests { get; } = new();

    /// <summary>The bearer tokens of the requests, in their order.</summary>
    public ConcurrentQueue<string> Tokens { get; } = new();

    public ConcurrentQueue<(string? Signature, string Body)> Webhooks { get; } = new();

    public Uri BaseUrl => new(host.Urls.First());

    public Uri WebhookUrl => new(BaseUrl, "/webhooks");

    /// <summary>What webhooks are answered with.</summary>
    public int WebhookStatus { get; set; } = 200;

    /// <summary>Bends the answer to a provision.</summary>
    public Action<JsonObject> Bend { get; set; } = _ => { };

    /// <summary>Bends the answer to an update.</summary>
    public Action<JsonObject> BendUpdate { get; set; } = _ => { };

    /// <summary>What a provision and an update are refused with; nothing when they are taken.</summary>
    public JsonObject? Refusal { get; set; }

    /// <summary>What it sells, by the query with which it is asked.</summary>
    public Func<string, JsonArray> Plans { get; set; } = _ => new JsonArray(Plan("pro"), Plan("prepaid"));

    public string ResourceName { get; set; } = "db";

    /// <summary>What whoever is offered a transfer is told of it.</summary>
    public JsonObject Verified { get; set; } = [];

    public JsonObject DeleteAnswer { get; set; } = [];

    public static async Task<TinyProvider> Start(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var provider = new TinyProvider(builder.Build());
        provider.host.Run(provider.Answer);
        await provider.host.StartAsync(cancel);
        return provider;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task Answer(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var path = http.Request.Path.Value!;
        if (path == "/webhooks")
        {
            Webhooks.Enqueue((http.Request.Headers["x-vercel-signature"], body));
            http.Response.StatusCode = WebhookStatus;
            return;
        }

        Requests.Enqueue((
            http.Request.Method, path, http.Request.Headers["X-Vercel-Auth"].ToString(), http.Request.Headers["Idempotency-Key"], body));
        Tokens.Enqueue(http.Request.Headers.Authorization.ToString()["Bearer ".Length..]);
        switch (http.Request.Method, path.Split('/').Length)
        {
            case ("PUT", 4):
                await http.Response.WriteAsJsonAsync(new JsonObject());
                break;
            case ("DELETE", 4):
                await http.Response.WriteAsJsonAsync(DeleteAnswer);
                break;
            case ("DELETE", 6):
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("POST", 5) when path.EndsWith("/resource-transfer-requests", StringComparison.Ordinal):
                await http.Response.WriteAsJsonAsync(new JsonObject { ["providerClaimId"] = "claim" });
                break;
            case ("GET", 7) when path.EndsWith("/verify", StringComparison.Ordinal):
                await http.Response.WriteAsJsonAsync(Verified);
                break;
            case ("GET", 5 or 7) when path.EndsWith("/plans", StringComparison.Ordinal):
                await http.Response.WriteAsJsonAsync(new JsonObject { ["plans"] = Plans(http.Request.Query["metadata"].ToString()) });
                break;
            case ("GET", 7):
                await http.Response.WriteAsJsonAsync(new JsonObject());
                break;
            case ("POST", 7):
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ("POST", 8):
                await http.Response.WriteAsJsonAsync(new JsonObject { ["sync"] = false });
                break;
            case ("POST", 5) or ("PATCH", 6) when Refusal is not null:
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                await http.Response.WriteAsJsonAsync(Refusal);
                break;
            case ("POST", 5):
                await Provision(http, JsonNode.Parse(body)!);
                break;
            case ("PATCH", 6):
                var updated = Resource(path.Split('/')[5], (string?)JsonNode.Parse(body)!["billingPlanId"] ?? "pro");
                BendUpdate(updated);
                await http.Response.WriteAsJsonAsync(updated);
                break;
            case ("GET", 6):
                await http.Response.WriteAsJsonAsync(Resource(path.Split('/')[5], "pro"));
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task Provision(HttpContext http, JsonNode request)
    {
        var answer = Resource($"res_{Interlocked.Increment(ref resources)}", (string)request["billingPlanId"]!);
        answer["secrets"] = new JsonArray(new JsonObject { ["name"] = "DATABASE_URL", ["value"] = "postgresql://one" });
        Bend(answer);
        await http.Response.WriteAsJsonAsync(answer);
    }

    private JsonObject Resource(string id, string planId) => new()
    {
        ["id"] = id,
        ["productId"] = "acme-postgres",
        ["name"] = ResourceName,
        ["metadata"] = new JsonObject { ["region"] = "iad1" },
        ["status"] = "ready",
        ["billingPlan"] = Plan(planId),
    };

    private static JsonObject Plan(string id) => new()
    {
        ["id"] = id,
        ["type"] = id == "prepaid" ? "prepayment" : "subscription",
        ["name"] = id,
        ["description"] = id,
    };
}
