using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Shell.ProviderKeys;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration;

/// <summary>What the provider's own backend calls.</summary>
public sealed partial class Acme
{
    /// <summary>A new key of the Provider API.</summary>
    internal async Task<string> NewProviderKey(params string[] scopes)
    {
        var key = ProviderKey.New();
        await ProviderKeyRows.Insert(
            Server.Services.GetRequiredService<NpgsqlDataSource>(), $"key_{Guid.NewGuid():N}", "Backend", key, ScopeNames.Read(scopes), Cancel);
        return key.Text;
    }

    /// <param name="body">JSON, or text that is sent as it is.</param>
    internal async Task<Answer> Provide(
        HttpMethod method, string path, string? key, object? body = null, string mediaType = "application/json",
        string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(method, $"/provider/v1{path}");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (body is not null)
            request.Content = new StringContent(body as string ?? ((JsonNode)body).ToJsonString(), Encoding.UTF8, mediaType);
        return await Send(request);
    }

    /// <summary>What the provider's gateway is told of a key that somebody shows: the key is not in it, whatever it is.</summary>
    internal async Task<JsonNode> Show(string gateway, string shown)
    {
        var told = await Provide(HttpMethod.Post, "/keys/verify", gateway, new JsonObject { ["key"] = shown });
        Assert.DoesNotContain(shown, told.Text, StringComparison.Ordinal);
        return told.Is(HttpStatusCode.OK);
    }
}
