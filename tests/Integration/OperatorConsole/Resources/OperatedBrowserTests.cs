using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.OperatorConsole.Resources;

/// <summary>The pages of installations and resources in a real browser: to be read by everybody, and worked by keyboard alone.</summary>
[Collection(OperatedCustomers.Name)]
public sealed class OperatedBrowserTests(OperatedStory story, Chromium chromium)
{
    private string Resource => $"{story.Base}/ops/resources/{story.Whale}/{story.Checkout.Id}";

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("phone")]
    public async Task Every_page_is_readable_in_light_and_dark_and_on_a_phone(string look)
    {
        var page = await chromium.NewPage(look switch
        {
            "dark" => new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 1280, Height = 860 } },
            "phone" => new() { ViewportSize = new() { Width = 360, Height = 760 }, IsMobile = true, HasTouch = true },
            _ => new() { ViewportSize = new() { Width = 1280, Height = 860 } },
        });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("status of 4", StringComparison.Ordinal))
                complaints.Add(message.Text);
        };
        await SignIn(page, "/ops/installations");

        foreach (var (name, path) in new[]
        {
            ("installations", "/ops/installations"), ("installations-none", "/ops/installations?q=nobody"),
            ("installation", $"/ops/installations/{story.Whale}"), ("resources", "/ops/resources"), ("resources-none", "/ops/resources?status=onboarding"),
            ("resource", new Uri(Resource).AbsolutePath), ("resource-stuck", $"/ops/resources/{story.Whale}/{story.Stuck.Id}"),
            ("resource-gone", $"/ops/resources/{story.Fox}/{story.Came.Id}"), ("installation-unknown", "/ops/installations/icfg_nobody"),
        })
        {
            await page.GotoAsync(story.Base + path);
            await Chromium.Keep(page, $"ops-{name}-{look}");
            await Readable.Check(page, name);
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task An_operator_finds_a_resource_suspends_it_and_is_told_what_came_of_it_by_keyboard_alone()
    {
        var tool = await story.Acme.Provision(story.Whale, "by-keyboard");
        var page = await chromium.NewPage(new() { JavaScriptEnabled = false, ViewportSize = new() { Width = 1280, Height = 860 } });
        await SignIn(page, "/ops/resources");

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Skip to content");
        await page.GetByLabel("Name, reference or id").FocusAsync();
        await page.Keyboard.TypeAsync("by keyb");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "by-keyboard" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("by-keyboard");

        await page.Locator("summary", new() { HasText = "Suspend…" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("What the customer reads").FocusAsync();
        await page.Keyboard.TypeAsync("Abuse was reported.");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Ticket 4711");
        await Chromium.Keep(page, "ops-resource-suspend");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("It is suspended");
        await Chromium.Keep(page, "ops-resource-suspended");
        await Readable.Check(page, "suspended");

        // What another one has deleted meanwhile: the page again, and why.
        await page.Locator("summary", new() { HasText = "Tell something…" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync("Hello");
        await page.Locator("#notification form input[name=reason]").FillAsync("Ticket 4711");
        await story.Acme.Customer.DeleteResource(story.Whale, tool.Id, TestContext.Current.CancellationToken);
        await page.Locator("#notification form button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".notice.bad").First).ToContainTextAsync("is gone from the installation");
        await Chromium.Keep(page, "ops-resource-refused");

        await page.Locator("#timeline select").FocusAsync();
        await page.Locator("#timeline select").SelectOptionAsync("resource.");
        await page.Locator("#timeline button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".timeline li").First).ToContainTextAsync("Resource: uninstalled");
        await Expect(page.Locator(".timeline")).ToContainTextAsync($"operator:{Operators.Name}");
    }

    private async Task SignIn(IPage page, string to)
    {
        await page.GotoAsync($"{story.Base}/ops/sign-in?to={Uri.EscapeDataString(to)}");
        await page.Locator("input[name=name]").FillAsync(Operators.Name);
        await page.Locator("input[name=password]").FillAsync(Operators.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"{story.Base}{to}");
    }
}
