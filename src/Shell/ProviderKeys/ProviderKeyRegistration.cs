namespace Marketplace.Shell.ProviderKeys;

internal static class ProviderKeyRegistration
{
    public static IServiceCollection AddProviderKeys(this IServiceCollection services) =>
        services.AddSingleton<KnownProviderKeys>().AddSingleton<ProviderLimits>().AddSingleton<ProviderGate>();
}
