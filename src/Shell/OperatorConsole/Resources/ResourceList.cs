using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Resources.Pages;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.OperatorConsole.Resources;

/// <summary>GET /ops/resources: what customers have, of everybody or of one installation; searched, filtered, sorted and paged.</summary>
internal static class ResourceList
{
    public const string Address = $"{OperatorPaths.Root}/resources";

    public static readonly RequestDelegate Route = OperatorEndpoint.Page(Show);

    private const string ByName = "name";
    private const string ByAge = "created";

    private static readonly TableShape Shape = new("Resources", $"-{ByAge}")
    {
        Columns = [new("Resource", ByName), new("Status"), new("Product"), new("Plan"), new("Team"), new("Created", ByAge)],
        Search = "Name, reference or id",
        Empty = new EmptyView("No resources yet", "As soon as a customer makes one on Vercel, it is here."),
    };

    private static async Task<IResult> Show(
        Operator person, HttpRequest request, CatalogueInForce catalogue, NpgsqlDataSource database, CancellationToken cancel)
    {
        var query = TableQuery.Read(request, Shape with { Filters = Filters(catalogue.Now) });
        var asked = new AskedResources(
            query.Filter("installation"), query.Filter("product"), query.Filter("plan"), query.Filter("status"), query.Search);
        var found = await ResourceTableRows.Read(database, asked, Order(query), TableQuery.Look, cancel);
        var (rows, table) = query.Show([.. found], row => Place(query, row));
        return OperatorPage.Of<ResourcesPage>(person.Frame, new ResourcesView([.. rows.Select(row => View(catalogue.Now, row))], table));
    }

    private static IReadOnlyList<TableFilter> Filters(Catalogue sold) =>
    [
        TableFilter.Choice("status", "Status", [.. ResourceStatus.All.Select(status => new FilterChoice(status, OperatorMarks.OfResource(status).Text))]),
        TableFilter.Choice("product", "Product", [.. sold.Products.Select(product => new FilterChoice(product.Id.Value, product.Name))]),
        TableFilter.Choice("plan", "Plan", [.. PlanChoices.Of(sold)]),
        TableFilter.Text("installation", "Installation"),
    ];

    private static string Place(TableQuery query, ResourceRow row)
    {
        var facts = row.Resource.Facts;
        return query.Sort == ByName
            ? PageCursor.After(facts.Name, facts.Id.Value, row.Installation.Value)
            : PageCursor.After(PageCursor.Part(facts.CreatedAt), facts.Id.Value, row.Installation.Value);
    }

    private static ResourceOrder Order(TableQuery query) =>
        query.Sort == ByName
            ? new ResourceOrder.Name(query.IsDescending, query.After switch
            {
                null => null,
                { Parts: [var name, var id, var installation] } => (name, id, installation),
                _ => throw TableQuery.Stale(),
            })
            : new ResourceOrder.Created(query.IsDescending, query.After switch
            {
                null => null,
                { Parts: [var at, var id, var installation] } when PageCursor.Moment(at) is { } moment => (moment, id, installation),
                _ => throw TableQuery.Stale(),
            });

    private static ListedResourceView View(Catalogue sold, ResourceRow row)
    {
        var facts = row.Resource.Facts;
        return new ListedResourceView(
            OperatorPaths.Resource(row.Installation, facts.Id.Value), facts.Name, facts.Id.Value,
            sold.Product(facts.Product).Match(product => product.Name, () => facts.Product.Value), facts.Plan.Map(plan => plan.Value).OrNull(),
            OperatorMarks.Of(row.Resource), new MessageLink(OperatorPaths.Installation(row.Installation), row.Account), MomentView.Of(facts.CreatedAt));
    }
}
