using Marketplace.Shell.Http;

namespace Marketplace.Shell.Dashboard;

/// <summary>The routes of the dashboard: the session is checked before anything else. Use each once, in a static readonly field.</summary>
internal static class DashboardEndpoint
{
    public const string InstallationParameter = "installationId";

    /// <summary>Shows something, to any member.</summary>
    public static RequestDelegate Page(Delegate handler) => Create(DashboardAdmission.Look, handler);

    /// <summary>
    /// Where Vercel's pages lead an administrator without a sign-on: who has none goes by Vercel first, comes back, and does not notice.
    /// </summary>
    public static RequestDelegate AdminArrival(Delegate handler) => Create(DashboardAdmission.AdminArrival, handler);

    /// <summary>Changes something that is the person's own, such as the session.</summary>
    public static RequestDelegate OwnForm(Delegate handler) => Create(DashboardAdmission.OwnForm, handler);

    /// <summary>Changes something, or shows what only some may see.</summary>
    public static RequestDelegate AdminForm(Delegate handler) => Create(DashboardAdmission.AdminForm, handler);

    private static RequestDelegate Create(DashboardAdmission admission, Delegate handler)
    {
        var admitted = HandlerDelegate.Create(handler);
        return async context =>
        {
            var refused = await context.RequestServices.GetRequiredService<DashboardGate>().Admit(context, admission);
            await (refused is null ? admitted(context) : refused.ExecuteAsync(context));
        };
    }
}

/// <summary>What a request does, and so what it has to show.</summary>
internal enum DashboardAdmission
{
    Look,
    AdminArrival,
    OwnForm,
    AdminForm,
}
