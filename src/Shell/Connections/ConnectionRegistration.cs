namespace Marketplace.Shell.Connections;

internal static class ConnectionRegistration
{
    /// <summary>The way by which a customer connects an account.</summary>
    public static IServiceCollection AddConnectableAccounts(this IServiceCollection services) => services
        .AddSingleton<ConnectionStore>()
        .AddSingleton<ConnectAttempts>()
        .AddSingleton<ConnectCookie>()
        .AddSingleton<ConnectMessages>()
        .AddSingleton<ConnectedPages>();
}
