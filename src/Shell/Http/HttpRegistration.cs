using Carter;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketplace.Shell.Http;

internal static class HttpRegistration
{
    public static IServiceCollection AddWire(this IServiceCollection services) =>
        services.Configure<JsonOptions>(options => WireJson.Configure(options.SerializerOptions));

    /// <summary>Registers exactly the given route modules; Carter by itself would look through every assembly for more.</summary>
    public static IServiceCollection AddRoutes(this IServiceCollection services, params Type[] modules)
    {
        services.AddCarter(
            options => options.OpenApi.Enabled = false,
            new NoAssemblies(),
            configurator => configurator.WithModules(modules));
        // Carter would make a module, with all its routes, anew for every request; ours hold nothing of a request.
        foreach (var module in modules)
            services.Replace(ServiceDescriptor.Singleton(module, module));
        return services;
    }

    public static void UseFaultAnswers(this IApplicationBuilder app) => app.UseMiddleware<FaultAnswers>();

    private sealed class NoAssemblies : DependencyContextAssemblyCatalog
    {
        public override IReadOnlyCollection<System.Reflection.Assembly> GetAssemblies() => [];
    }
}
