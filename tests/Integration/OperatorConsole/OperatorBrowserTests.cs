using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>The console in a real browser. What needs none is tested without.</summary>
public sealed class OperatorBrowserTests(DashboardStory story, Chromium chromium) : IClassFixture<DashboardStory>, IClassFixture<Chromium>
{
    private string Base => story.Acme.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("phone")]
    public async Task Every_page_is_readable_in_light_and_dark_and_on_a_phone(string look)
    {
        var page = await chromium.NewPage(look switch
        {
            "dark" => new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 1360, Height = 900 } },
            "phone" => new() { ViewportSize = new() { Width = 360, Height = 760 }, IsMobile = true, HasTouch = true },
            _ => new() { ViewportSize = new() { Width = 1360, Height = 900 } },
        });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("status of 4", StringComparison.Ordinal))
                complaints.Add(message.Text);
        };
        await story.Acme.Work("ledger-rollup");
        await page.GotoAsync($"{Base}/ops/sign-in");
        await Looks("sign-in");
        await page.GetByLabel("Name").FillAsync(Operators.Name);
        await page.GetByLabel("Password").FillAsync("wrong password one");
        await page.ClickAsync("button:text-is('Sign in')");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Name or password is wrong.");
        await page.GetByLabel("Name").FillAsync(Operators.Name);
        await page.GetByLabel("Password").FillAsync(Operators.Password);
        await page.ClickAsync("button:text-is('Sign in')");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Overview");
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "by day, " })).Not.ToHaveCountAsync(0);
        await Looks("overview");
        foreach (var table in await page.Locator("details.numbers summary").AllAsync())
            await table.ClickAsync();
        await Looks("overview-tables");

        foreach (var (name, path) in new[] { ("audit", "/ops/audit"), ("audit-nothing", "/ops/audit?q=nobody"), ("session", "/ops/session"), ("not-found", "/ops/nowhere") })
        {
            await page.GotoAsync(Base + path);
            await Looks(name);
            // On a phone the sections are a strip, and the audit is near its end.
            if (name == "audit")
                await Expect(page.Locator(".sections [aria-current]")).ToBeInViewportAsync(new() { Ratio = 1 });
        }

        Assert.Empty(complaints);

        async Task Looks(string name)
        {
            await Chromium.Keep(page, $"ops-{name}-{look}");
            await Readable.Check(page, name);
        }
    }

    [Fact]
    public async Task The_keyboard_alone_signs_in_skips_to_the_content_and_sorts()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync($"{Base}/ops/audit");
        await page.GetByLabel("Name").FocusAsync();
        await page.Keyboard.TypeAsync(Operators.Name);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Operators.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Audit");

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("a.skip")).ToBeFocusedAsync();
        await Expect(page.Locator("a.skip")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("th a.sort").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("th[aria-sort]")).ToHaveAttributeAsync("aria-sort", "ascending");
        Assert.EndsWith("/ops/audit?sort=at", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_shows_at_once_with_a_script_and_by_its_button_without()
    {
        foreach (var hasScript in new[] { true, false })
        {
            var page = await chromium.NewPage(new() { JavaScriptEnabled = hasScript });
            await page.GotoAsync($"{Base}/ops/audit");
            await page.GetByLabel("Name").FillAsync(Operators.Name);
            await page.GetByLabel("Password").FillAsync(Operators.Password);
            await page.ClickAsync("button:text-is('Sign in')");

            await page.GetByLabel("Outcome").SelectOptionAsync("Failed");
            if (!hasScript)
                await page.ClickAsync("button:text-is('Show')");

            await Expect(page.Locator(".empty h2")).ToHaveTextAsync("Nothing fits");
            Assert.Contains("outcome=failed", page.Url, StringComparison.Ordinal);
            await page.ClickAsync("text=Show all");
            Assert.EndsWith("/ops/audit", page.Url, StringComparison.Ordinal);
        }
    }
}
