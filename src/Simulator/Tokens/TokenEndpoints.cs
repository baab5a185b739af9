namespace Marketplace.Simulator.Tokens;

/// <summary>What <c>https://marketplace.vercel.com</c> serves for the check of tokens. Source: contract §A.1.</summary>
internal static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, TokenIssuer issuer)
    {
        routes.MapGet("/.well-known/openid-configuration", () => TypedResults.Json(issuer.Discovery()));
        routes.MapGet("/.well-known/jwks", () => TypedResults.Json(issuer.KeySet()));
    }
}
