using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Notifications;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.OperatorConsole.Resources;

/// <summary>The pages of one installation and of one resource, and what operators do there.</summary>
[Collection(OperatedCustomers.Name)]
public sealed partial class OperatedPageTests(OperatedStory story)
{
    private readonly Acme acme = story.Acme;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Whale => $"/ops/installations/{story.Whale}";

    [Fact]
    public async Task An_installation_is_shown_with_all_that_is_known_and_without_its_token()
    {
        using var browser = await Operators.SignInToLook(acme.Server);
        var page = (await browser.Open(Whale)).Is(HttpStatusCode.OK);

        Assert.Equal("Blue Whale", page.Title);
        foreach (var text in new[]
        {
            story.Whale, acme.Vercel.State.Installations[story.Whale].AccountId, "Active", "checkout", "search", "jobs", "Held yes, encrypted",
            "1 operation failed several times. The next attempt comes by itself; the page of the resource says why. See what to do", "Total so far",
        })
        {
            Assert.Contains(text, page.Text, StringComparison.Ordinal);
        }

        Assert.Equal("/ops/runbook#operationsstuck", page.Link("See what to do"));

        // The first page of its timeline has the newest alone, and other tests add to it.
        Assert.Contains("Installation: installed", (await browser.Open($"{Whale}?kind=installation.")).Text, StringComparison.Ordinal);
        Assert.Contains("Resource: provisioning requested", (await browser.Open(Page(story.Checkout))).Text, StringComparison.Ordinal);
        Assert.All(acme.Vercel.State.Installations[story.Whale].Tokens, token => Assert.DoesNotContain(token.Value, page.Html, StringComparison.Ordinal));
        Assert.Contains("Installation not found", (await browser.Open("/ops/installations/icfg_nobody")).Is(HttpStatusCode.NotFound).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_is_shown_with_its_operations_use_projects_and_transfers_and_its_secrets_by_name_alone()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var checkout = (await browser.Open(Page(story.Checkout))).Is(HttpStatusCode.OK);
        foreach (var text in new[] { "checkout", "ACME_KEY", "ACME_URL", "storefront", "fra1", "Provision", "on each day", "4,200", "3,000" })
            Assert.Contains(text, checkout.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Checkout.Secret(), checkout.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(story.Checkout.Secret("ACME_URL"), checkout.Html, StringComparison.Ordinal);

        var stuck = await browser.Open(Page(story.Stuck));
        foreach (var text in new[] { "Stuck", $"{OperatedStory.AttemptsOfStuck} attempts", "HttpRequestException", "Abuse was reported.", "The next attempt is in" })
            Assert.Contains(text, stuck.Text, StringComparison.Ordinal);

        Assert.Contains($"Came from {story.Fox}", (await browser.Open(Page(story.Came))).Text, StringComparison.Ordinal);
        var left = await browser.Open(Page(story.Came with { Installation = story.Fox }));
        Assert.Contains($"Handed over to {story.Whale}", left.Text, StringComparison.Ordinal);
        Assert.Contains("Uninstalled", left.Text, StringComparison.Ordinal);
        Assert.Contains("Resource not found", (await browser.Open($"/ops/resources/{story.Whale}/res_nobody")).Is(HttpStatusCode.NotFound).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_link_of_the_pages_leads_to_a_page()
    {
        using var browser = await Operators.SignIn(acme.Server);
        // Something that waits for Vercel, and something that was given up.
        var tool = await acme.Provision(story.Whale, "linked");
        await browser.Act(Page(tool), "/resync", "in 1 message", ("reason", "To see it"));
        await acme.Execute(
            "update outbox_message set state = 'dead', closed_at = clock_timestamp() where installation_id = $1 and resource_id = $2", story.Whale, tool.Id);

        foreach (var page in new[] { "/ops/installations", Whale, Page(tool), Page(story.Came) })
        {
            var links = LinksOf((await browser.Open(page)).Is(HttpStatusCode.OK)).ToList();
            Assert.True(links.Count > 5, page);
            foreach (var link in links)
                (await browser.Open(link)).Is(HttpStatusCode.OK);
        }

        Assert.Contains($"/ops/outbox?installation={story.Whale}&state=dead", LinksOf(await browser.Open(Whale)));
        await acme.Execute("delete from outbox_message where installation_id = $1 and resource_id = $2", story.Whale, tool.Id);
    }

    [Fact]
    public async Task A_resync_tells_Vercel_everything_once_more_and_twice_the_same_form_queues_nothing_twice()
    {
        using var browser = await Operators.SignIn(acme.Server);
        await acme.Work("outbox");
        await browser.Act(Page(story.Checkout), "/resync", "in 1 message", ("reason", "The customer asks"));
        await browser.Act(Page(story.Checkout), "/resync", "in 1 message", ("reason", "The customer asks"));

        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from outbox_message where installation_id = $1 and kind = 'resource_sync' and state = 'pending'", story.Whale));
        Assert.Equal(
            [$"operator:{Operators.Name} resync: The customer asks"], (await Audit(story.Checkout, "resync.Requested")).Distinct(StringComparer.Ordinal));
        await acme.Work("outbox");
        var timeline = await browser.Open($"{Page(story.Checkout)}?kind=resync.");
        Assert.Contains("Resync: requested", timeline.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Resource: became ready", timeline.Text, StringComparison.Ordinal);
        await browser.Act(Whale, "/resync", "everything once more", ("reason", "All of it"));
        await acme.Work("outbox");
    }

    [Fact]
    public async Task Service_is_cut_and_given_back_by_the_providers_own_decision_with_the_operator_in_the_audit()
    {
        var tool = await acme.Provision(story.Whale, "cut");
        using var browser = await Operators.SignIn(acme.Server);
        await browser.Act(Page(tool), "/suspend", "It is suspended", ("reason", "Ticket 4711"), ("told", "Abuse was reported."));
        await acme.Work("operations", "outbox");

        Assert.False(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal("suspended", acme.Vercel.State.Installations[story.Whale].Find(tool.Id)!.Status);
        var page = await browser.Open(Page(tool));
        Assert.Contains("The customer reads: Abuse was reported.", page.Text, StringComparison.Ordinal);
        Assert.Null(page.Form("/suspend"));
        // The form of a page that was open in another window.
        var resume = page.Form("/resume")!;
        await browser.Act(Page(tool), "/resume", "is lifted", ("reason", "Solved"));
        await browser.Post(resume.Action, [.. resume.Fields, ("reason", "Solved again")]);
        await acme.Work("operations", "outbox");

        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal([$"operator:{Operators.Name} suspend: Ticket 4711"], await Audit(tool, "resource.Suspended"));
        Assert.Equal([$"operator:{Operators.Name} resume: Solved"], await Audit(tool, "resource.Resumed"));
    }

    [Fact]
    public async Task What_the_domain_refuses_is_said_in_its_own_words_on_the_same_page_and_changes_nothing()
    {
        var tool = await acme.Provision(story.Whale, "refusing");
        using var browser = await Operators.SignIn(acme.Server);
        var open = await browser.Open(Page(tool));
        await acme.Execute("update resource set status = 'pending' where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id);

        var suspend = open.Form("/suspend")!;
        await browser.Answered(suspend, "is still being made", ("reason", "Ticket 4711"), ("told", "Abuse."));
        await browser.Answered(suspend, "Say what the customer reads", ("reason", "Ticket 4711"), ("told", " "));
        await browser.Answered(open.Form("/notification")!, "A level is info, warn or error.", ("reason", "Ticket 4711"), ("level", "shout"), ("title", "Hear"));
        Assert.Contains("Say why", (await browser.Post(suspend.Action, [.. suspend.Fields, ("told", "Abuse.")])).Is(HttpStatusCode.UnprocessableEntity).Title, StringComparison.Ordinal);
        Assert.Empty(await Audit(tool, "resource.Suspended"));
        Assert.Equal("refused", await acme.Ask<string>("select outcome from operator_action where action = 'suspend' and about like $1 order by number desc limit 1", $"%{tool.Id}%"));
        await acme.Execute("update resource set status = 'ready' where installation_id = $1 and resource_id = $2", tool.Installation, tool.Id);
    }

    [Fact]
    public async Task A_notification_is_told_shown_and_taken_back_of_an_installation_and_of_a_resource()
    {
        using var browser = await Operators.SignIn(acme.Server);
        foreach (var page in new[] { Whale, Page(story.Checkout) })
        {
            await browser.Act(page, "/notification", "reads it within seconds", ("reason", "Maintenance"), ("level", "warn"), ("title", "Maintenance on Sunday"),
                ("message", "Reads only."), ("href", "https://status.example.com"));
            var told = await browser.Open(page);
            Assert.Contains("Maintenance on Sunday", told.Text, StringComparison.Ordinal);
            Assert.Contains("told by: The provider", told.Text, StringComparison.Ordinal);
        }

        await acme.Work("outbox");
        Assert.Equal("Maintenance on Sunday", acme.Vercel.State.Installations[story.Whale].Find(story.Checkout.Id)!.Notification!.Value.GetProperty("title").GetString());
        foreach (var page in new[] { Whale, Page(story.Checkout) })
        {
            await browser.Act(page, "/notification/clear", "It is taken back.", ("reason", "It is over"));
            Assert.Null((await browser.Open(page)).Form("/notification/clear"));
        }

        await acme.Work("outbox");
        Assert.Null(acme.Vercel.State.Installations[story.Whale].Find(story.Checkout.Id)!.Notification);
        Assert.Equal(
            [$"operator:{Operators.Name} notification: Maintenance", $"operator:{Operators.Name} take notification back: It is over"],
            await Audit(story.Checkout, "resource.Notified"));
    }

    [Fact]
    public async Task A_viewer_sees_no_form_and_is_refused_whatever_is_sent()
    {
        using var person = await Operators.SignIn(acme.Server);
        using var viewer = await Operators.SignInToLook(acme.Server);
        foreach (var (page, actions) in new[]
        {
            (Whale, new[] { "/resync", "/notification" }), (Page(story.Checkout), ["/resync", "/notification", "/suspend"]),
        })
        {
            var seen = (await viewer.Open(page)).Is(HttpStatusCode.OK);
            Assert.Empty(seen.Forms);
            var token = (await viewer.Open("/ops/session")).Forms.First().Fields;
            foreach (var action in actions)
            {
                Assert.NotNull((await person.Open(page)).Form(action));
                var refused = await viewer.Post(page + action, [.. token, ("reason", "Because I want to"), ("told", "No."), ("level", "info"), ("title", "No")]);
                Assert.Equal("Only operators can do this", refused.Is(HttpStatusCode.Forbidden).Title);
            }
        }

        Assert.Equal(0, await acme.Ask<long>("select count(*) from domain_event where cause like '%Because I want to%'"));
    }

    [Fact]
    public async Task The_timeline_goes_back_page_by_page_without_a_gap_and_by_kind()
    {
        var installation = await acme.Install();
        var store = acme.Server.Services.GetRequiredService<NotificationStore>();
        for (var number = 1; number <= 30; number++)
        {
            await store.TellInstallation(
                new InstallationId(installation), new Notice(NoticeLevel.Info, $"Word {number}.", LanguageExt.Option<string>.None),
                new Actor("key:test", "notification"), Cancel);
        }

        using var browser = await Operators.SignIn(acme.Server);
        var newest = await browser.Open($"/ops/installations/{installation}");
        var older = await browser.Open(newest.Link("Older")!);
        var seen = newest.Text + older.Text;
        Assert.All(Enumerable.Range(1, 30), number => Assert.Contains($"Word {number}.", seen, StringComparison.Ordinal));
        Assert.DoesNotContain("Installation: installed", newest.Text, StringComparison.Ordinal);
        Assert.Contains("Installation: installed", older.Text, StringComparison.Ordinal);
        Assert.Null(older.Link("Older"));
        Assert.NotNull(older.Link("Newest"));
        Assert.Contains("Nothing of this kind", (await browser.Open($"/ops/installations/{installation}?kind=refund.")).Text, StringComparison.Ordinal);
        (await browser.Open($"/ops/installations/{installation}?kind=everything")).Is(HttpStatusCode.BadRequest);
        (await browser.Open($"/ops/installations/{installation}?before=x")).Is(HttpStatusCode.BadRequest);
    }

    private static IEnumerable<string> LinksOf(PlainPage page) =>
        Link().Matches(page.Html).Select(link => WebUtility.HtmlDecode(link.Groups["href"].Value)).Distinct(StringComparer.Ordinal);

    [GeneratedRegex("<a [^>]*href=\"(?<href>/ops[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    private static string Page(Provisioned resource) => $"/ops/resources/{resource.Installation}/{resource.Id}";

    private Task<IReadOnlyList<string>> Audit(Provisioned resource, string kind) => acme.AskAll<string>(
        "select actor || ' ' || cause from domain_event where installation_id = $1 and resource_id = $2 and kind = $3 order by event_id",
        resource.Installation, resource.Id, kind);
}
