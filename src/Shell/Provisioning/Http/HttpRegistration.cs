using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>The provisioner <c>http</c> of the catalogue, where it is configured.</summary>
internal static class HttpRegistration
{
    public const string Client = "control plane";

    private const int AnswerBytesMax = 1024 * 1024;

    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(5);

    /// <summary>After that long an address is asked for anew.</summary>
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddHttpProvisioner(this IServiceCollection services, HttpProvisionerSettings settings)
    {
        if (settings.ControlPlane is not { } controlPlane)
            return services;

        services.AddHttpClient(Client)
            .ConfigureHttpClient(client =>
            {
                // Time limits are those of the resilience.
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.MaxResponseContentBufferSize = AnswerBytesMax;
            })
            // Whoever answers with a redirect would have a signed message, and secrets, go somewhere that nobody has configured.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectMax, PooledConnectionLifetime = ConnectionLife,
            })
            .RemoveAllLoggers();
        return services
            .AddSingleton(ControlPlaneLimits.Default)
            .AddSingleton(provider => new ControlPlaneResilience(controlPlane, provider.GetRequiredService<ControlPlaneLimits>()))
            .AddSingleton(provider => new ControlPlane(
                () => provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client), controlPlane,
                provider.GetRequiredService<ControlPlaneResilience>()))
            .AddSingleton<ControlPlaneConsole>()
            .AddSingleton<IProvisioner, HttpProvisioner>();
    }

    /// <summary>For what the control plane tells by itself.</summary>
    public static IServiceCollection AddOutcomes(this IServiceCollection services) => services.AddSingleton<OutcomeIntake>();
}
