using System.Security.Cryptography;

namespace Marketplace.Floor;

/// <summary>The calls that are measured, told apart by hand.</summary>
/// <param name="gateway">What a gateway has to send as its authorization.</param>
internal sealed class Requests(
    Tokens tokens, Documents documents, IReadOnlyDictionary<string, byte[]> plans, string clientSecret, string gateway)
{
    private const string Keys = "/provider/v1/keys/verify";
    private const string Webhooks = "/webhooks/vercel";
    private const string Installations = "/v1/installations/";
    private const string Resources = "resources";

    private readonly byte[] secret = System.Text.Encoding.UTF8.GetBytes(clientSecret);

    public Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var authorization = context.Request.Headers.Authorization.ToString();
        if (plans.TryGetValue(path, out var known))
            return tokens.Allow(authorization, null) ? Send(context, known) : Send(context, StatusCodes.Status403Forbidden);
        if (path == Webhooks)
            return Keep(context);
        if (path == Keys)
            return authorization == gateway ? Verify(context) : Send(context, StatusCodes.Status403Forbidden);
        if (!path.StartsWith(Installations, StringComparison.Ordinal))
            return Send(context, StatusCodes.Status404NotFound);

        // The installation, and perhaps "resources" and the resource.
        var parts = path[Installations.Length..].Split('/');
        return !tokens.Allow(authorization, parts[0])
            ? Send(context, StatusCodes.Status403Forbidden)
            : (context.Request.Method, parts) switch
            {
                ("PUT", [var installation]) => Install(context, installation),
                ("DELETE", [var installation]) => Uninstall(context, installation),
                ("POST", [var installation, Resources]) => Provision(context, installation),
                ("GET", [var installation, Resources, var resource]) => Get(context, installation, resource),
                ("PATCH", [var installation, Resources, var resource]) => Update(context, installation, resource),
                ("DELETE", [var installation, Resources, var resource]) => Remove(context, installation, resource),
                _ => Send(context, StatusCodes.Status404NotFound),
            };
    }

    /// <summary>Under its signature, which is another one for every other webhook.</summary>
    private async Task Keep(HttpContext context)
    {
        var (signature, body) = (context.Request.Headers["x-vercel-signature"].ToString(), await Body(context));
#pragma warning disable CA5350 // The contract fixes SHA-1 for webhooks.
        var expected = Convert.ToHexStringLower(HMACSHA1.HashData(secret, body));
#pragma warning restore CA5350
        if (signature == expected)
            await documents.Upsert("", signature, body);
        await Send(context, signature == expected ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden);
    }

    /// <summary>What is known of a key lies under its hash.</summary>
    private async Task Verify(HttpContext context)
    {
        using var shown = System.Text.Json.JsonDocument.Parse(await Body(context));
        var hash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(shown.RootElement.GetProperty("key").GetString()!));
        await Send(context, await documents.Load("", Convert.ToHexStringLower(hash)) ?? """{"valid": false}"""u8.ToArray());
    }

    private async Task Install(HttpContext context, string installation)
    {
        await documents.Upsert(installation, "", await Body(context));
        await Send(context, "{}"u8.ToArray());
    }

    private async Task Uninstall(HttpContext context, string installation)
    {
        await Send(context, await documents.Delete(installation, "") ? """{"finalized":true}"""u8.ToArray() : null);
    }

    private async Task Provision(HttpContext context, string installation)
    {
        var resource = Guid.NewGuid().ToString("N");
        await documents.Insert(installation, resource, await Body(context));
        await Send(context, System.Text.Encoding.UTF8.GetBytes($$"""{"id":"{{resource}}","status":"ready"}"""));
    }

    private async Task Get(HttpContext context, string installation, string resource) =>
        await Send(context, await documents.Load(installation, resource));

    private async Task Update(HttpContext context, string installation, string resource) =>
        await Send(context, await documents.Merge(installation, resource, await Body(context)));

    private async Task Remove(HttpContext context, string installation, string resource) =>
        await Send(context, await documents.Delete(installation, resource)
            ? StatusCodes.Status204NoContent
            : StatusCodes.Status404NotFound);

    private static async Task<byte[]> Body(HttpContext context)
    {
        var body = new byte[context.Request.ContentLength ?? 0];
        await context.Request.Body.ReadExactlyAsync(body);
        return body;
    }

    private static Task Send(HttpContext context, byte[]? json)
    {
        if (json is null)
            return Send(context, StatusCodes.Status404NotFound);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, 0, json.Length);
    }

    private static Task Send(HttpContext context, int statusCode)
    {
        context.Response.StatusCode = statusCode;
        return Task.CompletedTask;
    }
}
