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

    public ConcurrentQueue<(string? Signature, string Body)> Webhooks { get; } = new();

    public Uri BaseUrl => new(host.Urls.First());

    public Uri WebhookUrl => new(BaseUrl, "/webhooks");

    /// <summary>What webhooks are answered with.</summary>
    public int WebhookStatus { get; set; } = 200;

    /// <summary>Bends the answer to a provision.</summary>
    public Action<JsonObject> Bend { get; set; } = _ => { };

    public string ResourceName { get; set; } = "db";

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
            case ("POST", 5):
                await Provision(http, JsonNode.Parse(body)!);
                break;
            case ("PATCH", 6):
                await http.Response.WriteAsJsonAsync(
                    Resource(path.Split('/')[5], (string?)JsonNode.Parse(body)!["billingPlanId"] ?? "pro"));
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
        ["billingPlan"] = new JsonObject
        {
            ["id"] = planId,
            ["type"] = planId == "prepaid" ? "prepayment" : "subscription",
            ["name"] = planId,
            ["description"] = planId,
        },
    };
}
