using Marketplace.Integration.Dashboard;
using Marketplace.Simulator.Webhooks;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>Time, webhooks, faults and the log, by the pages of the simulator, against our own server.</summary>
public sealed class VercelPageTests(VercelStory story, Chromium chromium) : IClassFixture<VercelStory>, IClassFixture<Chromium>
{
    private readonly Acme acme = story.Acme;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Uri Pages => acme.Vercel.BaseUrl;

    [Fact]
    public async Task A_fault_is_switched_on_hits_and_is_seen_in_the_log()
    {
        var installation = await acme.Install();
        var page = await story.Open(chromium, "/disturbances");
        var refuse = page.Locator("#refusal");
        await refuse.GetByLabel("Status").FillAsync("429");
        await refuse.GetByLabel("Retry-After").FillAsync("3");
        await refuse.GetByLabel("Path that ends with").FillAsync("/account");
        await refuse.Locator("summary").ClickAsync();
        await refuse.GetByLabel("At most so often").FillAsync("1");
        await refuse.GetByText("Switch on").ClickAsync();
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("Answered with 429, to be tried again after 3.0 s");

        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Pages, $"/v1/installations/{installation}/account")))
        {
            request.Headers.Authorization = new("Bearer", acme.Customer.Installation(installation).Tokens[^1].Value);
            using var http = new HttpClient();
            using var answer = await http.SendAsync(request, Cancel);
            Assert.Equal(429, (int)answer.StatusCode);
        }

        await page.ReloadAsync();
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("1 hit, used up");
        await Chromium.Keep(page, "simulator-faults");
        await page.GotoAsync(story.At($"/log?installation={installation}&direction=provider&path=/account"));
        await Expect(page.Locator(".log li").First).ToContainTextAsync("disturbed by a fault");
        await Expect(page.Locator(".log li").First.Locator(".status")).ToHaveTextAsync("429");

        await page.GotoAsync(story.At("/disturbances"));
        await page.ClickAsync("text=Switch off");
        await Expect(page.Locator(".empty")).ToContainTextAsync("Everything works");
    }

    [Fact]
    public async Task Every_kind_of_fault_has_a_form_that_switches_it_on()
    {
        var page = await story.Open(chromium, "/disturbances");
        foreach (var kind in new[] { "refusal", "lost-answer", "delay", "time-out", "webhook-twice", "webhook-shuffled", "webhook-late" })
        {
            await page.Locator($"#{kind}").GetByText("Switch on").ClickAsync();
            await Expect(page.Locator("#told")).ToHaveTextAsync("The fault is switched on.");
        }

        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(7);
        await page.ClickAsync("text=Switch all off");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(0);
        Assert.Empty(acme.Vercel.Disturbances.Rules);
        Assert.Empty(acme.Vercel.WebhookDisturbances.Rules);
    }

    [Fact]
    public async Task A_webhook_goes_once_more_with_the_same_bytes_and_those_that_were_held_in_another_order()
    {
        var page = await story.Open(chromium, "/webhooks");
        await page.GetByLabel("Type", new() { Exact = true }).Last.FillAsync("marketplace.moon.landed");
        await page.GetByLabel("Payload").FillAsync("""{"crew": 2}""");
        await page.ClickAsync("button:text-is('Send')");
        await Expect(page.Locator("#told")).ToContainTextAsync("on its way");
        await VercelStory.Until(() => Webhook("marketplace.moon.landed").Attempts.Count == 1);
        await page.ReloadAsync();
        await Expect(page.Locator(".heading .status")).ToHaveTextAsync("Delivered");
        await Expect(page.Locator("#body")).ToContainTextAsync(WebhookDelivery.Sign(Webhook("marketplace.moon.landed").Body, Acme.ClientSecret));

        await page.ClickAsync("text=Send again");
        await Expect(page.Locator("#told")).ToContainTextAsync("the same bytes");
        await VercelStory.Until(() => Webhook("marketplace.moon.landed").Attempts.Count == 2);
        await page.ReloadAsync();
        await Expect(page.Locator("#attempts tbody tr")).ToHaveCountAsync(2);
        await Chromium.Keep(page, "simulator-webhook");

        await page.GotoAsync(story.At("/webhooks"));
        await page.ClickAsync("text=Hold from now on");
        await Expect(page.Locator("#held")).ToBeVisibleAsync();
        var (first, second) = (acme.Customer.SendWebhook("marketplace.moon.first", []), acme.Customer.SendWebhook("marketplace.moon.second", []));
        await page.ReloadAsync();
        await Expect(page.Locator("#held .status")).ToHaveTextAsync("2 webhooks waiting");
        await page.GetByLabel($"Place of {first.Type}").FillAsync("9");
        await page.ClickAsync("text=Let them go in this order");
        await VercelStory.Until(() => Webhook(first.Type).IsDelivered && Webhook(second.Type).IsDelivered);

        await page.GotoAsync(story.At("/log?direction=webhooks&path=moon"));
        await Expect(page.Locator(".log b")).ToHaveTextAsync(["marketplace.moon.first", "marketplace.moon.second", "marketplace.moon.landed", "marketplace.moon.landed"]);

        Webhook Webhook(string type) => acme.Vercel.State.Webhooks.Last(webhook => webhook.Type == type);
    }

    [Fact]
    public async Task The_clock_is_set_to_a_speed_paused_and_sent_to_a_moment_from_its_page()
    {
        var page = await story.Open(chromium, "/time");
        await page.GetByLabel("× 60: a minute in a second").CheckAsync();
        await page.ClickAsync("text=Run at this speed");
        await Expect(page.Locator("#now .status").First).ToHaveTextAsync("Running × 60");
        var before = acme.Now;
        await VercelStory.Until(() => acme.Now > before);
        await Chromium.Keep(page, "simulator-clock");
        await page.ClickAsync("button:text-is('Pause')");
        await Expect(page.Locator("#now .status").First).ToHaveTextAsync("Paused");

        var target = acme.Now.AddHours(2);
        await page.GetByLabel("To a moment, in UTC").FillAsync($"{target.UtcDateTime:yyyy-MM-dd'T'HH:mm}");
        await page.ClickAsync("text=Go there");
        await Expect(page.Locator("[data-waits]")).ToHaveCountAsync(0);
        Assert.Equal(new DateTimeOffset(target.Ticks - (target.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero), acme.Now);

        // Nothing that happened is undone.
        await page.EvaluateAsync("document.getElementById('to').min = ''");
        await page.GetByLabel("To a moment, in UTC").FillAsync($"{acme.Now.AddDays(-1).UtcDateTime:yyyy-MM-dd'T'HH:mm}");
        await page.ClickAsync("text=Go there");
        await Expect(page.Locator("#told.bad")).ToContainTextAsync("The clock only moves forward.");
        acme.Vercel.Clock.RunAt(1);
        acme.Vercel.Clock.Pause();
    }

    [Fact]
    public async Task No_secret_no_token_and_no_code_is_on_any_page_of_the_log()
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation, "covered");
        await acme.Customer.Rotate(installation, tool.Id, 1, Cancel);
        var page = await chromium.NewPage();
        await page.GotoAsync(acme.Customer.SignOn(installation, "ADMIN").AbsoluteUri);
        var secrets = acme.Vercel.State.Installations.Values
            .SelectMany(one => one.Tokens.Select(token => token.Value).Concat(one.Resources.Values.SelectMany(resource => resource.Secrets).Select(secret => secret.Value)))
            .Concat(acme.Vercel.State.SignOnCodes.Select(code => code.Value))
            .Concat(acme.Vercel.State.SignOnRefreshes.Select(refresh => refresh.Value))
            .Append(tool.Secret())
            .Append(Acme.ClientSecret)
            .ToList();

        // Something is masked, or nothing would be proved.
        await page.GotoAsync(story.At($"/log?installation={installation}&path=Provision%20Resource"));
        await page.ClickAsync(".log a:has-text('Bodies')");
        await Expect(page.Locator("pre").Last).ToContainTextAsync("\"value\": \"••••••••\"");
        await Chromium.Keep(page, "simulator-log");
        using var http = new HttpClient { BaseAddress = Pages };
        foreach (var entry in acme.Vercel.Log.Entries)
        {
            var shown = await http.GetStringAsync(new Uri($"/log?open={entry.Number}&skip={acme.Vercel.Log.Entries.Count - entry.Number}", UriKind.Relative), Cancel);
            Assert.DoesNotContain(secrets, secret => shown.Contains(secret, StringComparison.Ordinal));
        }
    }

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
        var invoice = acme.Customer.Installation(story.Installation).Invoices[0].Id;
        var webhook = acme.Vercel.State.Webhooks[0].Id;
        foreach (var (name, path) in new[]
        {
            ("time", "/time"), ("faults", "/disturbances"), ("log", "/log"), ("log-findings", "/log?findings=only"), ("webhooks", "/webhooks"),
            ("webhook", $"/webhooks/{webhook}"), ("invoices", "/invoices"), ("invoice", $"/installations/{story.Installation}/invoices/{invoice}"),
            ("transfers", $"/installations/{story.Installation}/transfers"), ("sign-on", $"/installations/{story.Installation}/sign-on"),
            ("access", $"/installations/{story.Installation}/access"), ("deployments", $"/projects/{story.Project}/deployments"),
        })
        {
            var answer = await page.GotoAsync(story.At(path));
            Assert.Equal(200, answer!.Status);
            await Chromium.Keep(page, $"simulator-{name}-{look}");
            await Readable.Check(page, name);
        }
    }
}
