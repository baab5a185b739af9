namespace Marketplace.Shell.Imports;

internal static class ImportRegistration
{
    /// <summary>The pages on which a customer imports.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services) => services
        .AddSingleton<SignInGuard>()
        .AddSingleton<ImportSessions>()
        .AddSingleton<ImportCookie>()
        .AddSingleton<ImportMessages>();
}
