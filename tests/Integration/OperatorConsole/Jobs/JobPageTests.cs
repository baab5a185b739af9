using System.Net;
using Marketplace.Integration.Dashboard;
using Marketplace.Integration.JobHosts;
using Microsoft.Playwright;
using static Marketplace.Integration.JobHosts.Nodes;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.OperatorConsole.Jobs;

/// <summary>The jobs in the console, from a server that runs none; two nodes beside it do.</summary>
public sealed class JobPageTests(TwoNodes nodes, Chromium chromium) : IClassFixture<TwoNodes>, IClassFixture<Chromium>
{
    [Fact]
    public async Task Every_job_and_every_node_is_listed_sorted_searched_and_filtered()
    {
        await nodes.Database.Execute(
            """
            insert into job_node (node, version, jobs, started_at, seen_at, stopped_at) values ('gone:1:aaaa', '1', '{}', now(), now(), now());
            insert into job_node (node, version, jobs, started_at, seen_at) values ('dead:1:bbbb', '1', '{}', now(), now() - interval '1 hour')
            """,
            TestContext.Current.CancellationToken);
        await Until(async () => (await nodes.Look(nodes.Broken)).Failures > 0);
        using var browser = await Operators.SignIn(nodes.Api);

        var list = (await browser.Open("/ops/jobs")).Is(HttpStatusCode.OK);
        foreach (var said in new[] { "Counts the runs of nightly.", "every day at 03:30", "every second", "Alive", "gone:1:aaaa", "Stopped", "dead:1:bbbb", "Dead", "Failed, " })
            Assert.Contains(said, list.Text, StringComparison.Ordinal);
        Assert.Equal("/ops/jobs/nightly", list.Link("nightly"));
        Assert.StartsWith("/ops/runbook#job", (await browser.Open("/ops/jobs/broken")).Link("See what to do")!, StringComparison.Ordinal);
        Assert.Equal(["broken", "nightly", "pausable", "slow", "steady"], Jobs(list));
        Assert.Equal(["steady", "slow", "pausable", "nightly", "broken"], Jobs(await browser.Open("/ops/jobs?sort=-job")));
        Assert.Equal("broken", Jobs(await browser.Open("/ops/jobs?sort=-failed"))[0]);
        Assert.Equal(["pausable"], Jobs(await browser.Open("/ops/jobs?q=OF+PAUS")));
        Assert.Contains("Nothing fits", (await browser.Open("/ops/jobs?state=late")).Text, StringComparison.Ordinal);
        (await browser.Open("/ops/jobs?state=happy")).Is(HttpStatusCode.BadRequest);
        (await browser.Open("/ops/jobs/no-such-job")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Runs_are_paged_from_either_end_and_filtered_by_what_came_of_them()
    {
        await nodes.Database.Execute(
            """
            insert into job (job_id, does, cron, announced_at) values ('kept', 'Something of an earlier version.', '5 4 * * 0', now()) on conflict do nothing;
            insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds, error)
            select 'kept', timestamptz '2027-01-01T00:00Z' + n * interval '1 minute', 'node-' || n, timestamptz '2027-01-01T00:00Z' + n * interval '1 minute',
                case when n % 40 = 0 then 'failed' else 'succeeded' end, 2, 2500, 1500, case when n % 40 = 0 then 'It broke.' end
            from generate_series(1, 120) n on conflict do nothing
            """,
            TestContext.Current.CancellationToken);
        using var browser = await Operators.SignIn(nodes.Api);

        var first = (await browser.Open("/ops/jobs/kept")).Is(HttpStatusCode.OK);
        Assert.Contains("No node runs it", first.Text, StringComparison.Ordinal);
        Assert.Equal("/ops/runbook#nobodyworks", first.Link("See what to do"));
        Assert.Contains("5 4 * * 0", first.Text, StringComparison.Ordinal);
        Assert.Contains("1.3 s at most 1.5 s", first.Text, StringComparison.Ordinal);
        Assert.Contains("node-120", first.Text, StringComparison.Ordinal);
        var last = await browser.Open((await browser.Open(first.Link("Next")!)).Link("Next")!);
        Assert.Contains("1 Jan 2027, 00:01:00", last.Text, StringComparison.Ordinal);
        Assert.Null(last.Link("Next"));
        Assert.Contains("1 Jan 2027, 00:01:00", (await browser.Open("/ops/jobs/kept?sort=started")).Text, StringComparison.Ordinal);
        var failed = await browser.Open("/ops/jobs/kept?outcome=failed");
        Assert.Equal(3, failed.Text.Split("It broke.").Length - 1);
        (await browser.Open("/ops/jobs/kept?after=bm8")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Operators_run_pause_and_resume_a_job_with_a_reason_and_viewers_only_look()
    {
        using var browser = await Operators.SignIn(nodes.Api);
        var runs = nodes.Nightly.Runs.Count;

        Assert.Equal("/ops/jobs/nightly", (await Do("run", "The night was bad")).Location);
        await Until(() => nodes.Nightly.Runs.Count == runs + 1);
        await Until(async () => (await browser.Open("/ops/jobs/nightly")).Text.Contains($"Asked for by operator:{Operators.Name}: The night was bad", StringComparison.Ordinal));
        await Do("pause", "The disk is full");
        var paused = await browser.Open("/ops/jobs/nightly");
        Assert.Contains($"Paused by operator:{Operators.Name}", paused.Text, StringComparison.Ordinal);
        Assert.Contains("The disk is full", paused.Text, StringComparison.Ordinal);
        Assert.Contains("1 job is paused: nightly", (await browser.Open("/ops/jobs")).Text, StringComparison.Ordinal);
        Assert.Null(paused.Form("/run"));
        using var viewer = await Operators.SignInToLook(nodes.Api);
        var looked = await viewer.Open("/ops/jobs/nightly");
        Assert.Contains("The disk is full", looked.Text, StringComparison.Ordinal);
        Assert.Empty(looked.Forms);
        await Do("resume", "There is room");

        var after = await browser.Open("/ops/jobs/nightly");
        foreach (var cause in new[] { "run job: The night was bad", "pause job: The disk is full", "resume job: There is room" })
            Assert.Contains(cause, after.Text, StringComparison.Ordinal);
        var audit = await browser.Open("/ops/audit?action=pause+job");
        Assert.Contains("The disk is full", audit.Text, StringComparison.Ordinal);

        async Task<SignOn.PlainPage> Do(string action, string reason) =>
            (await browser.Submit(await browser.Open("/ops/jobs/nightly"), $"/{action}", ("reason", reason))).Is(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("phone")]
    public async Task The_pages_are_readable_in_light_and_dark_and_on_a_phone_and_pause_and_resume_in_a_browser(string look)
    {
        await Until(async () => (await nodes.Look(nodes.Broken)).Failures > 0);
        var page = await chromium.NewPage(look switch
        {
            "dark" => new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 1360, Height = 900 } },
            "phone" => new() { ViewportSize = new() { Width = 360, Height = 760 }, IsMobile = true, HasTouch = true },
            _ => new() { ViewportSize = new() { Width = 1360, Height = 900 } },
        });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        await page.GotoAsync($"{nodes.Api.Http.BaseAddress}ops/jobs");
        await page.GetByLabel("Name").FillAsync(Operators.Name);
        await page.GetByLabel("Password").FillAsync(Operators.Password);
        await page.ClickAsync("button:text-is('Sign in')");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Jobs");
        await Looks("jobs");

        await page.ClickAsync("th a:text-is('steady')");
        await page.ClickAsync("summary:text-is('Pause…')");
        await page.GetByLabel("Reason, for the audit").Locator("visible=true").FillAsync("The disk is full");
        await Looks("job-pause");
        await page.ClickAsync("button:text-is('Pause')");
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("No node begins it any more");
        await Expect(page.Locator(".notice.warn")).ToContainTextAsync("The disk is full");
        await Looks("job-paused");
        await page.ClickAsync("summary:text-is('Resume…')");
        await page.GetByLabel("Reason, for the audit").FillAsync("There is room");
        await page.ClickAsync("button:text-is('Resume')");
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("It runs again");
        await page.GotoAsync($"{nodes.Api.Http.BaseAddress}ops/jobs/broken");
        await Expect(page.Locator("table")).ToContainTextAsync(["on average", "InvalidOperationException: It broke, password=… in hand."]);
        await Looks("job-failing");

        Assert.Empty(complaints);

        async Task Looks(string name)
        {
            await Chromium.Keep(page, $"ops-{name}-{look}");
            await Readable.Check(page, name);
        }
    }

    /// <summary>The names of the nodes' jobs, as they stand.</summary>
    private static string[] Jobs(SignOn.PlainPage page) =>
    [
        .. page.Html.Split("href=\"/ops/jobs/").Skip(1).Select(rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]).Where(job => job != "kept"),
    ];
}
