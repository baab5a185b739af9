using Carter;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Dashboard;

/// <summary>The routes that customers' browsers open: the way in from Vercel, and the pages behind it.</summary>
internal sealed class DashboardModule : CarterModule
{
    private const string Home = DashboardPaths.Root + "/{installationId}";
    private const string Resource = Home + "/resources/{resourceId}";

    public DashboardModule()
    {
        Get(Assets.Root + "/{file}", Assets.Route);

        Get(SignOnEndpoints.Root + "/callback", SignOnEndpoints.Callback);
        Get(SignOnEndpoints.Root + "/{installationId}", SignOnEndpoints.Begin);

        Get(Home, HomeEndpoint.Route);
        Get(Resource, ResourceEndpoints.Show);
        Post(Resource + "/secrets/reveal", ResourceEndpoints.Reveal);
        Post(Resource + "/secrets/rotate", ResourceEndpoints.Rotate);
        Get(Resource + "/plans", PlansEndpoint.Route);
        Get(Resource + "/balance", BalanceEndpoint.OfResource);
        Get(Home + "/balance", BalanceEndpoint.OfInstallation);
        Get(Home + "/usage", UsageEndpoint.Route);
        Get(Home + "/invoices", InvoiceEndpoints.List);
        Get(Home + "/invoices/{invoiceId}", InvoiceEndpoints.One);
        Get(Home + "/support", SupportEndpoint.Route);
        Get(Home + "/session", SessionEndpoints.Show);
        Post(Home + "/session/sign-out", SessionEndpoints.SignOut);
        Post(Home + "/session/sign-out-everywhere", SessionEndpoints.SignOutEverywhere);
        Get(Home + "/signed-out", SessionEndpoints.SignedOut);
    }
}
