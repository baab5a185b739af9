using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.SignOn;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>GET /dashboard/{installationId}/support: where to find help, and what to mention there. Source: contract §E.8, <c>support=true</c>.</summary>
internal static class SupportEndpoint
{
    public static readonly RequestDelegate Route = DashboardEndpoint.Page(Handle);

    private static async Task<IResult> Handle(
        Visitor visitor, HttpRequest request, Brand brand, Catalogue catalogue, NpgsqlDataSource database, CancellationToken cancel)
    {
        var about = Destination.OnPage(request.Query);
        var resource = about.ResourceId is { } id ? await Find(visitor, new ResourceId(id), database, cancel) : null;
        var product = about.ProductId ?? resource?.Facts.Product.Value;
        (string Label, string? Value)[] facts =
        [
            ("Team", visitor.Member.Team is { Length: > 0 } team ? team : null),
            ("Installation", visitor.Id.Value),
            ("Product", product is null ? null : catalogue.Product(new ProductId(product)).Match(known => known.Name, () => product)),
            ("Resource", resource?.Facts.Name),
            ("Resource ID", resource?.Id.Value),
            ("Project", about.ProjectId),
        ];
        return PageResult.Of<SupportPage>(new Frame(brand, visitor.Member), new SupportView(
            brand.Support?.OriginalString, LabelOf(brand),
            [.. facts.Where(fact => fact.Value is not null).Select(fact => new Fact(fact.Label, fact.Value!))]));
    }

    private static async Task<Resource?> Find(Visitor visitor, ResourceId id, NpgsqlDataSource database, CancellationToken cancel)
    {
        var loads = new Loads();
        var found = ResourceRows.Load(loads, visitor.Id, id);
        await loads.Read(database, cancel);
        return found.Value;
    }

    private static string? LabelOf(Brand brand) =>
        brand.Support switch
        {
            null => null,
            { Scheme: "mailto" } mail => $"Write to {mail.OriginalString["mailto:".Length..].Split('?')[0]}",
            _ => $"Contact {brand.Name}",
        };
}
