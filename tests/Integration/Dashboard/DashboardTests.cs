using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.Dashboard;

/// <summary>The pages behind the sign-on: what they show, to whom, and what can be done on them.</summary>
[Collection(SharedAcme.Name)]
public sealed class DashboardTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Home_shows_what_the_team_has_and_nothing_of_others()
    {
        var (installation, other) = (await acme.Install(), await acme.Install());
        await acme.Provision(installation, "checkout");
        await acme.Provision(installation, "orders", "free", "acme-postgres");
        await acme.Provision(other, "secret-project");
        using var browser = new PlainBrowser(acme);

        var home = await browser.SignOn(installation);

        Assert.Matches("checkout Ready Acme Tools · Pro .* orders Ready Acme Postgres · Free", home.Text);
        Assert.DoesNotContain("secret-project", home.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Nothing here yet")]
    [InlineData("/usage", "Nothing used yet")]
    [InlineData("/invoices", "No invoices yet")]
    [InlineData("/support", "Mention these details")]
    [InlineData("/session", "Ada Admin")]
    public async Task A_team_that_has_nothing_yet_is_told_what_will_be_there(string path, string says)
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        Assert.Contains(says, (await browser.Open($"/dashboard/{installation}{path}")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/resources/res_nobody", "Resource not found")]
    [InlineData("/invoices/mi_nobody", "Invoice not found")]
    [InlineData("/nowhere", "Page not found")]
    public async Task What_is_not_there_is_a_page_that_says_so(string path, string title)
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        Assert.Equal(title, (await browser.Open($"/dashboard/{installation}{path}")).Is(HttpStatusCode.NotFound).Title);
    }

    [Fact]
    public async Task Another_teams_resource_and_invoice_are_not_there()
    {
        var (installation, other) = (await acme.Install(), await acme.Install());
        var theirs = await acme.Provision(other);
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        (await browser.Open($"/dashboard/{installation}/resources/{theirs.Id}")).Is(HttpStatusCode.NotFound);
        (await browser.Open($"/dashboard/{other}/resources/{theirs.Id}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_page_of_a_resource_says_its_plan_its_form_and_how_it_is_used()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "checkout", metadata: new JsonObject { ["region"] = "fra1", ["workers"] = 4 });
        acme.Workshop.Count("checkout", 1200);
        acme.Pass(TimeSpan.FromHours(2));
        await acme.Work("usage");
        using var browser = new PlainBrowser(acme);

        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));

        Assert.Matches("Pro \\$12\\.00/month", page.Text);
        Assert.Matches("Region fra1 .*Workers 4", page.Text);
        Assert.Contains("ACME_KEY", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(resource.Secret(), page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plans_are_compared_by_what_the_use_of_this_period_would_cost_on_each()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "checkout");
        acme.Workshop.Count("checkout", 0);
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Work("usage");
        acme.Workshop.Count("checkout", 1_200);
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Work("usage");
        using var browser = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));

        var plans = await browser.Open($"/dashboard/{installation}/resources/{resource.Id}/plans");

        // What the page of the resource says it costs is what its own plan says here; what was used costs twice as much ahead, and nothing on a free plan.
        var soFar = Regex.Match(page.Text, "Total so far (?<sum>\\$[0-9.]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["sum"].Value;
        Assert.Matches($"Pro ?Your plan \\$12\\.00/month .*{Regex.Escape(soFar)} so far in this period", plans.Text);
        Assert.Matches("Prepaid Credit first\\. \\$2\\.40 of credit would have been used so far", plans.Text);
        Assert.Matches($"Free .*\\$0\\.00 it would have been so far −{Regex.Escape(soFar)} against your plan", plans.Text);
        Assert.Matches("Retired .*Not available\\.", plans.Text);
        (await browser.Open($"/dashboard/{installation}/resources/res_1/plans")).Is(HttpStatusCode.NotFound);

        // After a change, what the new plan would have come to all period is not what the period came to.
        Assert.True((await acme.Customer.ChangePlan(installation, resource.Id, "free", Cancel)).IsSuccess);
        var changed = await browser.Open($"/dashboard/{installation}/resources/{resource.Id}/plans");
        Assert.Matches("Your plan .*it would have been so far", changed.Text);
        Assert.DoesNotContain("so far in this period", changed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_is_kept_by_nobody_framed_by_nobody_and_runs_nothing_but_ours()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        using var browser = new PlainBrowser(acme);
        var missing = await browser.Open($"/dashboard/{installation}");
        await browser.SignOn(installation);

        foreach (var path in new[] { "", $"/resources/{resource.Id}", "/usage", "/invoices", "/support", "/session", "/signed-out", "/nowhere" })
            Check(await browser.Open($"/dashboard/{installation}{path}"), "same-origin", "no-referrer");
        Check(missing, "same-origin");
        Check(await browser.Open("/sso/callback"), "no-referrer");
        Check(await browser.Open($"/sso/{installation}"), "no-referrer");
        Check(await browser.ComeFromVercel(installation), "no-referrer");

        static void Check(PlainPage page, params string[] referrers)
        {
            Assert.Equal("no-store", page.Headers["Cache-Control"]);
            Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
            Assert.Contains(page.Headers["Referrer-Policy"], referrers);
            var policy = page.Headers["Content-Security-Policy"];
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotMatch("<script(?![^>]*src=)|<style|\\sstyle=|\\son[a-z]+=|javascript:", page.Html);
            Assert.DoesNotMatch("(src|href)=\"https?://(?!127\\.0\\.0\\.1)", page.Html);
        }
    }

    [Fact]
    public async Task The_files_of_the_pages_are_named_by_what_is_in_them_and_kept_for_good()
    {
        using var browser = new PlainBrowser(acme);
        var page = await browser.Open("/sso/callback");
        var files = Regex.Matches(page.Html, "(?<=\")/assets/[^\"]+(?=\")", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value).ToList();

        Assert.Equal(4, files.Count);
        foreach (var file in files)
            Assert.Equal("public, max-age=31536000, immutable", (await browser.Open(file)).Is(HttpStatusCode.OK).Headers["Cache-Control"]);
        (await browser.Open("/assets/../appsettings.json")).Is(HttpStatusCode.NotFound);
        (await browser.Open("/assets/dashboard.css")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Whoever_may_only_look_finds_no_controls_and_is_refused_without_them()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        using var viewer = new PlainBrowser(acme);
        var page = await viewer.SignOn(installation, "USER", ("resource_id", resource.Id));
        var session = await viewer.Open($"/dashboard/{installation}/session");
        var token = session.Form("/sign-out")!.Fields.Single();

        Assert.Empty(page.Forms);
        Assert.Contains("Only administrators", page.Text, StringComparison.Ordinal);
        foreach (var action in new[] { "reveal", "rotate" })
        {
            var refused = await viewer.Post($"/dashboard/{installation}/resources/{resource.Id}/secrets/{action}", [token, ("delay-hours", "0")]);
            Assert.Equal("Only administrators can do this", refused.Is(HttpStatusCode.Forbidden).Title);
        }

        Assert.Empty(await Audit(installation, "secrets.Revealed", "secrets.RotationRequested"));
        Assert.Equal(HttpStatusCode.Found, (await viewer.Submit(session, "/sign-out")).Status);
    }

    [Fact]
    public async Task A_form_counts_from_a_page_of_the_same_session_alone()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        using var browser = new PlainBrowser(acme);
        using var other = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));
        var theirs = await other.SignOn(installation, null, ("resource_id", resource.Id));
        var reveal = page.Form("/reveal")!;

        (await browser.Post(reveal.Action, [])).Is(HttpStatusCode.Forbidden);
        (await browser.Post(reveal.Action, [("form-token", "")])).Is(HttpStatusCode.Forbidden);
        (await browser.Post(reveal.Action, [.. theirs.Form("/reveal")!.Fields])).Is(HttpStatusCode.Forbidden);
        (await browser.Post(reveal.Action, [.. reveal.Fields], headers => headers.Add("Sec-Fetch-Site", "cross-site"))).Is(HttpStatusCode.Forbidden);
        (await browser.Post(reveal.Action, [.. reveal.Fields], headers => headers.Add("Sec-Fetch-Site", "same-site"))).Is(HttpStatusCode.Forbidden);
        Assert.Empty(await Audit(installation, "secrets.Revealed"));

        (await browser.Post(reveal.Action, [.. reveal.Fields], headers => headers.Add("Sec-Fetch-Site", "same-origin"))).Is(HttpStatusCode.OK);
        (await browser.Post(reveal.Action, [.. Enumerable.Range(0, 2000).Select(at => ($"field-{at}", "x"))])).Is(HttpStatusCode.Forbidden);
        using var nobody = new PlainBrowser(acme);
        (await nobody.Post(reveal.Action, [.. reveal.Fields])).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Secrets_are_shown_to_an_administrator_who_asks_and_it_is_written_down_who_that_was()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var admin = acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId].Admin;
        using var browser = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));

        var shown = await browser.Submit(page, "/reveal");

        Assert.Contains($"value=\"{resource.Secret()}\"", shown.Is(HttpStatusCode.OK).Html, StringComparison.Ordinal);
        Assert.Equal("no-store", shown.Headers["Cache-Control"]);
        Assert.Equal([$"secrets.Revealed user:{admin.UserId} dashboard: reveal secrets"], await Audit(installation, "secrets.Revealed"));
        Assert.DoesNotContain(resource.Secret(), await Details(installation), StringComparison.Ordinal);
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(resource.Secret(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rotation_makes_new_secrets_for_Vercel_and_the_old_ones_work_as_long_as_was_chosen()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var old = resource.Secret();
        using var browser = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));

        var sent = await browser.Submit(page, "/rotate", ("delay-hours", "24"));
        var twice = await browser.Submit(page, "/rotate", ("delay-hours", "24"));
        await acme.Work("outbox");

        Assert.Equal($"/dashboard/{installation}/resources/{resource.Id}?told=rotated#secrets", sent.Location);
        Assert.Equal(sent.Location, twice.Location);
        var after = await browser.Open(sent.Location!);
        Assert.Contains("New secrets are in force", after.Text, StringComparison.Ordinal);
        Assert.Matches("The secrets before these work until .* UTC ?: (1 day 0 h|23 h 59 min) left", after.Text);
        var fresh = Known(resource)["ACME_KEY"];
        Assert.NotEqual(old, fresh);
        Assert.True(acme.Workshop.Opens(old) && acme.Workshop.Opens(fresh));
        Assert.Single(await Audit(installation, "secrets.RotationRequested"));
        Assert.Single(acme.Vercel.Calls, call => call.Method == "PUT" && call.Path.EndsWith($"{resource.Id}/secrets", StringComparison.Ordinal));

        acme.Pass(TimeSpan.FromHours(24));
        await acme.Work("secret-expiry", "operations");
        Assert.False(acme.Workshop.Opens(old));
        Assert.True(acme.Workshop.Opens(fresh));
    }

    [Theory]
    [InlineData("721")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("")]
    public async Task A_rotation_with_a_delay_that_cannot_be_changes_nothing(string hours)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        using var browser = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));

        var refused = await browser.Submit(page, "/rotate", ("delay-hours", hours));

        Assert.Contains("from 0 to 720 hours", refused.Is(HttpStatusCode.BadRequest).Text, StringComparison.Ordinal);
        Assert.Empty(await Audit(installation, "secrets.RotationRequested"));
    }

    [Fact]
    public async Task A_rotation_that_takes_its_time_is_shown_as_under_way_and_no_other_begins_meanwhile()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "slow-one");
        acme.Workshop.Plan("Rotate", "slow-one", new WorkshopEvent.Fails(), new WorkshopEvent.Fails());
        using var browser = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", resource.Id));

        var sent = await browser.Submit(page, "/rotate", ("delay-hours", "1"));
        var during = await browser.Open(sent.Location!);

        Assert.EndsWith("?told=rotating#secrets", sent.Location, StringComparison.Ordinal);
        Assert.Contains("New secrets are being made, since", during.Text, StringComparison.Ordinal);
        Assert.Null(during.Form("/rotate"));
        var second = await browser.Submit(page, "/rotate", ("delay-hours", "1"), ("form-key", "another"));
        Assert.EndsWith("?told=not-rotated#secrets", second.Location, StringComparison.Ordinal);
        await acme.TryAgainNow(resource);
        await acme.Work("operations");
        await acme.TryAgainNow(resource);
        await acme.Work("operations", "outbox");
        Assert.NotEqual(resource.Secret(), Known(resource)["ACME_KEY"]);
    }

    [Fact]
    public async Task Projects_checks_and_pull_requests_that_somebody_came_for_are_on_the_page()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[installation].AccountId, "storefront");
        acme.Customer.Connect(installation, resource.Id, project.Id, null, null, false);
        await acme.Work("webhooks");
        using var browser = new PlainBrowser(acme);

        var page = await browser.SignOn(
            installation, null, ("resource_id", resource.Id), ("project_id", project.Id), ("check_id", "chk_1"), ("pr", "<b>42</b>"));

        Assert.Contains("Check chk_1", page.Text, StringComparison.Ordinal);
        Assert.Contains("Pull request <b>42</b>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>42</b>", page.Html, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Known(Provisioned resource) =>
        acme.Vercel.State.Installations[resource.Installation].Find(resource.Id)!.Secrets.ToDictionary(secret => secret.Name, secret => secret.Value, StringComparer.Ordinal);

    private Task<IReadOnlyList<string>> Audit(string installation, params string[] kinds) => acme.AskAll<string>(
        "select kind || ' ' || actor || ' ' || cause from domain_event where installation_id = $1 and kind = any ($2) order by event_id", installation, kinds);

    private async Task<string> Details(string installation) =>
        string.Join('\n', await acme.AskAll<string>("select detail::text from domain_event where installation_id = $1", installation));
}
