using Carter;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.Imports;

/// <summary>The way in from Vercel, and the pages of an import, which are behind the sign-on.</summary>
internal sealed class ImportModule : CarterModule
{
    private const string Home = DashboardPaths.Root + "/{installationId}";

    public ImportModule()
    {
        Get(ImportPaths.Root, ImportEndpoints.Arrive);
        Get(Home + ImportPaths.Root, ImportEndpoints.Open);
        Post(Home + ImportPaths.SignIn, ImportEndpoints.SignIn);
        Post(Home + ImportPaths.SignOut, ImportEndpoints.SignOut);
        Post(Home + ImportPaths.Pick, ImportEndpoints.Pick);
    }
}
