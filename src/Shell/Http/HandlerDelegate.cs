using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Marketplace.Shell.Http;

/// <summary>
/// Builds the delegate of a route from a handler with minimal-API parameters. Building one takes milliseconds, so that it
/// belongs into a static readonly field, however often its module is made.
/// </summary>
/// <remarks>
/// Of the handler's parameters, strings and what can be parsed come from route and query; types with a <c>BindAsync</c>
/// bind themselves (<see cref="JsonBody{T}"/>, <see cref="RawBody"/>, Caller); everything else is a service.
/// </remarks>
public static class HandlerDelegate
{
    private static readonly RequestDelegateFactoryOptions Options = new()
    {
        ServiceProvider = new BindingServices(),
        // The edge answers bad requests with a body; without this the factory would answer with none.
        ThrowOnBadRequest = true,
    };

    public static RequestDelegate Create(Delegate handler) => RequestDelegateFactory.Create(handler, Options).RequestDelegate;

    /// <summary>
    /// What the factory asks at the time of building, when there is no host yet: how JSON is spelled, and whether a
    /// parameter is a service. Bodies bind themselves, so what is left is one.
    /// </summary>
    private sealed class BindingServices : IServiceProvider, IServiceProviderIsService
    {
        private readonly IOptions<JsonOptions> json = Microsoft.Extensions.Options.Options.Create(WireJsonOptions());

        public object? GetService(Type serviceType) =>
            serviceType == typeof(IServiceProviderIsService) ? this
            : serviceType == typeof(IOptions<JsonOptions>) ? json
            : null;

        public bool IsService(Type serviceType) => true;

        private static JsonOptions WireJsonOptions()
        {
            var options = new JsonOptions();
            WireJson.Configure(options.SerializerOptions);
            return options;
        }
    }
}
