using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>
/// A small OpenID Connect issuer of an acme's people: discovery, an authorization endpoint at which somebody is signed in already, and a token
/// endpoint that checks client, code, address and PKCE. What it says of the person can be bent.
/// </summary>
internal sealed class OperatorIssuer : IAsyncDisposable
{
    public const string ClientId = "operator-console";
    public const string ClientSecret = "secret-of-the-console";

    private readonly WebApplication app;
    private readonly SigningKey key = SigningKey.Generate();
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge, string RedirectUri)> codes = new(StringComparer.Ordinal);
    private readonly TimeProvider clock;

    private OperatorIssuer(WebApplication app, TimeProvider clock) => (this.app, this.clock) = (app, clock);

    public string Authority => app.Urls.First();

    /// <summary>The last id_token is this, bent.</summary>
    public Action<JsonObject> Bend { get; set; } = _ => { };

    /// <summary>Signs in its place.</summary>
    public SigningKey? Forger { get; set; }

    /// <summary>Of the token's header.</summary>
    public string Algorithm { get; set; } = "RS256";

    public string? Denies { get; set; }

    public static async Task<OperatorIssuer> Start(TimeProvider clock, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var issuer = new OperatorIssuer(builder.Build(), clock);
        issuer.app.MapGet("/.well-known/openid-configuration", () => new JsonObject
        {
            ["issuer"] = issuer.Authority, ["authorization_endpoint"] = $"{issuer.Authority}/authorize", ["token_endpoint"] = $"{issuer.Authority}/token",
            ["jwks_uri"] = $"{issuer.Authority}/keys",
        });
        issuer.app.MapGet("/keys", () => new JsonObject { ["keys"] = new JsonArray(issuer.key.ToPublicJwk()) });
        issuer.app.MapGet("/authorize", issuer.Authorize);
        issuer.app.MapPost("/token", issuer.Token);
        await issuer.app.StartAsync(cancel);
        return issuer;
    }

    /// <summary>As a server is configured that lets its people in.</summary>
    public Dictionary<string, string> Settings() => new(StringComparer.Ordinal)
    {
        ["Operators:Oidc:Authority"] = Authority, ["Operators:Oidc:ClientId"] = ClientId, ["Operators:Oidc:ClientSecret"] = ClientSecret,
        ["Operators:Oidc:Label"] = "Acme ID",
    };

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        Assert.Equal((ClientId, "code", "S256"), (query["client_id"].ToString(), query["response_type"].ToString(), query["code_challenge_method"].ToString()));
        Assert.Contains("openid", query["scope"].ToString().Split(' '));
        var code = Guid.NewGuid().ToString("N");
        codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString(), query["redirect_uri"].ToString());
        var back = Denies is { } error ? $"error={error}" : $"code={code}";
        return Results.Redirect($"{query["redirect_uri"]}?{back}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private async Task<IResult> Token(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ClientSecret || form["grant_type"] != "authorization_code"
            || !codes.TryRemove(form["code"].ToString(), out var begun) || form["redirect_uri"] != begun.RedirectUri
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != begun.Challenge)
            return Results.BadRequest(new { error = "invalid_grant" });

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Authority, ["aud"] = ClientId, ["sub"] = "person-1", ["email"] = "kim@acme.example", ["nonce"] = begun.Nonce, ["iat"] = now,
            ["nbf"] = now, ["exp"] = now + 300, ["roles"] = new JsonArray("operator"),
        };
        Bend(claims);
        var header = new JsonObject { ["alg"] = Algorithm, ["typ"] = "JWT", ["kid"] = key.KeyId };
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return Results.Json(new { access_token = "unused", token_type = "Bearer", expires_in = 300, id_token = $"{signed}.{(Forger ?? key).Sign(signed)}" });
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
