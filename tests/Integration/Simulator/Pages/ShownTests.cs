using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>What the pages of the simulator say of money, transfers, time and the log, seen without a browser.</summary>
public sealed class ShownTests : IAsyncLifetime
{
    private Scene scene = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => scene = await Scene.Set();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task A_refund_says_how_much_of_an_invoice_is_asked_back_and_paid_back()
    {
        var invoice = await Invoiced();
        await scene.Vercel.Advance(TimeSpan.FromHours(2), Cancel);
        await scene.Call(HttpMethod.Post, $"/billing/invoices/{invoice}/actions", new JsonObject { ["action"] = "refund", ["reason"] = "An outage", ["total"] = "1.50" });
        var asked = await Page($"/installations/{scene.InstallationId}/invoices/{invoice}");
        await scene.Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        var done = await Page($"/installations/{scene.InstallationId}/invoices/{invoice}");

        Assert.Contains("A refund is requested: $1.50 of $2.00", asked, StringComparison.Ordinal);
        Assert.Contains("An outage", asked, StringComparison.Ordinal);
        Assert.Contains("Paid back: $1.50 of $2.00", done, StringComparison.Ordinal);
        Assert.Contains("Refunded", await Page("/invoices?state=refunded"), StringComparison.Ordinal);
        Assert.DoesNotContain(invoice, await Page("/invoices?state=overdue"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invoice_shows_its_lines_its_discounts_and_every_state_that_it_came_to()
    {
        var invoice = await Invoiced(body => body["discounts"] = new JsonArray(new JsonObject
        {
            ["billingPlanId"] = "pro", ["resourceId"] = scene.ResourceId, ["name"] = "Welcome", ["details"] = "The first month", ["amount"] = "0.75",
        }));
        await scene.Vercel.Advance(TimeSpan.FromHours(2), Cancel);

        var page = await Page($"/installations/{scene.InstallationId}/invoices/{invoice}");

        foreach (var words in new[] { "Base fee", "$0.25", "8 hours", "Welcome", "The first month", "−$0.75", "$1.25", "First attempt", "Went through" })
        {
            Assert.Contains(words, page, StringComparison.Ordinal);
        }

        var places = new[] { "<b>Draft</b>", "<b>Pending</b>", "<b>Scheduled</b>", "<b>Invoiced</b>", "<b>Paid</b>" }.Select(state => page.IndexOf(state, StringComparison.Ordinal)).ToList();
        Assert.True(places[0] > 0 && places.SequenceEqual(places.Order()), string.Join(", ", places));
    }

    [Fact]
    public async Task Whoever_looks_at_an_offer_is_told_the_plan_that_it_needs()
    {
        scene.Provider.Verified = new JsonObject
        {
            ["newBillingPlan"] = new JsonObject
            {
                ["id"] = "team", ["type"] = "subscription", ["name"] = "Team plan", ["description"] = "For teams.", ["cost"] = "$40.00/month", ["scope"] = "installation",
                ["paymentMethodRequired"] = true,
            },
        };
        var (target, _) = await scene.Vercel.Dashboard.Install(scene.Vercel.Dashboard.CreateTeam("Red Fox").AccountId, Cancel);
        await scene.Vercel.Dashboard.OfferTransfer(scene.InstallationId, [scene.ResourceId], Cancel);
        Assert.DoesNotContain("Needs the plan", await Page("/transfers/claim"), StringComparison.Ordinal);

        await scene.Vercel.Dashboard.VerifyTransfer(target, "claim", Cancel);

        Assert.Contains(
            "Needs the plan <b>Team plan</b>, $40.00/month, for all of its resources, with a payment method", await Page("/transfers/claim"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_has_the_newest_first_and_is_filtered_by_installation_direction_path_and_findings()
    {
        var (other, _) = await scene.Vercel.Dashboard.Install(scene.Vercel.Dashboard.CreateTeam("Red Fox").AccountId, Cancel);
        scene.Provider.Bend = answer => answer.Remove("status");
        await scene.Vercel.Dashboard.Provision(scene.InstallationId, "acme-postgres", "bent", "pro", [], Cancel);
        await scene.Call(HttpMethod.Get, "/account");
        scene.Vercel.Dashboard.SendWebhook("marketplace.moon.landed", []);
        await scene.Vercel.Settle(Cancel);

        Assert.Equal(["marketplace.moon.landed", "…/account", "Provision Resource", "Upsert Installation"], (await Titles("/log")).Take(4));
        Assert.Equal(["Upsert Installation"], await Titles($"/log?installation={other}"));
        Assert.Equal(["…/account"], await Titles("/log?direction=provider"));
        Assert.Equal(["marketplace.moon.landed"], await Titles("/log?direction=webhooks"));
        Assert.Equal(["Provision Resource", "Provision Resource"], await Titles("/log?path=provision"));
        Assert.Equal(["Provision Resource"], await Titles("/log?findings=only"));
        Assert.Contains("status: is missing", await Page("/log?findings=only"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_goes_on_page_by_page_and_shows_no_body_that_is_not_asked_for()
    {
        for (var count = 0; count < 60; count++)
        {
            await scene.Call(HttpMethod.Get, "/account");
        }

        var (first, second) = (await Titles("/log"), await Titles("/log?skip=50"));

        Assert.Equal((50, scene.Vercel.Log.Entries.Count - 50), (first.Count, second.Count));
        Assert.DoesNotContain("<pre", await Page("/log"), StringComparison.Ordinal);
        Assert.Contains("<pre", await Page($"/log?open={scene.Vercel.Log.Entries[^1].Number}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await scene.Http.GetAsync(new Uri("/log?skip=9999&open=x", UriKind.Relative), Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_long_way_of_the_clock_shows_who_is_behind_and_can_be_stopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var following = Follow();
        await Task.Delay(300, Cancel);

        var telling = await Act("/time/advance", ("by", "month"));

        Assert.Contains("The clock is on its way to 1 Feb 2027", telling, StringComparison.Ordinal);
        Assert.Contains("slow-worker", telling, StringComparison.Ordinal);
        Assert.Contains("Stop it there", telling, StringComparison.Ordinal);
        Assert.Contains("stop it there first", await Act("/time/advance", ("by", "hour")), StringComparison.Ordinal);
        await Act("/time/stop");
        await Task.Delay(800, Cancel);
        var stood = scene.Vercel.Clock.GetUtcNow();
        await Task.Delay(800, Cancel);
        Assert.Equal(stood, scene.Vercel.Clock.GetUtcNow());
        Assert.InRange(stood, Scene.Start.AddHours(1), Scene.Start.AddHours(30));
        await stop.CancelAsync();
        await Ended(following);

        async Task Follow()
        {
            string? caughtUpTo = null;
            while (true)
            {
                var query = caughtUpTo is null ? "" : $"&caughtUpTo={Uri.EscapeDataString(caughtUpTo)}";
                var now = (string)(await scene.Http.GetFromJsonAsync<JsonObject>($"/clock?follower=slow-worker{query}", stop.Token))!["now"]!;
                await Task.Delay(now == caughtUpTo ? 0 : 200, stop.Token);
                caughtUpTo = now;
            }
        }
    }

    [Fact]
    public async Task Import_consent_and_the_link_of_a_notification_lead_the_browser_to_the_provider()
    {
        var (installation, own) = ($"/installations/{scene.InstallationId}", scene.Provider.BaseUrl.GetLeftPart(UriPartial.Authority));

        Assert.StartsWith(
            $"{own}/import?installation_id={scene.InstallationId}&product_id=acme-postgres&state=", await Leave($"{installation}/import", ("product_id", "acme-postgres")),
            StringComparison.Ordinal);
        Assert.StartsWith($"{own}/connect/callback?code=", await Leave($"/teams/{scene.AccountId}/connect"), StringComparison.Ordinal);
        Assert.Contains(
            $"&url={Uri.EscapeDataString($"{own}/status")}&resource_id={scene.ResourceId}",
            await Leave($"{installation}/open", ("href", $"sso:{own}/status"), ("resource", scene.ResourceId)), StringComparison.Ordinal);
        using var page = await scene.Http.GetAsync(new Uri($"{installation}/sign-on", UriKind.Relative), Cancel);
        Assert.Contains($"form-action 'self' {own}", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    private static async Task Ended(Task canceled) => await canceled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<string> Invoiced(Action<JsonObject>? change = null)
    {
        await scene.Hour();
        var body = Bodies.Invoice("2027-01", Bodies.Item(scene.ResourceId));
        change?.Invoke(body);
        var (status, answer) = await scene.Call(HttpMethod.Post, "/billing/invoices", body);
        Assert.True(status == 200 && answer!["invoiceId"] is not null, answer?.ToJsonString());
        return (string)answer!["invoiceId"]!;
    }

    private async Task<string> Page(string path) => WebUtility.HtmlDecode(await scene.Http.GetStringAsync(new Uri(path, UriKind.Relative), Cancel));

    /// <summary>The page to which a form leads.</summary>
    private async Task<string> Act(string path, params (string Name, string Value)[] fields) => await Page(await Leave(path, fields));

    /// <summary>Where a form leads.</summary>
    private async Task<string> Leave(string path, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Referrer = new Uri(scene.Vercel.BaseUrl, "/time");
        using var answer = await scene.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private async Task<List<string>> Titles(string path)
    {
        var page = await Page(path);
        return [.. page.Split("log-what\"").Skip(1).Select(row => row[(row.IndexOf("<b>", StringComparison.Ordinal) + 3)..row.IndexOf("</b>", StringComparison.Ordinal)])];
    }
}
