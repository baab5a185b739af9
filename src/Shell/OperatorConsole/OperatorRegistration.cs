using Marketplace.Shell.Configuration;
using Marketplace.Shell.OperatorConsole.Audit;
using Marketplace.Shell.OperatorConsole.Overview;
using Marketplace.Shell.OperatorConsole.SignIn;

namespace Marketplace.Shell.OperatorConsole;

internal static class OperatorRegistration
{
    /// <summary>The operators' sign-in, and the console behind it. It shares its brand and its assets with the customers' dashboard.</summary>
    public static IServiceCollection AddOperatorConsole(this IServiceCollection services) => services
        .AddSingleton<OperatorBrand>(provider => new OperatorBrand(
            provider.GetRequiredService<Dashboard.Brand>(), provider.GetRequiredService<Dashboard.Assets>()))
        .AddSingleton<OperatorMessages>()
        .AddSingleton<OperatorCookies>()
        .AddSingleton<OperatorSessions>()
        .AddSingleton<SignInAttempts>()
        .AddSingleton<OperatorLog>()
        .AddSingleton<OperatorGate>()
        .AddSingleton<OverviewStore>()
        .AddOidc();

    /// <summary>Asked for where an issuer is configured.</summary>
    private static IServiceCollection AddOidc(this IServiceCollection services)
    {
        services.AddHttpClient(OidcIssuer.Client)
            .ConfigureHttpClient(client =>
            {
                client.Timeout = TimeSpan.FromSeconds(10);
                client.MaxResponseContentBufferSize = 1024 * 1024;
            })
            // What is exchanged is nobody's to read.
            .RemoveAllLoggers();
        return services
            .AddSingleton(provider => provider.GetRequiredService<OperatorSettings>().Oidc ?? throw new InvalidOperationException("No issuer is configured."))
            .AddSingleton<OidcIssuer>()
            .AddSingleton<OidcTokens>()
            .AddSingleton<OidcSignIn>();
    }
}
