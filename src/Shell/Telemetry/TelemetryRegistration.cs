using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>Nothing but what the log needs, unless a collector is named. First of what is started, so that nothing is missed.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetrySettings settings, Role role)
    {
        if (role == Role.None)
            return services;

        services.AddHostedService<LoggedTraces>();
        if (!settings.IsOn)
            return services;

        services.AddHostedService(provider => new TelemetryExport(settings, role, provider.GetRequiredService<IConfiguration>()));
        return role.HasFlag(Role.Worker) && settings.Metrics is not null
            ? services.AddSingleton<StoreGauges>().AddHostedService<StoreReader>()
            : services;
    }
}
