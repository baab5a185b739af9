namespace Marketplace.Shell.ProviderKeys;

/// <summary>GET /provider/v1/key: what the key that asks may do. Any good key may ask.</summary>
internal static class GetKeyEndpoint
{
    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.None, Handle);

    private static IResult Handle(ProviderCaller caller) =>
        TypedResults.Ok(new KeyWire(caller.KeyId, caller.Name, [.. ScopeNames.Of(caller.Scopes)], caller.ExpiresAt?.UtcDateTime));

    /// <param name="ExpiresAt">Absent where the key does not end by itself.</param>
    private sealed record KeyWire(string Id, string Name, IReadOnlyList<string> Scopes, DateTime? ExpiresAt);
}
