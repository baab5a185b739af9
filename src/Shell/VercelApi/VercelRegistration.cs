using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.VercelApi;

internal static class VercelRegistration
{
    /// <summary>The name of the client whose connections all calls share.</summary>
    public const string Client = "vercel";

    public static IServiceCollection AddVercelClient(this IServiceCollection services)
    {
        services.AddHttpClient(Client)
            .ConfigureHttpClient((provider, client) =>
            {
                client.BaseAddress = new Uri(provider.GetRequiredService<VercelSettings>().ApiBaseUrl + "/");
                // Time limits are those of the resilience, which knows what is repeated.
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.MaxResponseContentBufferSize = 8 * 1024 * 1024;
            })
            // Its loggers print headers at the level Trace, and one of them is the token.
            .RemoveAllLoggers();
        return services
            .AddSingleton<InstallationTokens>()
            .AddSingleton(VercelLimits.Default)
            .AddSingleton<VercelResilience>()
            .AddSingleton(provider => new VercelCalls(
                () => provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client),
                provider.GetRequiredService<InstallationTokens>(), provider.GetRequiredService<VercelResilience>()))
            .AddSingleton<IVercel, VercelClient>()
            .AddSingleton<IVercelCredentials, VercelCredentials>()
            .AddSingleton<IVercelExperimentation, VercelExperimentation>()
            .AddSingleton<IVercelDeployments, VercelDeployments>()
            .AddSingleton<IVercelSignOn, VercelSignOn>();
    }
}
