using System.Text.RegularExpressions;
using Marketplace.Integration.Dashboard;
using Marketplace.Simulator.Installations;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>Transfers, sign-on, access, deployments and the end, by the pages of the simulator, against our own server.</summary>
public sealed class InstallationPageTests(VercelStory story, Chromium chromium) : IClassFixture<VercelStory>, IClassFixture<Chromium>
{
    private readonly Acme acme = story.Acme;

    private string Provider => acme.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task A_resource_goes_to_another_team_step_by_step_and_nobody_gets_it_after_its_time()
    {
        var (source, target, third) = (await acme.Install(), await acme.Install(), await acme.Install());
        var tool = await acme.Provision(source, "moving");
        var page = await story.Open(chromium, $"/installations/{source}");
        await page.ClickAsync(".subtabs >> text=Transfers");
        await page.GetByLabel("moving").CheckAsync();
        await page.ClickAsync("button:text-is('Offer')");

        await Expect(page.Locator("#told")).ToContainTextAsync("Offered.");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Offered");
        await page.ClickAsync($"[aria-label='Look at it as {story.TeamOf(target)}']");
        await Expect(page.Locator("#told")).ToContainTextAsync($"{story.TeamOf(target)} has looked at it");
        await page.ClickAsync($"[aria-label='Look at it as {story.TeamOf(third)}']");
        await Expect(page.Locator(".stages")).ToContainTextAsync("Keeps the plan that it has.");
        await Chromium.Keep(page, "simulator-transfer");
        await page.GetByLabel("For").SelectOptionAsync(story.TeamOf(target));
        await page.ClickAsync("button:text-is('Accept')");

        await Expect(page.Locator("#told")).ToContainTextAsync($"It belongs to {story.TeamOf(target)} now");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync($"Accepted by {story.TeamOf(target)}");
        Assert.NotNull(acme.Customer.Installation(target).Find(tool.Id));
        Assert.Null(acme.Customer.Installation(source).Find(tool.Id));

        // Whoever comes second gets nothing, and sees why.
        await page.GetByLabel("For").SelectOptionAsync(story.TeamOf(third));
        await page.ClickAsync("text=Accept once more");
        await Expect(page.Locator("#told.bad")).ToContainTextAsync("The provider refused");
        Assert.Null(acme.Customer.Installation(third).Find(tool.Id));

        await page.GotoAsync(story.At($"/installations/{target}/transfers"));
        await page.GetByLabel("moving").CheckAsync();
        await page.GetByLabel("May be claimed for").SelectOptionAsync("ten minutes");
        await page.ClickAsync("button:text-is('Offer')");
        var claim = page.Url;
        acme.Pass(TimeSpan.FromMinutes(11));
        await page.GotoAsync(claim);
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Expired");
        await page.ClickAsync($"[aria-label='Look at it as {story.TeamOf(third)}']");
        await Expect(page.Locator("#told.bad")).ToContainTextAsync("The provider refused");
    }

    [Fact]
    public async Task All_of_an_installation_goes_to_a_team_that_has_none()
    {
        var source = await acme.Install();
        await acme.Provision(source, "whole");
        var taker = acme.Customer.CreateTeam("Taker of all");
        var page = await story.Open(chromium, $"/installations/{source}/transfers");

        await page.GetByLabel("To").SelectOptionAsync("Taker of all");
        await page.ClickAsync("button:text-is('Hand over')");

        await Expect(page.Locator("#told")).ToContainTextAsync("All of it belongs to Taker of all now.");
        Assert.Equal(taker.AccountId, acme.Customer.Installation(source).AccountId);
    }

    [Fact]
    public async Task Single_sign_on_ends_on_the_providers_pages_in_a_new_tab_in_both_directions()
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation, "opened");
        var page = await story.Open(chromium, $"/installations/{installation}");
        await page.ClickAsync(".subtabs >> text=Sign-on");
        await Chromium.Keep(page, "simulator-sign-on");
        await page.Locator("#as").SelectOptionAsync("Vic Viewer, USER");
        await page.GetByLabel("Resource").SelectOptionAsync("opened");

        var fromVercel = await page.RunAndWaitForPopupAsync(() => page.ClickAsync("text=Open in a new tab"));
        await fromVercel.WaitForURLAsync($"{Provider}/dashboard/{installation}/resources/{tool.Id}");
        await Expect(fromVercel.Locator("h1")).ToContainTextAsync("opened");
        await Expect(fromVercel.Locator("#secrets")).ToContainTextAsync("Only administrators");

        var back = await page.RunAndWaitForPopupAsync(() => page.ClickAsync("text=Go as if from there"));
        await back.WaitForURLAsync($"{Provider}/dashboard/{installation}");

        // As the provider itself begins it, with a state of its own, in a browser that has no session there.
        var stranger = await chromium.NewPage();
        await stranger.GotoAsync($"{Provider}/sso/{installation}?path=billing");
        await Expect(stranger.Locator("h1")).ToHaveTextAsync("Invoices");
        Assert.StartsWith($"{Provider}/dashboard/{installation}", stranger.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_uninstallation_counts_down_says_what_keeps_it_open_and_ends_finalized()
    {
        var installation = await acme.Install();
        await acme.Provision(installation, "leaving", "team");
        await acme.Live(acme.Now.AddHours(13));
        var page = await story.Open(chromium, $"/installations/{installation}");
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.ClickAsync(".subtabs >> text=Access");
        await page.GetByLabel("Reason").FillAsync("Too expensive");
        await page.ClickAsync("button:text-is('Uninstall')");

        await Expect(page.Locator("#told")).ToContainTextAsync("Uninstalled. The provider has a day to bill what is left.");
        await Expect(page.Locator("#end .big-time")).ToContainTextAsync(new Regex("^(?:1 day|23 h)", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await acme.WorkOff();
        await page.ReloadAsync();
        await Expect(page.Locator("#end")).ToContainTextAsync("What keeps it open");
        await Expect(page.Locator("#end .list .status")).ToHaveTextAsync("Draft");
        await Chromium.Keep(page, "simulator-uninstalling");

        await story.Advance(page, "By an hour");
        await acme.WorkOff();
        await story.Advance(page, "By a day");
        await page.GotoAsync(story.At($"/installations/{installation}/access"));
        await Expect(page.Locator("#end h2")).ToHaveTextAsync("Finalized");
        await Expect(page.Locator("#uninstall")).ToHaveCountAsync(0);
        Assert.Equal(InstallationStage.Finalized, acme.Customer.Installation(installation).Stage);
    }

    [Fact]
    public async Task Scopes_and_projects_are_changed_and_the_provider_is_told()
    {
        var installation = await acme.Install();
        var account = acme.Customer.Installation(installation).AccountId;
        var (shop, _) = (acme.Customer.CreateProject(account, "shop"), acme.Customer.CreateProject(account, "blog"));
        var page = await story.Open(chromium, $"/installations/{installation}/access");

        await page.GetByLabel("read-write:integration-resource").UncheckAsync();
        await page.ClickAsync("button:text-is('Consent')");
        await Expect(page.Locator("#told")).ToContainTextAsync("The customer has consented.");
        await page.GetByLabel("Only these").CheckAsync();
        await page.GetByLabel("blog").UncheckAsync();
        await page.ClickAsync("button:text-is('Change')");
        await Expect(page.Locator("#told")).ToContainTextAsync("reaches other projects");

        Assert.Equal(["read:integration-configuration", "read-write:marketplace"], acme.Customer.Installation(installation).Scopes);
        Assert.Equal([shop.Id], acme.Customer.Installation(installation).SelectedProjects);
        Assert.Equal(
            ["integration-configuration.scope-change-confirmed", "integration-configuration.permission-upgraded"],
            acme.Vercel.State.Webhooks.Where(webhook => webhook.Body.Contains(installation, StringComparison.Ordinal)).Select(webhook => webhook.Type));
    }

    [Fact]
    public async Task A_deployment_is_begun_canceled_and_deleted_from_its_page()
    {
        var page = await story.Open(chromium, $"/projects/{story.Project}/deployments");
        await page.GetByLabel("Actions").FillAsync("branch");
        await page.ClickAsync("button:text-is('Deploy')");
        await Expect(page.Locator("#actions tbody tr")).ToContainTextAsync("checkout");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Provisioning");
        await Expect(page.Locator("#variables")).ToContainTextAsync("ACME_KEY");
        await Chromium.Keep(page, "simulator-deployment");

        await page.ClickAsync("button:text-is('Cancel')");
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Canceled");
        await page.ClickAsync("button:text-is('Delete')");
        await Expect(page.Locator(".notice.quiet")).ToContainTextAsync("It may come back until");
    }
}
