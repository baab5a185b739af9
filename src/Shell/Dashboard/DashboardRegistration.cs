using Marketplace.Shell.Configuration;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Dashboard;

internal static class DashboardRegistration
{
    /// <summary>Single sign-on, and the pages to which it leads.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents();
        return services
            .AddSingleton<PublicAddress>()
            .AddSingleton<TrustedUrls>()
            .AddSingleton<SignOnCookies>()
            .AddSingleton<SignOns>()
            .AddSingleton<SignOnMessages>()
            .AddSingleton<Assets>()
            .AddSingleton(provider => new Brand(
                provider.GetRequiredService<BrandSettings>(), provider.GetRequiredService<VercelSettings>(), provider.GetRequiredService<Assets>()))
            .AddSingleton<Messages>()
            .AddSingleton<DashboardGate>()
            .AddSingleton<NoticeViews>()
            .AddSingleton<PeriodStore>()
            .AddSingleton<ResourcePages>()
            .AddSingleton<BalancePages>();
    }
}
