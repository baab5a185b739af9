using Marketplace.Shell.Products;

namespace Marketplace.Shell.Configuration;

internal static class SettingsRegistration
{
    /// <summary>Each part by itself, so that a class names what it needs and sees nothing else.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, ServerSettings settings) => services
        .AddSingleton(settings.Database)
        .AddSingleton(settings.AcmePostgres)
        .AddSingleton(settings.HttpProvisioner)
        .AddSingleton(settings.Vercel)
        .AddSingleton(settings.Public)
        .AddSingleton(settings.Brand)
        .AddSingleton(settings.Catalog)
        .AddSingleton<CatalogueInForce>()
        .AddTransient(services => services.GetRequiredService<CatalogueInForce>().Now)
        .AddSingleton<OfferedPlans>()
        .AddSingleton<CatalogueReload>()
        .AddSingleton(settings.Finalization)
        .AddSingleton(settings.Credentials)
        .AddSingleton(settings.Invoices)
        .AddSingleton(settings.UsageEvents)
        .AddSingleton(settings.ProviderApi)
        .AddSingleton(settings.Events)
        .AddSingleton(settings.Operators)
        .AddSingleton(settings.Clock)
        .AddSingleton(settings.Telemetry)
        .AddSingleton(settings.DataProtection);
}
