using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>The overview counts what needs a person, and leads to where it is repaired.</summary>
public sealed partial class OverviewTests(ConsoleScene scene) : IClassFixture<ConsoleScene>
{
    private const string AllIsWell = "Nothing: everything goes on by itself.";

    // It goes on saying so for an hour, whoever looks.
    private const string Worker = """
        insert into job_node (node, version, jobs, started_at, seen_at) values ('alive', '1', '{swept}', now(), now() + interval '1 hour');
        insert into job (job_id, does, interval_seconds, announced_at) values ('swept', 'Sweeps.', 60, now());
        """;

    [Fact]
    public async Task Where_nothing_is_wrong_it_says_so_and_every_link_of_it_leads_to_a_page()
    {
        using var browser = await Operators.SignIn(scene.Server);
        var page = await Overview(browser, Worker);

        Assert.Contains(AllIsWell, page.Text, StringComparison.Ordinal);
        foreach (var link in Links().Matches(page.Html).Select(match => WebUtility.HtmlDecode(match.Groups["to"].Value)).Distinct())
            (await browser.Open(link)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_no_worker_lives_nothing_goes_on_by_itself()
    {
        using var browser = await Operators.SignIn(scene.Server);

        var never = await Overview(browser, "");
        Assert.DoesNotContain(AllIsWell, never.Text, StringComparison.Ordinal);
        Assert.Equal("/ops/jobs", never.Link("<b>No</b> worker lives"));
        Assert.Contains("href=\"/ops/runbook#nobodyworks\">See what to do<", never.Html, StringComparison.Ordinal);

        var died = await Overview(browser, Worker + "update job_node set seen_at = now() - interval '1 minute';");
        Assert.Equal("/ops/jobs", died.Link("<b>No</b> worker lives"));
        Assert.DoesNotContain("jobs that nobody runs", died.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<b>1</b> job that nobody runs", "/ops/jobs", "update job_node set jobs = '{}';")]
    [InlineData("<b>1</b> job paused", "/ops/jobs?state=paused", "insert into job_pause (job_id, paused_by, reason, paused_at) values ('swept', 'operator:ada', 'of the test', now());")]
    [InlineData(
        "<b>1</b> job that fails", "/ops/jobs?sort=-failed",
        """
        insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds, error)
        values ('swept', now() - interval '9 hours', 'alive', now() - interval '9 hours', 'failed', 1, 1, 1, 'It broke.');
        """)]
    [InlineData(
        "<b>1</b> job that fails", "/ops/jobs?sort=-failed",
        """
        insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds, error)
        values ('swept', now() - interval '9 minutes', 'alive', now(), 'failed', 3, 1, 1, 'It broke.'), ('swept', now(), 'alive', now(), 'succeeded', 1, 1, 1, null);
        """)]
    [InlineData(
        "<b>1</b> job that fails", "/ops/jobs?sort=-failed",
        """
        insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds)
        values ('swept', now() - interval '9 hours', 'dead', now() - interval '9 hours', 'lost', 1, 1, 1);
        """)]
    public async Task Jobs_that_do_not_do_their_work_are_counted(string said, string address, string how)
    {
        using var browser = await Operators.SignIn(scene.Server);
        var page = await Overview(browser, Worker + how);

        Assert.Equal(address, page.Link(said));
        (await browser.Open(address)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Hours_that_nobody_can_do_anything_for_are_not_counted_for_ever()
    {
        using var browser = await Operators.SignIn(scene.Server);
        // It is 21 January: a period that ended on the 19th can be told no more since the 20th, and the overview told of that until the 21st.
        var page = await Overview(browser, Worker + Slots("2027-01-19T09:20Z"));
        Assert.Contains(AllIsWell, page.Text, StringComparison.Ordinal);

        page = await Overview(browser, Worker + Slots("2027-01-19T09:50Z"));
        Assert.Equal("/ops/billing/slots?state=dead", page.Link("<b>1</b> hour of usage given up"));
        Assert.Equal("/ops/billing/slots?state=refused", page.Link("<b>1</b> hour of usage refused"));

        static string Slots(string ended) => $"""
            insert into usage_slot (installation_id, slot_start, period_start, period_end, state, changed_at, reason) values
                ('icfg_overview', '2027-01-18T01:00Z', '2027-01-01T00:00Z', '{ended}', 'dead', now(), 'of the test'),
                ('icfg_overview', '2027-01-18T02:00Z', '2027-01-01T00:00Z', '{ended}', 'refused', now(), 'of the test');
            """;
    }

    [Theory]
    [InlineData("usage", true)]
    [InlineData("invoices", true)]
    [InlineData("finalization", false)]
    public async Task Whoever_leaves_is_no_billing_that_was_put_off(string work, bool isPutOff)
    {
        using var browser = await Operators.SignIn(scene.Server);
        var page = await Overview(browser, Worker + $"""
            insert into billing_schedule (installation_id, work, due_at, last_error) values ('icfg_overview', '{work}', now(), 'something is left to bill');
            """);

        Assert.Equal(isPutOff ? "/ops/billing/waiting" : null, page.Link("<b>1</b> report or invoice put off"));
        Assert.Equal(isPutOff, (await browser.Open("/ops/billing/waiting")).Text.Contains("icfg_overview", StringComparison.Ordinal));
    }

    /// <summary>As it is when it is looked at anew, where nothing has happened but this.</summary>
    private async Task<PlainPage> Overview(PlainBrowser browser, string happened)
    {
        await using var command = scene.Server.Store().CreateCommand($$"""
            truncate job_node, job, job_pause, job_run, billing_schedule, usage_slot;
            insert into installation (installation_id, stage, account_id, account_url, scopes, accepted_policies, installed_at, access_token, token_type, anchor_day, anchor_hour)
            values ('icfg_overview', 'active', 'team_overview', 'https://vercel.com/team', '{}', '{}', '2027-01-01T00:00Z', '\x00', 'Bearer', 1, 0) on conflict do nothing;
            {{happened}}
            """);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        scene.Clock.Advance(TimeSpan.FromSeconds(6));
        return (await browser.Open("/ops")).Is(HttpStatusCode.OK);
    }

    [GeneratedRegex("href=\"(?<to>/ops[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
