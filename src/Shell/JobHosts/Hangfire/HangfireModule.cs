using Carter;
using Marketplace.Shell.OperatorConsole;

namespace Marketplace.Shell.JobHosts;

/// <summary>The routes of Hangfire's own pages.</summary>
internal sealed class HangfireModule : CarterModule
{
    private static readonly RequestDelegate Show = OperatorEndpoint.Page(
        (HttpContext context, HangfireDashboard dashboard) => dashboard.Show(context));

    private static readonly RequestDelegate Take = context => context.RequestServices.GetRequiredService<HangfireDashboard>().Take(context);

    public HangfireModule()
    {
        Get(OperatorPaths.JobHost + "/{**page}", Show);
        Post(OperatorPaths.JobHost + "/{**page}", Take);
    }
}
