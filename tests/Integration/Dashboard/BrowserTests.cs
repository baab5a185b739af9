using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Dashboard;

/// <summary>Sign-on and dashboard in a real browser. What needs none is tested without. Source: contract §E.8, §E.9.</summary>
public sealed partial class BrowserTests(DashboardStory story, Chromium chromium) : IClassFixture<DashboardStory>, IClassFixture<Chromium>
{
    private readonly Acme acme = story.Acme;

    private string Home => $"{Base}/dashboard/{story.Installation}";

    private string Base => acme.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("phone")]
    public async Task Every_page_is_readable_in_light_and_dark_and_on_a_phone(string look)
    {
        var page = await chromium.NewPage(look switch
        {
            "dark" => new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 1180, Height = 820 } },
            "phone" => new() { ViewportSize = new() { Width = 360, Height = 760 }, IsMobile = true, HasTouch = true },
            _ => new() { ViewportSize = new() { Width = 1180, Height = 820 } },
        });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("status of 4", StringComparison.Ordinal))
                complaints.Add(message.Text);
        };
        await page.GotoAsync(acme.Vercel.Dashboard.SignOn(story.Installation).AbsoluteUri);
        var invoice = await page.GotoAsync($"{Home}/invoices") is not null ? await page.Locator("tbody a").First.GetAttributeAsync("href") : null;

        foreach (var (name, path) in new[]
        {
            ("home", Home), ("resource", $"{Home}/resources/{story.Checkout.Id}"), ("plans", $"{Home}/resources/{story.Checkout.Id}/plans"), ("balance", $"{Home}/resources/{story.Credit.Id}/balance"), ("usage", $"{Home}/usage"), ("invoices", $"{Home}/invoices"),
            ("invoice", $"{Base}{invoice}"), ("support", $"{Home}/support?resource={story.Checkout.Id}"), ("session", $"{Home}/session"),
            ("signed-out", $"{Home}/signed-out"), ("not-found", $"{Home}/resources/res_1"), ("sign-in", $"{Base}/dashboard/icfg_other"),
        })
        {
            await page.GotoAsync(path);
            await Chromium.Keep(page, $"{name}-{look}");
            await Readable.Check(page, name);
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Who_comes_from_our_side_goes_through_Vercel_and_lands_where_they_wanted()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync($"{Home}/usage");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Please sign in");

        await page.ClickAsync("a:text-is('Sign in with Vercel')");

        Assert.Equal($"{Home}/usage", page.Url);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Usage");
        await page.GotoAsync($"{Base}/sso/{story.Installation}?invoice_id={acme.Vercel.State.Installations[story.Installation].Invoices.First(invoice => invoice.ExternalId is not null).Id}");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Monthly invoice");
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_provider_tells_is_on_the_page_and_its_link_signs_on_from_Vercel()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(acme.Vercel.Dashboard.OpenNotification(story.Installation, resourceId: null).AbsoluteUri);
        Assert.Equal($"{Home}/support", page.Url);

        await page.GotoAsync(Home);
        await Expect(page.Locator(".notice")).ToContainTextAsync("Maintenance on Sunday");
        await page.ClickAsync(".notice a");
        Assert.Equal($"{Home}/support", page.Url);
        await page.GotoAsync($"{Home}/resources/{story.Checkout.Id}");
        await Expect(page.Locator(".notice.warn")).ToContainTextAsync("Queue almost full");
    }

    [Fact]
    public async Task Nobody_is_sent_on_to_a_page_that_is_not_ours()
    {
        var page = await chromium.NewPage();
        foreach (var url in new[]
        {
            "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", $"{Base}@evil.example", $"{Base}.evil.example",
            $"{Base}\\@evil.example", $"{Base.Replace("http", "https", StringComparison.Ordinal)}/", "javascript:alert(1)", $"\t{Base}", $"{Base}%2eevil.example",
        })
        {
            var sent = QueryHelpers.AddQueryString(acme.Vercel.Dashboard.SignOn(story.Installation).AbsoluteUri, "url", url);
            await page.GotoAsync(sent);
            Assert.True(page.Url == Home, $"{url} leads to {page.Url}");
        }

        await page.GotoAsync(QueryHelpers.AddQueryString(acme.Vercel.Dashboard.SignOn(story.Installation).AbsoluteUri, "url", $"sso:{Home}/support"));
        Assert.Equal($"{Home}/support", page.Url);
    }

    [Fact]
    public async Task A_used_link_is_a_page_with_a_way_on_and_a_wrong_state_too()
    {
        var page = await chromium.NewPage();
        var used = acme.Vercel.Dashboard.SignOn(story.Installation).AbsoluteUri;
        await page.GotoAsync(used);

        await page.GotoAsync(used);
        await Expect(page.Locator("h1")).ToHaveTextAsync("This sign-in link has expired");

        // A link that somebody else began, and sent to this person.
        using var other = new PlainBrowser(acme);
        await page.GotoAsync((await other.Open((await other.Open($"/sso/{story.Installation}?path=billing")).Location!)).Location!);
        await Expect(page.Locator("h1")).ToHaveTextAsync("This sign-in did not begin here");
        await Chromium.Keep(page, "wrong-state");
        await page.ClickAsync("a:text-is('Begin again')");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Invoices");
    }

    [Fact]
    public async Task An_administrator_reveals_copies_and_rotates_secrets_and_the_new_ones_reach_Vercel()
    {
        var resource = await acme.Provision(story.Installation, "rotated");
        var page = await chromium.NewPage();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync(acme.Vercel.Dashboard.SignOn(story.Installation, "ADMIN", ("resource_id", resource.Id), ("path", "secrets")).AbsoluteUri);
        Assert.DoesNotContain(resource.Secret(), await page.ContentAsync(), StringComparison.Ordinal);

        await page.ClickAsync("text=Reveal secrets");
        await Expect(page.GetByLabel("ACME_KEY")).ToHaveValueAsync(resource.Secret());
        await page.Locator("[data-copy=secret-ACME_KEY]").ClickAsync();
        await Expect(page.Locator("[data-copy=secret-ACME_KEY]")).ToHaveTextAsync("Copied");
        Assert.Equal(resource.Secret(), await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        await Chromium.Keep(page, "revealed");

        await page.ClickAsync("text=Rotate secrets…");
        await page.GetByLabel("How long the old secrets go on working").SelectOptionAsync("1 hour");
        await Chromium.Keep(page, "rotate");
        await page.ClickAsync("button:has-text('Rotate secrets')");
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("New secrets are in force");
        await Chromium.Keep(page, "rotated");
        await Expect(page.Locator("[data-left]")).ToHaveTextAsync(CountedDown());
        await acme.Work("outbox");

        var fresh = acme.Vercel.State.Installations[story.Installation].Find(resource.Id)!.Secrets.Single(secret => secret.Name == "ACME_KEY").Value;
        Assert.NotEqual(resource.Secret(), fresh);
        Assert.True(acme.Workshop.Opens(resource.Secret()) && acme.Workshop.Opens(fresh));
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Work("secret-expiry", "operations");
        Assert.False(acme.Workshop.Opens(resource.Secret()));
        Assert.True(acme.Workshop.Opens(fresh));
    }

    [Fact]
    public async Task Everything_works_by_keyboard_and_without_scripts()
    {
        var resource = await acme.Provision(story.Installation, "plain");
        var page = await chromium.NewPage(new() { JavaScriptEnabled = false });
        await page.GotoAsync(acme.Vercel.Dashboard.SignOn(story.Installation, "ADMIN", ("resource_id", resource.Id)).AbsoluteUri);

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Skip to content");
        await page.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("How long the old secrets go on working").FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Rotate secrets");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("New secrets are in force");

        await page.GotoAsync($"{Home}/session");
        await page.Locator("button", new() { HasTextRegex = SignOut() }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("You are signed out");
        await page.GotoAsync(Home);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Please sign in");
    }

    [Fact]
    public async Task Whoever_may_only_look_sees_no_controls_and_who_leaves_the_team_is_out_at_once()
    {
        var team = acme.Vercel.State.Teams[acme.Vercel.State.Installations[story.Installation].AccountId];
        var page = await chromium.NewPage();
        await page.GotoAsync(acme.Vercel.Dashboard.SignOn(story.Installation, "USER", ("resource_id", story.Checkout.Id)).AbsoluteUri);
        await Expect(page.Locator("main button, main form, main summary")).ToHaveCountAsync(0);
        await Expect(page.Locator("#secrets")).ToContainTextAsync("Only administrators");
        await Chromium.Keep(page, "resource-viewer");

        await Webhooks.WebhookText.TellOnce(acme, Webhooks.WebhookText.Of(
            "marketplace.member.changed", story.Installation, acme.Now, new() { ["memberId"] = team.Viewer.UserId, ["role"] = "NONE" }));
        await page.ReloadAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Please sign in");
    }

    [Fact]
    public async Task Without_a_database_there_is_a_page_and_no_stack_trace()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(acme.Vercel.Dashboard.SignOn(story.Installation).AbsoluteUri);
        acme.Line.Cut();
        try
        {
            foreach (var path in new[] { Home, $"{Home}/invoices", $"{Base}/sso/{story.Installation}", acme.Vercel.Dashboard.SignOn(story.Installation).AbsoluteUri })
            {
                var answer = await page.GotoAsync(path);
                Assert.Equal(503, answer!.Status);
                await Expect(page.Locator("h1")).ToHaveTextAsync("We will be right back");
            }

            Assert.DoesNotContain("Exception", await page.ContentAsync(), StringComparison.Ordinal);
            await Chromium.Keep(page, "no-database");
        }
        finally
        {
            acme.Line.Mend();
        }

        await page.GotoAsync(Home);
        await Expect(page.Locator("h1")).ToHaveTextAsync("Resources");
    }

    [GeneratedRegex("^Sign out$", RegexOptions.None, 1000)]
    private static partial Regex SignOut();

    [GeneratedRegex("^(?:1 h 0|59) min", RegexOptions.None, 1000)]
    private static partial Regex CountedDown();
}
