namespace Marketplace.Shell.UsageEvents;

internal static class UsageEventRegistration
{
    public static IServiceCollection AddUsageEvents(this IServiceCollection services) => services.AddSingleton<UsageIntakeStore>();
}
