using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>The simulator's pages and our own server, one person before both of them.</summary>
public sealed class OwnServerPageTests(Acme acme, Chromium chromium) : IClassFixture<Acme>, IClassFixture<Chromium>
{
    [Fact]
    public async Task A_person_installs_gets_a_resource_rotates_it_changes_its_plan_and_goes_on_at_the_provider()
    {
        var team = acme.Customer.CreateTeam("Blue Whale");
        acme.Customer.CreateProject(team.AccountId, "shop");
        var page = await chromium.NewPage();
        await page.GotoAsync($"{acme.Vercel.BaseUrl}teams/{team.AccountId}/install");
        await page.GetByLabel("I accept the End User Licence Agreement").CheckAsync();
        await page.GetByLabel("I accept the Privacy Policy").CheckAsync();
        await page.ClickAsync("text=Accept and install");
        await page.ClickAsync("text=Another product, by its id…");
        await page.GetByLabel("Product id").FillAsync("acme-tools");
        await page.ClickAsync("button:text-is('Create…')");

        await page.GetByLabel("Name").FillAsync("checkout");
        await page.Locator(".plan input[value=pro]").CheckAsync();
        await page.ClickAsync("button:has-text('Create acme-tools')");
        await Expect(page.Locator("#told")).ToContainTextAsync("checkout is made.");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Ready");
        var first = Secret(team.AccountId);

        await page.ClickAsync("text=Rotate secrets…");
        await page.ClickAsync("button:text-is('Rotate secrets')");
        await Expect(page.Locator("#told")).ToContainTextAsync("New secrets are here.");
        await page.ClickAsync("[aria-label='Reveal ACME_KEY']");
        await Expect(page.GetByLabel("ACME_KEY")).ToHaveValueAsync(Secret(team.AccountId));
        Assert.NotEqual(first, Secret(team.AccountId));
        Assert.True(acme.Workshop.Opens(first) && acme.Workshop.Opens(Secret(team.AccountId)));

        await page.ClickAsync("text=Connect a project…");
        await page.ClickAsync("button:text-is('Connect')");
        await page.ClickAsync("#projects >> text=shop");
        await Expect(page.Locator("#variables")).ToContainTextAsync("ACME_KEY");
        await page.GoBackAsync();

        await page.ClickAsync(".subtabs >> text=Plan");
        await Expect(page.Locator(".plan", new() { HasText = "current" })).ToHaveCountAsync(1);
        await page.Locator(".plan input[value=free]").CheckAsync();
        await page.ClickAsync("text=Change the plan");
        await Expect(page.Locator("#told .status.good")).ToHaveTextAsync("200");
        await Chromium.Keep(page, "simulator-own-server");

        var arrived = await page.RunAndWaitForPopupAsync(() => page.ClickAsync("text=Open at the provider"));
        await Expect(arrived.Locator("h1")).ToHaveTextAsync("checkout");
        Assert.Equal(acme.Server.Http.BaseAddress!.Authority, new Uri(arrived.Url).Authority);
        Assert.Empty(acme.Vercel.State.Findings);
    }

    private string Secret(string accountId) => acme.Vercel.State.Installations.Values.Single(installation => installation.AccountId == accountId)
        .Resources.Values.Single().Secrets.Single(secret => secret.Name == "ACME_KEY").Value;
}
