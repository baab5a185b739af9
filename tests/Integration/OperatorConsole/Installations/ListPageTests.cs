using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.OperatorConsole.Installations;

/// <summary>The lists of installations and resources as an operator's browser gets them.</summary>
[Collection(ManyCustomers.Name)]
public sealed partial class ListPageTests(ManyInstallations many)
{
    [Theory]
    [InlineData("/ops/installations?q=blue+whale")]
    [InlineData("/ops/installations?q=blue+whale&sort=account")]
    [InlineData("/ops/installations?q=blue+whale&sort=-account&status=active")]
    [InlineData("/ops/installations?sort=installed&status=active&plan=pro")]
    [InlineData("/ops/resources?q=orders&status=ready")]
    [InlineData("/ops/resources?q=checkout&sort=name&product=acme-keys")]
    [InlineData("/ops/resources?sort=-name&plan=free")]
    public async Task Next_leads_on_without_a_gap_and_previous_back_to_where_one_was(string first)
    {
        using var browser = await Operators.SignIn(many.Server);
        var pages = new List<PlainPage> { (await browser.Open(first)).Is(HttpStatusCode.OK) };
        for (var steps = 0; steps < 2 && pages[^1].Link("Next") is { } next; steps++)
            pages.Add((await browser.Open(next)).Is(HttpStatusCode.OK));

        var seen = pages.SelectMany(page => Rows(page)).ToList();
        Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
        if (first.Contains("checkout", StringComparison.Ordinal))
        {
            // Nothing of this product is called so.
            Assert.Contains("Nothing fits", pages[0].Text, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(3, pages.Count);
        Assert.All(pages, page => Assert.Equal(50, Rows(page).Count));
        Assert.Null(pages[0].Link("Previous"));
        Assert.Equal(Rows(pages[1]), Rows(await browser.Open(pages[2].Link("Previous")!)));
        Assert.Equal(Rows(pages[0]), Rows(await browser.Open(pages[1].Link("Previous")!)));
    }

    [Fact]
    public async Task A_list_is_searched_filtered_and_sorted_by_its_address_and_says_what_it_does_not_know()
    {
        using var browser = await Operators.SignIn(many.Server);
        var found = (await browser.Open("/ops/installations?q=person6000%40")).Is(HttpStatusCode.OK);
        Assert.Contains("Blue Whale 6000", Assert.Single(Rows(found)), StringComparison.Ordinal);
        Assert.Equal(10, Rows(await browser.Open("/ops/installations?needs=payment")).Count);
        Assert.Contains("Unpaid: warned", (await browser.Open("/ops/installations?needs=payment")).Text, StringComparison.Ordinal);
        Assert.Contains("77", Assert.Single(Rows(await browser.Open("/ops/installations?needs=person&q=person77"))), StringComparison.Ordinal);
        Assert.Equal(12, Rows(await browser.Open("/ops/installations?status=uninstalling")).Count);
        var byName = Rows(await browser.Open("/ops/installations?sort=account&q=whale"));
        Assert.Equal(byName.Order(StringComparer.Ordinal), byName);
        Assert.All(Rows(await browser.Open("/ops/resources?status=suspended&product=acme-postgres")), row => Assert.Contains("Suspended", row, StringComparison.Ordinal));

        Assert.Contains("Nothing fits", (await browser.Open("/ops/installations?q=nobody+at+all")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        foreach (var wrong in new[]
        {
            "?state=active", "?status=gone", "?sort=contact", "?after=x", "?sort=account&after=WyIxIl0", "?needs=love",
        })
        {
            (await browser.Open($"/ops/installations{wrong}")).Is(HttpStatusCode.BadRequest);
        }

        (await browser.Open("/ops/resources?after=WyIxIl0")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Nobody_sees_a_list_or_a_page_without_signing_in()
    {
        using var browser = new PlainBrowser(many.Server);
        foreach (var page in new[] { "/ops/installations", "/ops/installations/icfg_1", "/ops/resources", "/ops/resources/icfg_1/res_1" })
            Assert.StartsWith("/ops/sign-in", (await browser.Open(page)).Is(HttpStatusCode.SeeOther).Location, StringComparison.Ordinal);
    }

    /// <summary>What is to be read in each row.</summary>
    private static IReadOnlyList<string> Rows(PlainPage page) =>
        [.. Row().Matches(page.Html).Select(row => Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(row.Groups["row"].Value, "<[^>]*>", " ", RegexOptions.None, TimeSpan.FromSeconds(1))), @"\s+", " ", RegexOptions.None, TimeSpan.FromSeconds(1)).Trim())];

    [GeneratedRegex("""<tr role="row"><th scope="row"(?<row>.*?)</tr>""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();
}

/// <summary>One database of many for all tests that look through it.</summary>
[CollectionDefinition(Name)]
public sealed class ManyCustomers : ICollectionFixture<ManyInstallations>
{
    public const string Name = "Many customers";
}
