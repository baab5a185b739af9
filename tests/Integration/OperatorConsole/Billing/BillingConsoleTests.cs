using System.Net;
using Marketplace.Integration.Dashboard;
using Marketplace.Integration.SignOn;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.OperatorConsole.Billing;

/// <summary>What operators see of what is billed, and what they do about it.</summary>
public sealed class BillingConsoleTests(BillingStory story, Chromium chromium) : IClassFixture<BillingStory>, IClassFixture<Chromium>
{
    private const string Root = "/ops/billing";

    private readonly Acme acme = story.Acme;

    [Fact]
    public async Task The_map_says_how_every_hour_stands_and_leads_to_its_slots()
    {
        using var browser = await Operators.SignInToLook(acme.Server);
        var map = (await browser.Open($"{Root}?until=2027-02-01&days=2")).Is(HttpStatusCode.OK);
        var refused = await acme.Ask<long>("select count(*) from usage_slot where slot_start = '2027-01-31T23:00Z' and state = 'refused'");
        var slots = $"{refused} refused, {7 - refused} confirmed";
        Assert.Contains($"23:00: {slots}", map.Text, StringComparison.Ordinal);
        Assert.Contains("22:00: 7 confirmed", map.Text, StringComparison.Ordinal);
        Assert.Contains("not over yet", map.Text, StringComparison.Ordinal);
        Assert.Equal("/ops/runbook#usagerefused", map.Link("What to do about refused hours"));

        var hour = await browser.Open(map.Link(slots)!);
        Assert.Contains("Vercel", hour.Text, StringComparison.Ordinal);
        Assert.Contains(story.Untold.Installation, hour.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Paid.Installation, hour.Text, StringComparison.Ordinal);
        var confirmed = (await browser.Open($"{Root}/slots?hour=2027-01-31T23&state=confirmed")).Is(HttpStatusCode.OK);
        Assert.Contains(story.Paid.Installation, confirmed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Untold.Installation, confirmed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Paid.Installation, (await browser.Open($"{Root}/slots?hour=2027-01-31T23&state=due")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);

        var one = (await browser.Open($"{Root}?installation={story.Untold.Installation}&until=2027-02-01&days=2")).Is(HttpStatusCode.OK);
        Assert.Contains("23:00: 1 refused", one.Text, StringComparison.Ordinal);
        (await browser.Open($"{Root}?installation=icfg_nobody")).Is(HttpStatusCode.NotFound);
        (await browser.Open($"{Root}?days=1000")).Is(HttpStatusCode.BadRequest);
        (await browser.Open($"{Root}/slots?hour=noon")).Is(HttpStatusCode.BadRequest);
        (await browser.Open($"{Root}/slots?stat=dead")).Is(HttpStatusCode.BadRequest);
        Assert.Contains(story.Untold.Installation, (await browser.Open($"{Root}/waiting")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoices_are_found_filtered_sorted_and_paged()
    {
        using var browser = await Operators.SignInToLook(acme.Server);
        string[] untouched = [story.Paid.Installation, story.Unpaid.Installation, story.Refused.Installation];
        Assert.Equal([story.Refused.Installation], await Listed("state=refused"));
        Assert.Equal([story.Unpaid.Installation], await Listed("state=notpaid"));
        Assert.Empty(await Listed("kind=test"));
        Assert.Empty(await Listed("since=2027-02-01"));
        Assert.Equal(untouched, await Listed("until=2027-01-31&kind=period"));
        Assert.Equal([story.Paid.Installation], await Listed($"q={story.Paid.Installation}"));
        Assert.Equal([story.Paid.Installation], await Listed($"q={await story.InvoiceOf(story.Paid)}"));
        Assert.Equal([story.Paid.Installation], await Listed($"q={acme.Vercel.State.Installations[story.Paid.Installation].Invoices[0].Id}"));
        Assert.Empty(await Listed($"q={story.Paid.Installation}&state=overdue"));
        foreach (var sort in new[] { "date", "-date", "amount", "-amount" })
            Assert.Equal(untouched, await Listed($"sort={sort}"));
        (await browser.Open($"{Root}/invoices?state=late")).Is(HttpStatusCode.BadRequest);
        (await browser.Open($"{Root}/invoices?after=nowhere")).Is(HttpStatusCode.BadRequest);

        // More than a page, on few dates and of few amounts: every invoice is on one page, in the order that was asked for.
        await acme.Execute(
            """
            insert into invoice (installation_id, external_id, period_start, period_end, invoice_date, final, total, state, changed_at, billing_period_start,
                billing_period_end, take_up, rest)
            select $1, 'of-the-test-' || n, t, t + interval '1 day', t, false, (n % 7)::numeric / 100, 'skipped', t, t, t + interval '1 day', false, 'carried'
            from generate_series(1, 120) n, lateral (select '2020-01-01Z'::timestamptz + (n % 5) * interval '1 day' as t) d
            """,
            story.Prepaid.Installation);
        try
        {
            foreach (var sort in new[] { "date", "-date", "amount", "-amount" })
            {
                foreach (var search in new[] { "", $"&q={story.Prepaid.Installation}" })
                {
                    var seen = new List<string>();
                    for (var next = $"{Root}/invoices?state=skipped&sort={sort}{search}"; next is not null;)
                    {
                        var page = (await browser.Open(next)).Is(HttpStatusCode.OK);
                        seen.AddRange(Ids(page).Where(id => id.StartsWith("of-the-test-", StringComparison.Ordinal)));
                        next = page.Link("Next");
                    }

                    var by = sort.EndsWith("date", StringComparison.Ordinal) ? "invoice_date" : "total";
                    var direction = sort[0] == '-' ? "desc" : "asc";
                    Assert.Equal(
                        await acme.AskAll<string>(
                            $"select external_id from invoice where state = 'skipped' and external_id like 'of-the-test-%' order by {by} {direction}, external_id collate \"C\" {direction}"),
                        seen);
                }
            }
        }
        finally
        {
            await acme.Execute("delete from invoice where external_id like 'of-the-test-%'");
        }

        async Task<IReadOnlyList<string>> Listed(string query)
        {
            var page = (await browser.Open($"{Root}/invoices?{query}")).Is(HttpStatusCode.OK);
            string[] all = [story.Paid.Installation, story.Unpaid.Installation, story.Refused.Installation, story.Untold.Installation];
            return [.. all.Where(id => page.Html.Contains($"{Root}/invoices/{id}/", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public async Task A_refund_is_asked_for_once_with_its_reasons_and_viewers_cannot()
    {
        var (invoice, installation) = ((await story.InvoiceOf(story.Paid))!, story.Paid.Installation);
        var path = $"{Root}/invoices/{installation}/{invoice}";
        using var viewer = await Operators.SignInToLook(acme.Server);
        var seen = (await viewer.Open(path)).Is(HttpStatusCode.OK);
        Assert.Null(seen.Form("/refund"));
        Assert.Contains("2,000 jobs", seen.Text, StringComparison.Ordinal);
        Assert.Contains("marketplace.invoice.paid", seen.Text, StringComparison.Ordinal);
        Assert.Contains("Invoice: paid", seen.Text, StringComparison.Ordinal);
        using var browser = await Operators.SignIn(acme.Server);
        var page = await browser.Open(path);
        (await viewer.Post($"{path}/refund", [.. page.Form("/refund")!.Fields, ("told", "x"), ("reason", "because")])).Is(HttpStatusCode.Forbidden);
        (await browser.Submit(page, "/refund", ("amount", "0.62"), ("told", "A day without service"))).Is(HttpStatusCode.UnprocessableEntity);

        Assert.Contains("2.05 is left", await Refund("2.06", "Too much"), StringComparison.Ordinal);
        Assert.Contains("dollars", await Refund("much", "Too much"), StringComparison.Ordinal);
        Assert.Contains("has a reason", await Refund("0.62", ""), StringComparison.Ordinal);
        Assert.Equal(0, await Refunds());
        Assert.Contains("$0.62 is asked for", await Refund("0.62", "A day without service"), StringComparison.Ordinal);
        // The same form again is the same refund; another one has to wait.
        Assert.Contains("$0.62 is asked for", await Refund("0.62", "A day without service"), StringComparison.Ordinal);
        page = await browser.Open(path);
        Assert.Null(page.Form("/refund"));
        Assert.Contains("Asked for", page.Text, StringComparison.Ordinal);
        Assert.Equal(1, await Refunds());
        Assert.Equal(
            $"operator:{Operators.Name} refund: asked by support",
            await acme.Ask<string>("select actor || ' ' || cause from domain_event where installation_id = $1 and kind = 'refund.Requested'", installation));
        Assert.Equal(
            $"{installation}, {invoice}, amount 0.62", await acme.Ask<string>("select about from operator_action where action = 'refund' order by number desc limit 1"));

        await acme.Work("settlement");
        Assert.Equal("accepted", await acme.Ask<string>("select state from invoice_refund where installation_id = $1", installation));
        Assert.Contains("Refunded $0.62 1 invoice", (await browser.Open($"{Root}/revenue?month=2027-01")).Text, StringComparison.Ordinal);
        Assert.Contains(" $0.62 ", (await browser.Open("/ops")).Text, StringComparison.Ordinal);

        async Task<string> Refund(string amount, string told)
        {
            var answer = await browser.Submit(page, "/refund", ("amount", amount), ("told", told), ("reason", "asked by support"));
            return (await browser.Open(answer.Is(HttpStatusCode.SeeOther).Location!)).Text;
        }

        Task<long> Refunds() => acme.Ask<long>("select count(*) from invoice_refund where installation_id = $1", installation);
    }

    [Fact]
    public async Task What_Vercel_refused_is_sent_again_once_an_operator_says_so()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var path = $"{Root}/invoices/{story.Redrafted.Installation}/{await story.InvoiceOf(story.Redrafted)}";
        var page = await browser.Open(path);
        Assert.Contains("Why Vercel refused it", page.Text, StringComparison.Ordinal);
        Assert.Equal("/ops/runbook#invoicerefused", page.Link("See what to do"));
        Assert.Contains("Invoice: refused", page.Text, StringComparison.Ordinal);
        var done = await browser.Submit(page, "/redraft", ("reason", "mended at Vercel"));
        Assert.Contains("drafted anew", (await browser.Open(done.Is(HttpStatusCode.SeeOther).Location!)).Text, StringComparison.Ordinal);
        await acme.Work("invoices");
        Assert.Single(acme.Vercel.State.Installations[story.Redrafted.Installation].Invoices);
        var again = await browser.Submit(page, "/redraft", ("reason", "mended at Vercel"));
        Assert.Contains("nothing to draft", (await browser.Open(again.Location!)).Text, StringComparison.Ordinal);

        var slots = await browser.Open($"{Root}/slots?installation={story.Resent.Installation}");
        var sent = await browser.Submit(slots, $"/{BillingStory.RefusedHour}/resend", ("reason", "mended the report"));
        Assert.Contains("due again", (await browser.Open(sent.Is(HttpStatusCode.SeeOther).Location!)).Text, StringComparison.Ordinal);
        await acme.Work("usage");
        Assert.Equal(0, await acme.Ask<long>("select count(*) from usage_slot where installation_id = $1 and state <> 'confirmed'", story.Resent.Installation));
        Assert.Null((await browser.Open($"{Root}/slots?installation={story.Resent.Installation}")).Form("/resend"));
    }

    [Fact]
    public async Task Credit_is_given_once_for_a_form_and_balances_say_what_is_left()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var path = $"{Root}/balances/{story.Prepaid.Installation}";
        var page = (await browser.Open(path)).Is(HttpStatusCode.OK);
        Assert.Contains("$10.00 left", page.Text, StringComparison.Ordinal);
        for (var click = 0; click < 2; click++)
        {
            var entered = await browser.Submit(page, "/adjust", ("resource", story.Prepaid.Id), ("amount", "2.50"), ("reason", "sorry for Monday"));
            Assert.Contains("$2.50 are entered", (await browser.Open(entered.Is(HttpStatusCode.SeeOther).Location!)).Text, StringComparison.Ordinal);
        }

        page = await browser.Open(path);
        Assert.Contains("$12.50 left", page.Text, StringComparison.Ordinal);
        Assert.Contains("Adjustment: sorry for Monday", page.Text, StringComparison.Ordinal);
        var taken = await browser.Submit(page, "/adjust", ("resource", story.Prepaid.Id), ("amount", "-100"), ("reason", "too much"));
        Assert.Contains("12.50 is left to take", (await browser.Open(taken.Location!)).Text, StringComparison.Ordinal);
        var wrong = await browser.Submit(page, "/adjust", ("resource", story.Prepaid.Id), ("amount", "some"), ("reason", "too much"));
        Assert.Contains("amount of dollars", (await browser.Open(wrong.Location!)).Text, StringComparison.Ordinal);
        Assert.Equal($"operator:{Operators.Name}", await acme.Ask<string>(
            "select actor from domain_event where installation_id = $1 and kind = 'balance.Adjusted'", story.Prepaid.Installation));
        Assert.Equal(
            $"{story.Prepaid.Installation}, resource {story.Prepaid.Id}, amount 2.50",
            await acme.Ask<string>("select about from operator_action where action = 'adjust balance' order by number limit 1"));

        Assert.Contains(story.Prepaid.Installation, (await browser.Open($"{Root}/balances?what=purchase")).Text, StringComparison.Ordinal);
        Assert.Contains("sorry for Monday", (await browser.Open($"{Root}/balances?what=adjustment&sort=at")).Text, StringComparison.Ordinal);
        Assert.EndsWith(path, (await browser.Open($"{Root}/balances?q={story.Prepaid.Installation}")).Is(HttpStatusCode.SeeOther).Location, StringComparison.Ordinal);
        (await browser.Open($"{Root}/balances/icfg_nobody")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_statement_is_what_the_Provider_API_says_to_look_at_and_to_keep()
    {
        using var browser = await Operators.SignInToLook(acme.Server);
        var installation = story.Unpaid.Installation;
        var periods = (await browser.Open($"{Root}/statements/{installation}")).Is(HttpStatusCode.OK);
        var path = periods.Link("1 – 31 Jan 2027")!;
        var page = (await browser.Open(path)).Is(HttpStatusCode.OK);
        Assert.Contains("It adds up", page.Text, StringComparison.Ordinal);
        Assert.Matches("Due \\$2\\.05", page.Text);
        var key = await acme.NewProviderKey("billing:read");
        var json = await acme.Provide(HttpMethod.Get, $"/installations/{installation}/statements/2027-01-01", key);
        Assert.Equal(json.Text, (await browser.Open(page.Link("Download JSON")!)).Is(HttpStatusCode.OK).Html);
        var csv = (await browser.Open(page.Link("Download CSV")!)).Is(HttpStatusCode.OK);
        Assert.StartsWith("kind,installation_id", csv.Html.TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Contains("attachment", csv.Headers["Content-Disposition"], StringComparison.Ordinal);

        // Somebody has changed a total behind our back: the difference is called by its name.
        await acme.Execute("update invoice set total = total + 1 where installation_id = $1", installation);
        try
        {
            var wrong = (await browser.Open(path)).Is(HttpStatusCode.OK);
            Assert.Contains("It does not add up", wrong.Text, StringComparison.Ordinal);
            Assert.Contains("3.05 and not 2.05", wrong.Text, StringComparison.Ordinal);
        }
        finally
        {
            await acme.Execute("update invoice set total = total - 1 where installation_id = $1", installation);
        }

        (await browser.Open($"{Root}/statements/{installation}/2020-01")).Is(HttpStatusCode.NotFound);
        var revenue = (await browser.Open($"{Root}/revenue?month=2027-01")).Is(HttpStatusCode.OK);
        Assert.Contains("Invoiced $8.20 4 invoices", revenue.Text, StringComparison.Ordinal);
        Assert.Contains("Not paid $2.05", revenue.Text, StringComparison.Ordinal);
        Assert.Contains("8,000 jobs", revenue.Text, StringComparison.Ordinal);
        (await browser.Open($"{Root}/revenue?month=2027")).Is(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("phone")]
    public async Task Every_page_of_what_is_billed_is_readable_in_light_and_dark_and_on_a_phone(string look)
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
        var home = acme.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        await page.GotoAsync($"{home}/ops/sign-in");
        await page.GetByLabel("Name").FillAsync(Operators.Name);
        await page.GetByLabel("Password").FillAsync(Operators.Password);
        await page.ClickAsync("button:text-is('Sign in')");

        foreach (var (name, path) in new[]
        {
            ("ledger", "?until=2027-02-01&days=7"), ("ledger-of-one", $"?installation={story.Untold.Installation}&until=2027-02-01&days=2"),
            ("slots", "/slots"), ("slots-of-one", $"/slots?installation={story.Untold.Installation}"), ("waiting", "/waiting"), ("invoices", "/invoices"),
            ("invoice", $"/invoices/{story.Unpaid.Installation}/{await story.InvoiceOf(story.Unpaid)}"),
            ("invoice-refused", $"/invoices/{story.Refused.Installation}/{await story.InvoiceOf(story.Refused)}"),
            ("statements", $"/statements/{story.Unpaid.Installation}"), ("statement", $"/statements/{story.Unpaid.Installation}/2027-01"),
            ("balances", "/balances"), ("balances-of-one", $"/balances/{story.Prepaid.Installation}"), ("revenue", "/revenue?month=2027-01"),
            ("nothing", "/invoices?state=overdue"),
        })
        {
            await page.GotoAsync($"{home}{Root}{path}");
            await page.EvaluateAsync("for (const closed of document.querySelectorAll('details')) closed.open = true");
            await Chromium.Keep(page, $"ops-billing-{name}-{look}");
            await Readable.Check(page, name);
        }

        // A square of the map is a link to the slots of its hour.
        await page.GotoAsync($"{home}{Root}?until=2027-01-31&days=1");
        await page.Locator(".heat svg.drawing a").Last.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("31 Jan 2027, 23:00 – 00:00 UTC");
        Assert.Empty(complaints);
    }

    private static IEnumerable<string> Ids(PlainPage page) =>
        from word in page.Text.Split(' ') where word.Length > 8 && word[0] is not '/' select word;
}
