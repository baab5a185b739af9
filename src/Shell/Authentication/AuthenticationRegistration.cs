using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Authentication;

internal static class AuthenticationRegistration
{
    public const string IssuerClient = "token-issuer";

    public static IServiceCollection AddPartnerAuthentication(this IServiceCollection services)
    {
        services.AddHttpClient(IssuerClient)
            .ConfigureHttpClient(client =>
            {
                client.Timeout = TimeSpan.FromSeconds(5);
                client.MaxResponseContentBufferSize = 1024 * 1024;
            })
            .RemoveAllLoggers();
        services.AddSingleton(provider => new IssuerKeys(
            provider.GetRequiredService<VercelSettings>().MetadataAddress,
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(IssuerClient),
            provider.GetRequiredService<ILogger<IssuerKeys>>(),
            waitBetweenAsks: TimeSpan.FromSeconds(10)));
        services.AddSingleton<TokenVerifier>();
        services.AddSingleton<PartnerGate>();
        services.AddHostedService<KeysAtStart>();
        return services;
    }

    /// <summary>Fetches the keys in the background, so that the first call need not wait for them.</summary>
    private sealed class KeysAtStart(IssuerKeys keys) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => keys.Refresh();
    }
}
