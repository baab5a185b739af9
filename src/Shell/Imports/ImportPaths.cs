using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.Imports;

/// <summary>
/// The addresses of an import. The first, by itself, is told to Vercel as the Import Resource URL; all are the pages' under the dashboard of
/// their installation, where a browser shows who is signed on.
/// </summary>
internal static class ImportPaths
{
    public const string Root = "/import";
    public const string SignIn = Root + "/sign-in";
    public const string SignOut = Root + "/sign-out";
    public const string Pick = Root + "/pick";

    public static string Page(InstallationId installation) => DashboardPaths.Home(installation) + Root;

    /// <summary>Where the import begins, for somebody who is signed on.</summary>
    public static string Begin(CheckedStart start)
    {
        var query = new QueryBuilder { { "state", start.State }, { "return", start.Return } };
        start.Product.Iter(product => query.Add("product_id", product.Value));
        return Page(start.Installation) + query;
    }
}
