using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Dashboard;
using Marketplace.Simulator.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Queues, drift and catalogue in a real browser: an outage is found, mended and sent once more.</summary>
public sealed class QueueBrowserTests(Acme acme, Chromium chromium) : IClassFixture<Acme>, IClassFixture<Chromium>
{
    private string Base => acme.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task An_operator_finds_what_is_dead_reads_why_and_has_it_sent_once_more_and_every_page_is_readable()
    {
        var tool = await Outage();
        var page = await chromium.NewPage(new() { ViewportSize = new() { Width = 1360, Height = 900 } });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.Contains("status of 4", StringComparison.Ordinal))
                complaints.Add(message.Text);
        };
        await SignIn(page);
        await page.ClickAsync(".sections a:text-is('Outbox')");
        await page.ClickAsync(".tile:has-text('Dead')");
        await page.ClickAsync(".listing tbody a:text-is('resource state') >> nth=0");
        await Expect(page.Locator("pre.exchange").First).ToContainTextAsync("[secret]");
        await page.GoBackAsync();
        await page.CheckAsync("input[data-all]");
        await page.ClickAsync("summary:text-is('Replay selected')");
        await page.Locator("#chosen").GetByLabel("Reason, for the audit").FillAsync("Vercel has mended it");
        await Chromium.Keep(page, "ops-outbox-replay-light");
        await page.ClickAsync("button:text-is('Replay the selected messages')");
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("2 messages are sent once more");

        await acme.Work("outbox");
        await page.GotoAsync($"{Base}/ops/drift");
        await page.GetByLabel("Installation", new() { Exact = true }).FillAsync(tool.Installation);
        await page.ClickAsync("button:text-is('Show')");
        await page.ClickAsync("summary:text-is('Compare now')");
        await page.Locator("form[action$='/compare']").GetByLabel("Reason, for the audit").FillAsync("A customer asked");
        await page.ClickAsync("button:text-is('Compare now')");
        await Expect(page.Locator("tbody")).ToContainTextAsync("name is \"orders\" here and \"another\" at Vercel");
        await acme.Execute(
            "update outbox_message set state = 'dead', closed_at = clock_timestamp(), last_error = '422: The name is too long.' where installation_id = $1", tool.Installation);

        foreach (var look in new[] { "light", "dark", "phone" })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = look == "dark" ? ColorScheme.Dark : ColorScheme.Light });
            await page.SetViewportSizeAsync(look == "phone" ? 360 : 1360, 900);
            foreach (var (name, path) in new[]
            {
                ("outbox", "/ops/outbox"), ("outbox-message", $"/ops/outbox/{tool.Installation}/{await Dead(tool)}"), ("outbox-nothing", "/ops/outbox?kind=resource_import"),
                ("webhooks", "/ops/webhooks"), ("webhook", $"/ops/webhooks/{tool.Installation}/evt_dead"), ("events", "/ops/events"),
                ("drift", "/ops/drift"), ("drift-result", $"/ops/drift/{tool.Installation}"), ("catalogue", "/ops/catalogue"),
                ("plan", "/ops/catalogue/plan?product=acme-tools&plan=pro"),
            })
            {
                await page.GotoAsync(Base + path);
                foreach (var closed in await page.Locator("details.depth > summary").AllAsync())
                    await closed.ClickAsync();
                await Chromium.Keep(page, $"ops-{name}-{look}");
                await Readable.Check(page, $"{name} {look}");
            }
        }

        Assert.Empty(complaints);
    }

    private async Task SignIn(IPage page)
    {
        await page.GotoAsync($"{Base}/ops/sign-in");
        await page.GetByLabel("Name").FillAsync(Operators.Name);
        await page.GetByLabel("Password").FillAsync(Operators.Password);
        await page.ClickAsync("button:text-is('Sign in')");
    }

    private Task<long> Dead(Provisioned tool) =>
        acme.Ask<long>("select max(sequence) from outbox_message where installation_id = $1 and kind = 'resource_state'", tool.Installation);

    /// <summary>Two messages and a webhook are dead, and Vercel has another name for a resource than we have.</summary>
    private async Task<Provisioned> Outage()
    {
        var installation = await acme.Install();
        var tools = new[] { await acme.Provision(installation, "orders"), await acme.Provision(installation, "carts") };
        foreach (var tool in tools)
        {
            acme.Vercel.Disturbances.Plan(
                HttpMethod.Patch, tool.Id, new Disturbance { Refusal = ApiAnswer.Refusal(422, "too_long", "The name is too long.") });
            await acme.Execute(
                "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_state', $3, $3)",
                installation, tool.Id, acme.Now);
        }

        await acme.Work("outbox");
        var body = new JsonObject { ["id"] = "evt_dead", ["type"] = "marketplace.invoice.paid", ["payload"] = new JsonObject { ["invoiceId"] = "inv_1" } };
        await acme.Execute(
            """
            insert into webhook (installation_id, webhook_id, type, body, received_at, attempts, state, last_error, closed_at)
            values ($1, 'evt_dead', 'marketplace.invoice.paid', $2::json, $3, 12, 'dead', 'the invoice is not known here', clock_timestamp())
            """,
            installation, body.ToJsonString(), acme.Now);
        acme.Workshop.Lose(tools[1].Id);
        using var http = new HttpClient { BaseAddress = acme.Vercel.BaseUrl };
        http.DefaultRequestHeaders.Authorization = new("Bearer", acme.Vercel.State.Installations[installation].Tokens[^1].Value);
        using var renamed = await http.PatchAsJsonAsync(
            $"v1/installations/{installation}/resources/{tools[0].Id}", new { name = "another" }, TestContext.Current.CancellationToken);
        Assert.True(renamed.IsSuccessStatusCode, $"{renamed.StatusCode}");
        return tools[0];
    }
}
