namespace Marketplace.Shell.ProviderKeys;

/// <summary>Whose key opened a route of the Provider API. A handler takes it as a parameter.</summary>
/// <param name="KeyId">For the audit.</param>
public sealed record ProviderCaller(string KeyId, string Name, ProviderScopes Scopes)
{
    /// <summary>Null where the key ends when somebody ends it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Hands the caller that was let in to a handler's parameter.</summary>
    public static ValueTask<ProviderCaller?> BindAsync(HttpContext context) =>
        new(context.Features.Get<ProviderCaller>()
            ?? throw new InvalidOperationException($"{context.Request.Path} takes a ProviderCaller but is no provider endpoint."));
}
