using Marketplace.Jobs.ProviderEvents;
using Marketplace.Jobs.Scheduling;

namespace Marketplace.Shell.ProviderEvents;

internal static class ProviderEventRegistration
{
    /// <summary>What delivers events. Without an address the jobs find nothing, because nothing is kept.</summary>
    public static IServiceCollection AddProviderEventJobs(this IServiceCollection services)
    {
        services.AddHttpClient(ProviderBackend.Client)
            // The time limit is the sender's own, and covers the body too.
            .ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .RemoveAllLoggers();
        return services
            .AddSingleton<IProviderEvents, ProviderEventStore>()
            .AddSingleton<IProviderBackend, ProviderBackend>()
            .AddHostedService<OutletAnnouncement>()
            .AddSingleton<IScheduledJob, ProviderEventDelivery>()
            .AddSingleton<IScheduledJob, ProviderEventRetention>();
    }
}
