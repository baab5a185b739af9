using Marketplace.Shell.Http;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>
/// The routes of the Provider API: the key is checked before anything else is read. Use each once, in a static readonly field of the
/// endpoint.
/// </summary>
public static class ProviderEndpoint
{
    /// <param name="scope">Which the key must have.</param>
    /// <param name="handler">With minimal-API parameters, <see cref="ProviderCaller"/> among them.</param>
    /// <param name="kind">By which limit its requests are counted.</param>
    public static RequestDelegate Needing(ProviderScopes scope, Delegate handler, RequestKind kind = RequestKind.Request)
    {
        var admitted = HandlerDelegate.Create(handler);
        return async context =>
        {
            var refused = await context.RequestServices.GetRequiredService<ProviderGate>().Admit(context, scope, kind);
            await (refused is null ? admitted(context) : refused.ExecuteAsync(context));
        };
    }
}
