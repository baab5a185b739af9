using Marketplace.Core.Products;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Installations.Pages;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Installations;

/// <summary>GET /ops/installations: who has installed, those that are over too; searched, filtered, sorted and paged.</summary>
internal static class InstallationList
{
    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Show);

    private const string ByAccount = "account";
    private const string ByAge = "installed";

    private static readonly TableShape Shape = new("Installations", $"-{ByAge}")
    {
        Columns =
        [
            new("Team", ByAccount), new("Status"), new("Plan"), new("Resources", IsNumber: true), new("Contact"), new("Installed", ByAge),
        ],
        Search = "Team, contact or id",
        Empty = new EmptyView("Nobody has installed yet", "As soon as a team installs the integration on Vercel, it is here."),
    };

    private static async Task<IResult> Show(
        Operator person, HttpRequest request, CatalogueInForce catalogue, NpgsqlDataSource database, CancellationToken cancel)
    {
        var query = TableQuery.Read(request, Shape with { Filters = Filters(catalogue.Now) });
        var asked = new AskedInstallations(
            query.Filter("status"), query.Filter("plan"), query.Filter("needs") == "payment", query.Filter("needs") == "person", query.Search);
        var found = await InstallationTableRows.Read(database, asked, Order(query), TableQuery.Look, cancel);
        var (rows, table) = query.Show(
            [.. found],
            row => query.Sort == ByAccount ? PageCursor.After(row.Account, row.Id) : PageCursor.After(PageCursor.Part(row.InstalledAt), row.Id));
        return OperatorPage.Of<InstallationsPage>(person.Frame, new InstallationsView([.. rows.Select(View)], table));
    }

    private static IReadOnlyList<TableFilter> Filters(Catalogue sold) =>
    [
        TableFilter.Choice("status", "Status", new("active", "Active"), new("uninstalling", "Uninstalling (in finalization)"), new("finalized", "Finalized")),
        TableFilter.Choice("needs", "Needs", new("person", "Attention"), new("payment", "Payment")),
        TableFilter.Choice("plan", "Plan", [.. PlanChoices.Of(sold)]),
    ];

    private static InstallationOrder Order(TableQuery query) =>
        query.Sort == ByAccount
            ? new InstallationOrder.Account(query.IsDescending, query.After switch
            {
                null => null,
                { Parts: [var name, var id] } => (name, id),
                _ => throw TableQuery.Stale(),
            })
            : new InstallationOrder.Installed(query.IsDescending, query.After switch
            {
                null => null,
                { Parts: [var at, var id] } when PageCursor.Moment(at) is { } moment => (moment, id),
                _ => throw TableQuery.Stale(),
            });

    private static ListedInstallationView View(InstallationRow row) => new(
        OperatorPaths.Installation(new(row.Id)), row.Account, row.Id, row.ContactEmail, OperatorMarks.OfInstallation(row.Stage),
        OperatorMarks.OfStanding(row.Standing), row.Plan, Shown.Quantity(row.Resources), MomentView.Of(row.InstalledAt));
}
