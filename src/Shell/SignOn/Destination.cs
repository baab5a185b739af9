using System.Globalization;
using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.SignOn;

/// <summary>Where somebody wants to go whom Vercel sends, or whom we send there and back. Source: contract §E.8, §E.9.</summary>
/// <param name="Path">One of <c>billing, usage, onboarding, secrets, support</c>.</param>
/// <param name="Url">As it was given: whether it leads to us is asked of <see cref="TrustedUrls"/>.</param>
/// <param name="WantsSupport">The person followed a link to support.</param>
internal sealed record Destination(
    string? ProductId, string? ResourceId, string? ProjectId, string? CheckId, string? ExperimentationItemId, string? InvoiceId,
    string? PullRequest, string? Path, string? Url, bool WantsSupport)
{
    /// <summary>Ids have about thirty. What is longer is no id.</summary>
    private const int CharactersMax = 200;

    private const int UrlCharactersMax = 2000;

    public static Destination Read(IQueryCollection query) => new(
        Text(query, "product_id"), Text(query, "resource_id"), Text(query, "project_id"), Text(query, "check_id"),
        Text(query, "experimentation_item_id"), Text(query, "invoice_id"), Text(query, "pr"), Text(query, "path"),
        Text(query, "url", UrlCharactersMax), Text(query, "support") == "true");

    /// <summary>As a page of ours has it in its own address.</summary>
    public static Destination OnPage(IQueryCollection query) => new(
        Text(query, "product"), Text(query, "resource"), Text(query, "project"), Text(query, "check"), Text(query, "item"), null, Text(query, "pr"),
        null, null, WantsSupport: false);

    /// <summary>The page of ours: the invoice before support, that before the resource, and home where nothing is asked for.</summary>
    public string PageIn(InstallationId installation)
    {
        var home = DashboardPaths.Home(installation);
        return this switch
        {
            { InvoiceId: { } invoice } => DashboardPaths.Invoice(installation, invoice),
            { WantsSupport: true } or { Path: "support" } =>
                DashboardPaths.Support(installation) + Query(("product", ProductId), ("resource", ResourceId), ("project", ProjectId)),
            { ResourceId: { } resource } =>
                DashboardPaths.Resource(installation, resource)
                + Query(("project", ProjectId), ("check", CheckId), ("item", ExperimentationItemId), ("pr", PullRequest)) + Section(),
            { Path: "billing" } => DashboardPaths.Invoices(installation),
            { Path: "usage" } => DashboardPaths.Usage(installation),
            _ => home,
        };
    }

    /// <summary>The same for the way to Vercel, which gives it back.</summary>
    /// <param name="trusted">The <see cref="Url"/>, if it leads to us.</param>
    public QueryBuilder ToQuery(string? trusted)
    {
        var query = new QueryBuilder();
        (string Name, string? Value)[] all =
        [
            ("product_id", ProductId), ("resource_id", ResourceId), ("project_id", ProjectId), ("check_id", CheckId),
            ("experimentation_item_id", ExperimentationItemId), ("invoice_id", InvoiceId), ("pr", PullRequest), ("path", Path), ("url", trusted),
            ("support", WantsSupport ? "true" : null),
        ];
        foreach (var (name, value) in all)
        {
            if (value is not null)
                query.Add(name, value);
        }

        return query;
    }

    /// <summary>On the page of a resource each has its place.</summary>
    private string Section() =>
        Path switch
        {
            "billing" => "#plan",
            "usage" => "#usage",
            "secrets" => "#secrets",
            _ => "",
        };

    private static string Query(params (string Name, string? Value)[] values)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in values)
        {
            if (value is not null)
                query.Add(name, value);
        }

        return query.ToString();
    }

    /// <summary>What is there twice, empty, too long or not printable is not there.</summary>
    private static string? Text(IQueryCollection query, string name, int charactersMax = CharactersMax) =>
        query[name] is [{ Length: > 0 } only] && only.Length <= charactersMax
            && !only.Any(character => char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format)
            ? only
            : null;
}
