using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Clock;

internal static class ClockRegistration
{
    public static IServiceCollection AddClock(this IServiceCollection services, ClockSettings settings)
    {
        if (settings.Url is null)
        {
            return services.AddSingleton<TimeProvider, MicrosecondClock>();
        }

        services.AddSingleton(new FirstAnswer(Within: TimeSpan.FromSeconds(30)));
        services.AddSingleton<FollowedClock>();
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<FollowedClock>());
        services.AddHttpClient(nameof(ClockFollower), client => client.Timeout = TimeSpan.FromSeconds(3));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClockFollower>(
            provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(ClockFollower))));
        services.AddHostedService(provider => provider.GetRequiredService<ClockFollower>());
        return services;
    }

    /// <summary>With a followed clock, waits for its first answer.</summary>
    public static Task AwaitClock(this IServiceProvider services, CancellationToken cancel) =>
        services.GetService<ClockFollower>()?.AwaitFirstAnswer(cancel) ?? Task.CompletedTask;
}
