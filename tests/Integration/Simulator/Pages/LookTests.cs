using System.Text.Json.Nodes;
using Marketplace.Integration.Dashboard;
using Marketplace.Simulator;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>The customer's pages as they look, to whoever looks at them with whatever.</summary>
public sealed class LookTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private Scene scene = null!;
    private string project = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Installation => $"{scene.Vercel.BaseUrl}installations/{scene.InstallationId}";

    private string Resource => $"{Installation}/resources/{scene.ResourceId}";

    public async ValueTask InitializeAsync()
    {
        scene = await Scene.Set("prepaid", options => options.With(Conformance.Market.Read("""
            {
              "redirectLoginUrl": "http://127.0.0.1:1/sso",
              "products": [{ "id": "acme-postgres", "name": "Acme Postgres", "protocols": ["storage", "experimentation"], "actions": ["branch"], "metadataSchema": {
                "type": "object", "properties": {
                  "region": { "ui:control": "vercel-region", "type": "string", "ui:label": "Region", "default": "iad1", "ui:read-only": "update" },
                  "size": { "ui:control": "slider", "type": "array", "ui:label": "Gigabytes", "items": { "type": "number", "minimum": 1, "maximum": 64, "default": 4 } },
                  "backups": { "ui:control": "toggle", "type": "boolean", "ui:label": "Backups every night", "description": "Kept for a week.", "default": true } } } }]
            }
            """)));
        var hand = scene.Vercel.Dashboard;
        project = hand.CreateProject(scene.AccountId, "shop").Id;
        hand.Connect(scene.InstallationId, scene.ResourceId, project, "ORDERS", ["production", "staging"]);
        hand.CreateTeam("Red Fox");
        await scene.Call(HttpMethod.Patch, $"/resources/{scene.ResourceId}", new JsonObject
        {
            ["notification"] = new JsonObject { ["level"] = "warn", ["title"] = "Queue almost full", ["message"] = "Make it larger.", ["href"] = "sso:https://acme.example/queue" },
        });
        await scene.Call(HttpMethod.Post, $"/resources/{scene.ResourceId}/experimentation/items", JsonNode.Parse(
            """{"items": [{"id": "f1", "slug": "new-cart", "origin": "https://acme.example/f1", "category": "flag", "name": "New cart"}]}"""));
        await hand.OpenConfig(scene.InstallationId, scene.ResourceId, Cancel);
        for (var day = 0; day < 9; day++)
        {
            await scene.Vercel.Advance(TimeSpan.FromDays(1), Cancel);
            var body = Bodies.Billing(scene.Vercel.Clock.GetUtcNow(), scene.ResourceId);
            body["usage"] = new JsonArray(
                Usage(scene.ResourceId, "Transactions", "interval", "transactions", 100 + (37 * day % 50), 120 * (day + 1), planValue: 1500),
                Usage(scene.ResourceId, "Storage", "total", "GB", 2 + (0.25m * day), 2 + (0.25m * day), planValue: null));
            Assert.Equal(201, (await scene.Call(HttpMethod.Post, "/billing", body)).Status);
        }
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

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
            {
                complaints.Add(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != scene.Vercel.BaseUrl.Authority)
            {
                complaints.Add(request.Url);
            }
        };
        var redFox = scene.Vercel.State.Teams.Values.Single(team => team.Name == "Red Fox");
        foreach (var (name, address) in new[]
        {
            ("teams", $"{scene.Vercel.BaseUrl}"), ("team", $"{scene.Vercel.BaseUrl}teams/{scene.AccountId}"),
            ("install", $"{scene.Vercel.BaseUrl}teams/{redFox.AccountId}/install"), ("installation", Installation), ("installation-plan", $"{Installation}/plan"),
            ("products", $"{scene.Vercel.BaseUrl}products"), ("product", $"{scene.Vercel.BaseUrl}products/acme-postgres"),
            ("new", $"{Installation}/new?product=acme-postgres"), ("new-unknown", $"{Installation}/new?product=unknown"), ("resource", Resource),
            ("revealed", $"{Resource}?reveal=*"), ("plan", $"{Resource}/plan"), ("console", $"{Resource}/console"), ("flags", $"{Resource}/flags"),
            ("settings", $"{Resource}/settings"), ("projects", $"{scene.Vercel.BaseUrl}projects"),
            ("project", $"{scene.Vercel.BaseUrl}projects/{project}?environment=staging&reveal=*"), ("not-found", $"{scene.Vercel.BaseUrl}teams/nobody"),
        })
        {
            await page.GotoAsync(address);
            await Chromium.Keep(page, $"simulator-{name}-{look}");
            await Readable.Check(page, name);
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_resource_shows_what_was_submitted_by_metric_with_the_limit_of_its_plan()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(Resource);

        var transactions = page.Locator(".chart", new() { HasText = "Transactions" });
        await Expect(transactions.Locator("svg")).ToHaveAttributeAsync("aria-label", "Transactions: 1,080 transactions of 1,500, 9 days shown");
        await Expect(transactions.Locator("rect")).ToHaveCountAsync(9);
        await Expect(transactions.Locator(".limit")).ToHaveCountAsync(1);
        await transactions.Locator("summary").ClickAsync();
        await Expect(transactions.Locator("tbody tr").Last).ToHaveTextAsync("2027-01-301,080");
        // What is consumed adds up: its bars grow, and the limit is above them all.
        var heights = await transactions.Locator("rect").EvaluateAllAsync<double[]>("all => all.map(one => one.height.baseVal.value)");
        Assert.Equal(heights.Order(), heights);
        Assert.Equal(96 * 1080 / 1500.0, heights[^1], precision: 1);
        Assert.Equal(0, await transactions.Locator(".limit").EvaluateAsync<double>("line => line.y1.baseVal.value"));
        await Expect(page.Locator(".chart", new() { HasText = "Storage" }).Locator(".limit")).ToHaveCountAsync(0);
        await Expect(page.Locator("#usage")).ToContainTextAsync("Base fee");
        await Expect(page.Locator("#usage")).ToContainTextAsync("$2.00");
    }

    [Fact]
    public async Task What_the_provider_notifies_of_leads_there_by_single_sign_on()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(Resource);
        await Expect(page.Locator(".notice.warn")).ToContainTextAsync("Queue almost full");

        var link = await page.Locator(".notice.warn a").GetAttributeAsync("href");
        using var led = await scene.Http.GetAsync(new Uri(link!, UriKind.Relative), Cancel);

        Assert.Equal(302, (int)led.StatusCode);
        Assert.Contains("mode=sso&code=", led.Headers.Location!.Query, StringComparison.Ordinal);
        Assert.Contains($"url=https%3A%2F%2Facme.example%2Fqueue&resource_id={scene.ResourceId}", led.Headers.Location.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_another_resource_has_in_the_project_are_told_and_nothing_typed_is_lost()
    {
        var second = (await scene.Vercel.Dashboard.Provision(
            scene.InstallationId, "acme-postgres", "second", "pro", new JsonObject { ["region"] = "iad1" }, Cancel)).Json!.Value.GetProperty("id").GetString();
        var page = await chromium.NewPage();
        await page.GotoAsync($"{Installation}/resources/{second}");
        await page.ClickAsync("text=Connect a project…");
        await page.GetByLabel("Custom prefix").FillAsync("ORDERS");
        await page.GetByLabel("preview").UncheckAsync();
        await page.GetByLabel("Sensitive").CheckAsync();
        await page.ClickAsync("button:text-is('Connect')");

        await Expect(page.Locator("#connect-error")).ToHaveTextAsync("The project has these variables already; choose a prefix: ORDERS_DATABASE_URL");
        await Expect(page.GetByLabel("Custom prefix")).ToHaveValueAsync("ORDERS");
        await Expect(page.GetByLabel("preview")).Not.ToBeCheckedAsync();
        await page.GetByLabel("Custom prefix").FillAsync("SECOND");
        await page.ClickAsync("button:text-is('Connect')");
        await page.GotoAsync($"{scene.Vercel.BaseUrl}projects/{project}?reveal=*");

        await Expect(page.GetByLabel("ORDERS_DATABASE_URL")).ToHaveValueAsync("postgresql://one");
        // Sensitive: nobody reads it, whatever he asks for.
        await Expect(page.Locator("#variables li", new() { HasText = "SECOND_DATABASE_URL" })).ToContainTextAsync("sensitive");
        await Expect(page.Locator("#variables li", new() { HasText = "SECOND_DATABASE_URL" }).Locator("input")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Everything_is_within_reach_of_the_keyboard_and_works_without_scripts()
    {
        var page = await chromium.NewPage(new() { JavaScriptEnabled = false });
        await page.GotoAsync(Resource);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Skip to content");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("text=Rotate secrets…").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveAttributeAsync("name", "delayHours");
        Assert.NotEqual("none", await page.Locator(":focus").EvaluateAsync<string>("element => getComputedStyle(element).outlineStyle"));

        await page.GotoAsync($"{Resource}/settings");
        await page.Locator("button.danger").FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#told")).ToContainTextAsync("db is deleted.");
        Assert.Null(scene.Installation.Find(scene.ResourceId));
    }

    private static JsonObject Usage(string resource, string name, string type, string units, decimal day, decimal period, decimal? planValue)
    {
        var usage = new JsonObject { ["resourceId"] = resource, ["name"] = name, ["type"] = type, ["units"] = units, ["dayValue"] = day, ["periodValue"] = period };
        if (planValue is { } limit)
        {
            usage["planValue"] = limit;
        }

        return usage;
    }
}
