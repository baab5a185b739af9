using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>The overview counts what needs a person, and leads to where it is repaired.</summary>
public sealed partial class OverviewTests(ConsoleScene scene) : IClassFixture<ConsoleScene>
{
    [Fact]
    public async Task Where_nothing_is_wrong_it_says_so_and_every_link_of_it_leads_to_a_page()
    {
        using var browser = await Operators.SignIn(scene.Server);
        var page = (await browser.Open("/ops")).Is(HttpStatusCode.OK);

        Assert.Contains("Nothing: everything goes on by itself.", page.Text, StringComparison.Ordinal);
        foreach (var link in Links().Matches(page.Html).Select(match => WebUtility.HtmlDecode(match.Groups["to"].Value)).Distinct())
            (await browser.Open(link)).Is(HttpStatusCode.OK);
    }

    [GeneratedRegex("href=\"(?<to>/ops[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
