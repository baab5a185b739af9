using System.Text.Json.Nodes;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Authentication;

/// <summary>An issuer on a port of its own, which counts how often it is asked for its keys.</summary>
internal sealed class LocalIssuer : IAsyncDisposable
{
    private readonly WebApplication app;
    private volatile TaskCompletionSource? held;
    private int fetches;

    private LocalIssuer(WebApplication app) => this.app = app;

    public List<SigningKey> Published { get; } = [SigningKey.Generate()];

    /// <summary>Another answer than the keys.</summary>
    public string? Rubbish { get; set; }

    /// <summary>Of the key set.</summary>
    public int Fetches => Volatile.Read(ref fetches);

    public Uri MetadataAddress => new($"{app.Urls.First()}/.well-known/openid-configuration");

    public static async Task<LocalIssuer> Start(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var issuer = new LocalIssuer(builder.Build());
        issuer.app.MapGet("/.well-known/openid-configuration", () => new JsonObject { ["jwks_uri"] = $"{issuer.app.Urls.First()}/keys" });
        issuer.app.MapGet("/keys", issuer.Keys);
        await issuer.app.StartAsync(cancel);
        return issuer;
    }

    /// <summary>Lets whoever asks wait until <see cref="Release"/>.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => held?.TrySetResult();

    public SigningKey Rotate()
    {
        Published.Add(SigningKey.Generate());
        return Published[^1];
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await app.DisposeAsync();
        Published.ForEach(key => key.Dispose());
    }

    private async Task<IResult> Keys()
    {
        Interlocked.Increment(ref fetches);
        if (held is { } waiting)
            await waiting.Task;
        var keys = new JsonObject { ["keys"] = new JsonArray([.. Published.Select(key => key.ToPublicJwk())]) };
        return Results.Text(Rubbish ?? keys.ToJsonString(), "application/json");
    }
}
