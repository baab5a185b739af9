namespace Marketplace.Shell.Health;

internal static class HealthRegistration
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services.AddSingleton<ReadinessCheck>();
}
