using Marketplace.Integration.Conformance;
using Marketplace.Integration.Conformance.Provider;
using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>What a customer does in Vercel's dashboard, by the pages of the simulator, against a provider that keeps the contract.</summary>
public sealed class CustomerPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_installs_provisions_rotates_changes_the_plan_types_a_command_and_connects_a_project()
    {
        await using var market = await Market.Open();
        var page = await chromium.NewPage();
        var foreign = Foreign(page, market.Vercel.BaseUrl);

        await page.GotoAsync(market.Vercel.BaseUrl.AbsoluteUri);
        await Expect(page.Locator(".empty")).ToContainTextAsync("No team yet");
        await page.GetByLabel("Name").FillAsync("Blue Whale");
        await page.ClickAsync("button:text-is('Create')");
        await Expect(page.Locator("#told")).ToContainTextAsync("Blue Whale is there.");

        await page.ClickAsync("text=Install the integration");
        await page.GetByLabel("I accept the End User Licence Agreement").CheckAsync();
        await page.GetByLabel("I accept the Privacy Policy").CheckAsync();
        await page.ClickAsync("text=Accept and install");
        await Expect(page.Locator("#told")).ToContainTextAsync("The integration is installed for Blue Whale.");
        await Expect(page.Locator("#told .exchange")).ToContainTextAsync("PUT /v1/installations/");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Installed");
        await page.ClickAsync("#told summary");
        await Expect(page.Locator("#told pre").First).ToContainTextAsync("\"access_token\": \"••••••••\"");
        await Chromium.Keep(page, "simulator-installed");

        await page.ClickAsync("[aria-label='Create a resource of Shelf']");
        await page.GetByLabel("Name").FillAsync("orders");
        await Expect(page.Locator("#plans")).ToContainTextAsync("$0.02/hour");
        await page.GetByLabel("size").SelectOptionAsync("Large");
        await Expect(page.Locator("#plans")).ToContainTextAsync("$0.06/hour");
        await page.GetByLabel("Hourly").CheckAsync();
        await Chromium.Keep(page, "simulator-new-resource");
        await page.ClickAsync("button:has-text('Create Shelf')");
        await Expect(page.Locator("#told")).ToContainTextAsync("orders is made.");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Ready");

        var resource = Assert.Single(Assert.Single(market.Vercel.State.Installations.Values).Resources.Values);
        var first = resource.Secrets.Single(secret => secret.Name == "SHELF_KEY").Value;
        Assert.DoesNotContain(first, await page.ContentAsync(), StringComparison.Ordinal);
        await page.ClickAsync("[aria-label='Reveal SHELF_KEY']");
        await Expect(page.GetByLabel("SHELF_KEY")).ToHaveValueAsync(first);

        await page.ClickAsync("text=Rotate secrets…");
        await page.GetByLabel("Hours for which the old ones go on working").FillAsync("1.5");
        await page.GetByLabel("Reason").FillAsync("leaked");
        await page.ClickAsync("button:text-is('Rotate secrets')");
        await Expect(page.Locator("#told")).ToContainTextAsync("New secrets are here.");
        await page.ClickAsync("#told summary");
        await Expect(page.Locator("#told pre").First).ToContainTextAsync("\"delayOldSecretsExpirationHours\": 1.5");
        Assert.DoesNotContain(Secret(market), await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal((200, 200), (await market.Knock(resource.Id, first), await market.Knock(resource.Id, Secret(market))));

        await page.ClickAsync(".subtabs >> text=Plan");
        await page.GetByLabel("Credit").CheckAsync();
        await page.ClickAsync("text=Change the plan");
        await Expect(page.Locator("#told")).ToContainTextAsync("The plan is changed.");
        await page.GetByLabel("Amount in dollars").FillAsync("25");
        await page.ClickAsync("text=Buy credit");
        await Expect(page.Locator("#credit .big")).ToHaveTextAsync("$25.00");
        await page.GetByLabel("At most in a month").FillAsync("100");
        await page.ClickAsync("#threshold button");
        await Expect(page.Locator("#threshold")).ToContainTextAsync("Vercel buys $25.00 whenever the balance is stated below $5.00, at most $100.00 a month.");
        await Chromium.Keep(page, "simulator-plan");

        await page.ClickAsync(".subtabs >> text=Console");
        await page.GetByLabel("Command", new() { Exact = true }).FillAsync("set name value");
        await page.ClickAsync("button:text-is('Run')");
        await Expect(page.Locator(".console")).ToContainTextAsync("This console only reads.");
        await page.GetByLabel("Read-only").UncheckAsync();
        await page.GetByLabel("Command", new() { Exact = true }).FillAsync("set name value");
        await page.ClickAsync("button:text-is('Run')");
        await Expect(page.Locator(".console")).ToContainTextAsync("Done.");
        await page.GetByLabel("Command", new() { Exact = true }).FillAsync("list");
        await page.ClickAsync("button:text-is('Run')");
        await Expect(page.Locator(".console td").First).ToHaveTextAsync("name");
        await Chromium.Keep(page, "simulator-console");

        await page.ClickAsync(".crumbs >> text=Blue Whale");
        await page.Locator("#projects").GetByLabel("Name").FillAsync("shop");
        await page.ClickAsync("text=Create a project");
        await page.GotoAsync($"{Address(market)}");
        await page.ClickAsync("text=Connect a project…");
        await page.GetByLabel("Custom prefix").FillAsync("MAIN");
        await page.Locator("#projects").GetByLabel("development").UncheckAsync();
        await page.ClickAsync("button:text-is('Connect')");
        await Expect(page.Locator("#told")).ToContainTextAsync("shop has the secrets as environment variables.");
        await page.ClickAsync("#projects >> text=shop");
        await Expect(page.Locator("#variables")).ToContainTextAsync("MAIN_SHELF_KEY");
        Assert.DoesNotContain(Secret(market), await page.ContentAsync(), StringComparison.Ordinal);
        await page.ClickAsync("[aria-label='Reveal MAIN_SHELF_KEY']");
        await Expect(page.GetByLabel("MAIN_SHELF_KEY")).ToHaveValueAsync(Secret(market));
        await Chromium.Keep(page, "simulator-project");
        await page.ClickAsync(".subtabs >> text=development");
        await Expect(page.Locator("#variables")).ToContainTextAsync("No resource brings variables into development.");

        Assert.Empty(foreign);
        Assert.Empty(market.Findings);
    }

    private static string Secret(Market market) => market.Vercel.State.Installations.Values.Single().Resources.Values.Single()
        .Secrets.Single(secret => secret.Name == "SHELF_KEY").Value;

    private static string Address(Market market)
    {
        var installation = market.Vercel.State.Installations.Values.Single();
        return $"{market.Vercel.BaseUrl}installations/{installation.Id}/resources/{installation.Resources.Values.Single().Id}";
    }

    /// <summary>Whatever a page asks of anybody else.</summary>
    private static List<string> Foreign(IPage page, Uri own)
    {
        var foreign = new List<string>();
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != own.Authority)
            {
                foreign.Add(request.Url);
            }
        };
        return foreign;
    }
}
