using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.Products;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>The catalogue as sold, in the console.</summary>
public sealed class CataloguePageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_version_is_shown_with_who_has_it_and_what_the_file_says_otherwise_with_its_place()
    {
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Adapt = _ => { }, Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Catalog:ReloadEvery"] = "never" },
        });
        using var browser = await Operators.SignIn(acme.Server);
        var tool = await acme.Provision(await acme.Install(), "early");
        Assert.Contains("What the file says is in force", (await browser.Open("/ops/catalogue")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);

        // The same version says something else: it would not take force, and the page says why.
        acme.Rewrite(catalogue => Pro(catalogue)["pricing"]!["base"] = "24.00");
        var wrong = (await browser.Open("/ops/catalogue")).Text;
        Assert.Contains("The file would not take force", wrong, StringComparison.Ordinal);
        Assert.Contains("acme-tools/pro changes under those who have it: pricing.base", wrong, StringComparison.Ordinal);
        Assert.Matches(@"products\[0\]\.plans\[1\] line \d+, column \d+", wrong);
        Assert.Contains("acme-tools/pro pricing.base 12 24 1", wrong, StringComparison.Ordinal);

        // Another version is fine, first in the file alone and then in force.
        acme.Rewrite(catalogue =>
        {
            Pro(catalogue)["version"] = 2;
            Pro(catalogue)["pricing"]!["base"] = "24.00";
        });
        var changed = (await browser.Open("/ops/catalogue")).Text;
        Assert.Contains("The file was changed, and is not in force yet", changed, StringComparison.Ordinal);
        Assert.Contains("acme-tools/pro@2 New in the file", changed, StringComparison.Ordinal);
        Assert.Contains("Sold no more, and kept for those who have it: acme-tools/pro.", changed, StringComparison.Ordinal);
        await acme.Server.Services.GetRequiredService<CatalogueReload>().Look(Cancel);
        var later = await acme.Provision(await acme.Install(), "late", "pro@2");
        var sold = await browser.Open("/ops/catalogue");
        Assert.Matches(@"pro@2 2 Sold \$24\.00 a month[^$]* Subscription 1 ", sold.Text);
        Assert.Matches(@"pro 1 Superseded \$12\.00 a month[^$]* Subscription 1 ", sold.Text);

        var plan = (await browser.Open("/ops/catalogue/plan?product=acme-tools&plan=pro%402")).Is(HttpStatusCode.OK);
        Assert.Contains("pricing.base 24 ", plan.Text, StringComparison.Ordinal);
        Assert.Contains(later.Id, plan.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(tool.Id, plan.Text, StringComparison.Ordinal);
        await acme.Execute(
            """
            insert into resource (installation_id, resource_id, product_id, name, metadata, billing_plan_id, status, created_at)
            select $1, 'res_' || lpad(number::text, 3, '0'), 'acme-tools', 'tool', '{}', 'pro@2', 'ready', now() from generate_series(1, 70) number
            """,
            tool.Installation);
        Assert.Equal(71, await Walk(browser, "/ops/catalogue/plan?product=acme-tools&plan=pro%402"));
        Assert.Equal(71, await Walk(browser, "/ops/catalogue/plan?product=acme-tools&plan=pro%402&sort=-of"));
        (await browser.Open("/ops/catalogue/plan?product=acme-tools&plan=none")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Plans_of_whole_installations_are_shown_with_the_installations_that_have_them()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json" });
        using var browser = await Operators.SignIn(acme.Server);
        var installation = await acme.Install();
        var plan = await acme.Ask<string>("select billing_plan_id from installation where installation_id = $1", installation);

        Assert.Contains("Whole installations", (await browser.Open("/ops/catalogue")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        Assert.Contains(installation, (await browser.Open($"/ops/catalogue/plan?plan={plan}")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        Assert.Contains(installation, (await browser.Open($"/ops/catalogue/plan?plan={plan}&sort=-of")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    private static JsonNode Pro(JsonNode catalogue) => catalogue["products"]![0]!["plans"]![1]!;

    /// <summary>How many different rows the pages of a list have.</summary>
    private static async Task<int> Walk(PlainBrowser browser, string address)
    {
        var rows = new HashSet<string>(StringComparer.Ordinal);
        for (var next = address; next is not null;)
        {
            var page = (await browser.Open(next)).Is(HttpStatusCode.OK);
            rows.UnionWith(page.Html.Split("<th role=\"rowheader\"").Skip(1).Select(row => row.Split("</th>")[0]));
            next = page.Link("Next");
        }

        return rows.Count;
    }
}
