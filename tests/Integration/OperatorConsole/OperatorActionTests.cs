using System.Net;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.OperatorConsole;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>What an action of the console asks for, and what is written down of it, whoever's action it is.</summary>
public sealed class OperatorActionTests(OperatorActionTests.Scene scene) : IClassFixture<OperatorActionTests.Scene>
{
    private TestServer Server => scene.Server;

    private static readonly (string, string) Reason = ("reason", "the customer asked");

    [Fact]
    public async Task An_action_is_done_once_with_a_reason_and_told_once_and_audited_with_who_and_why()
    {
        using var browser = await Operators.SignIn(Server);
        var done = await Act(browser, "/ops/try/thing-1", Reason);
        Assert.Equal("/ops/audit?q=thing-1", done.Is(HttpStatusCode.SeeOther).Location);

        var next = await browser.Open(done.Location!);
        Assert.Contains("Tried thing-1 for operator:robin@acme.example, try thing: the customer asked.", next.Text, StringComparison.Ordinal);
        Assert.Contains("Done", next.Text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", next.Text, StringComparison.Ordinal);
        Assert.Single(Rows(next));
        Assert.DoesNotContain("class=\"notice good\"", (await browser.Open("/ops/audit")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("ab")]
    [InlineData(null)]
    public async Task Without_a_reason_nothing_is_done(string? reason)
    {
        using var browser = await Operators.SignIn(Server);
        var before = scene.Tried.Count;

        var page = await Act(browser, "/ops/try/thing-2", reason is null ? [] : [("reason", reason)]);

        Assert.Equal("Say why", page.Is(HttpStatusCode.UnprocessableEntity).Title);
        Assert.Equal(before, scene.Tried.Count);
    }

    [Fact]
    public async Task A_viewer_sees_the_pages_and_changes_nothing_and_the_attempt_is_audited()
    {
        using var browser = await Operators.SignInToLook(Server);
        (await browser.Open("/ops/audit")).Is(HttpStatusCode.OK);

        var page = await Act(browser, "/ops/try/thing-3", Reason);

        Assert.Equal("Only operators can do this", page.Is(HttpStatusCode.Forbidden).Title);
        Assert.DoesNotContain("thing-3", scene.Tried);
        var audit = await browser.Open("/ops/audit?q=thing-3&outcome=refused");
        Assert.Contains("The role viewer changes nothing.", audit.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_another_session_or_another_site_or_of_nobody_changes_nothing()
    {
        using var mine = await Operators.SignIn(Server);
        using var other = await Operators.SignIn(Server);
        using var nobody = new PlainBrowser(Server);
        var token = Token(await mine.Open("/ops/session"));

        (await other.Post("/ops/try/thing-4", [token, Reason])).Is(HttpStatusCode.Forbidden);
        (await mine.Post("/ops/try/thing-4", [Reason])).Is(HttpStatusCode.Forbidden);
        (await mine.Post("/ops/try/thing-4", [token, Reason], headers => headers.Add("Sec-Fetch-Site", "cross-site"))).Is(HttpStatusCode.Forbidden);
        (await nobody.Post("/ops/try/thing-4", [token, Reason])).Is(HttpStatusCode.Unauthorized);

        Assert.DoesNotContain("thing-4", scene.Tried);
    }

    [Fact]
    public async Task An_action_that_fails_is_audited_as_failed_and_one_that_is_refused_as_refused()
    {
        using var browser = await Operators.SignIn(Server);

        Assert.Equal("This page has failed", (await Act(browser, "/ops/try/faulty", Reason)).Is(HttpStatusCode.InternalServerError).Title);
        await Act(browser, "/ops/try/impossible", Reason);

        var refused = await browser.Open("/ops/audit?q=impossible&outcome=refused");
        Assert.Single(Rows(refused));
        Assert.Single(Rows(await browser.Open("/ops/audit?q=faulty&outcome=failed")));
        Assert.Contains("class=\"notice bad\"", refused.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_from_which_the_browser_goes_away_is_audited_as_failed_and_says_that_part_of_it_may_be_done()
    {
        using var browser = await Operators.SignIn(Server);
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = browser.Cookies, AllowAutoRedirect = false }) { BaseAddress = Server.Http.BaseAddress };
        using var going = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var token = Token(await browser.Open("/ops/session"));
        using var form = new FormUrlEncodedContent([KeyValuePair.Create(token.Item1, token.Item2), KeyValuePair.Create("reason", "the customer asked")]);

        var asked = client.PostAsync("/ops/try/endless", form, going.Token);
        await scene.Begun.WaitAsync(TestContext.Current.CancellationToken);
        await going.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        var audit = await browser.Open("/ops/audit?q=endless&outcome=failed");
        for (var patience = 0; patience < 100 && Rows(audit).Count == 0; patience++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            audit = await browser.Open("/ops/audit?q=endless&outcome=failed");
        }

        Assert.Contains("The browser went away before the end: part of it may be done.", audit.Text, StringComparison.Ordinal);
    }

    /// <summary>A character of two halves lies across the place where it is cut.</summary>
    [Fact]
    public async Task What_is_filled_in_is_audited_and_cut_where_no_form_of_ours_has_so_much()
    {
        using var browser = await Operators.SignIn(Server);

        (await Act(browser, "/ops/try/thing-6", Reason, ("amount", "3.50"), ("to", ""))).Is(HttpStatusCode.SeeOther);
        (await Act(browser, "/ops/try/thing-7", Reason, ("amount", $"{new string('x', 99)}😀😀"), ("to", "somebody"))).Is(HttpStatusCode.SeeOther);

        Assert.Equal(["thing-6, amount 3.50"], Rows(await browser.Open("/ops/audit?q=thing-6")));
        Assert.Equal([$"thing-7, amount {new string('x', 99)}…, to somebody"], Rows(await browser.Open("/ops/audit?q=thing-7")).Select(WebUtility.HtmlDecode));
    }

    [Fact]
    public async Task What_is_told_after_an_action_is_believed_only_when_we_said_it_to_this_browser()
    {
        using var browser = await Operators.SignIn(Server);
        using var other = await Operators.SignIn(Server);
        await Act(other, "/ops/try/thing-5", Reason);
        browser.Cookies.Add(Server.Http.BaseAddress!, other.Cookies.GetCookies(Server.Http.BaseAddress!).Single(cookie => cookie.Name == "marketplace-operator-told"));

        Assert.DoesNotContain("class=\"notice", (await browser.Open("/ops/audit")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_pages_to_its_end_and_back_sorts_filters_and_searches()
    {
        using var browser = await Operators.SignIn(Server);
        for (var thing = 0; thing < 120; thing++)
            await scene.Record($"paged-{thing}", thing % 2 == 0 ? "first@acme.example" : "second@acme.example");

        var all = await Walk(browser, "/ops/audit?action=page+through");
        Assert.Equal(Enumerable.Range(0, 120).Reverse().Select(thing => $"paged-{thing}"), all);
        Assert.Equal(Enumerable.Range(0, 120).Select(thing => $"paged-{thing}"), await Walk(browser, "/ops/audit?action=page+through&sort=at"));
        Assert.Equal(60, (await Walk(browser, "/ops/audit?action=page+through&person=second%40acme.example")).Count);
        Assert.Equal(["paged-77"], await Walk(browser, "/ops/audit?q=paged-77"));
        Assert.Empty(await Walk(browser, "/ops/audit?action=page+through&until=2020-01-01"));

        var second = await browser.Open((await browser.Open("/ops/audit?action=page+through")).Link("Next")!);
        var third = await browser.Open(second.Link("Next")!);
        Assert.Null(third.Link("Next"));
        Assert.Equal(Rows(second), Rows(await browser.Open(third.Link("Previous")!)));
    }

    [Theory]
    [InlineData("outcom=refused", "outcom")]
    [InlineData("outcome=lost", "outcome")]
    [InlineData("sort=person", "sorted by")]
    [InlineData("since=yesterday", "since")]
    [InlineData("after=zzz", "first page")]
    [InlineData("q=a&q=b", "more than once")]
    public async Task A_list_that_is_asked_for_what_it_does_not_know_says_so(string query, string says)
    {
        using var browser = await Operators.SignIn(Server);

        var page = (await browser.Open($"/ops/audit?{query}")).Is(HttpStatusCode.BadRequest);

        Assert.Equal("This request cannot be read", page.Title);
        Assert.Contains(says, page.Text, StringComparison.Ordinal);
    }

    private static async Task<PlainPage> Act(PlainBrowser browser, string address, params (string, string)[] fields) =>
        await browser.Post(address, [Token(await browser.Open("/ops/session")), .. fields]);

    private static (string, string) Token(PlainPage session) => session.Form("/sign-out")!.Fields.Single(field => field.Name == "form-token");

    private static async Task<IReadOnlyList<string>> Walk(PlainBrowser browser, string address)
    {
        var found = new List<string>();
        for (string? next = address; next is not null;)
        {
            var page = (await browser.Open(next)).Is(HttpStatusCode.OK);
            found.AddRange(Rows(page));
            next = page.Link("Next");
        }

        return found;
    }

    private static List<string> Rows(PlainPage page) =>
        [.. page.Html.Split("data-label=\"About\"").Skip(1).Select(cell => cell.Split("class=\"mono\">")[1].Split('<')[0])];

    /// <summary>The scene of the console, with an action that does nothing but be one.</summary>
    public sealed class Scene : IAsyncLifetime
    {
        private readonly ConsoleScene scene = new();
        private readonly List<string> tried = [];

        public TestServer Server { get; private set; } = null!;

        public IReadOnlyCollection<string> Tried => tried;

        public async ValueTask InitializeAsync() => Server = await TestServer.Start(
            scene.Options with { Routes = app => app.MapPost("/ops/try/{thing}", OperatorEndpoint.Action("try thing", Try, action => action.Filled("amount", "to"))) },
            TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync()
        {
            Begun.Dispose();
            return Server.DisposeAsync();
        }

        public async Task Record(string about, string person)
        {
            await using var command = Server.Store().CreateCommand(
                "insert into operator_action (at, person, action, about, reason, origin, outcome, told) values (now(), $2, 'page through', $1, '', '', 'done', '')");
            command.Parameters.AddWithValue(about);
            command.Parameters.AddWithValue(person);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        /// <summary>Once the action is under way that ends when nobody waits for it any more.</summary>
        public SemaphoreSlim Begun { get; } = new(0);

        private async Task<IResult> Try(string thing, OperatorAction action, CancellationToken cancel)
        {
            tried.Add(thing);
            if (thing == "endless")
            {
                Begun.Release();
                await Task.Delay(Timeout.Infinite, cancel);
            }

            return thing switch
            {
                "faulty" => throw new InvalidOperationException("as asked"),
                "impossible" => OperatorAnswer.Refused($"/ops/audit?q={thing}&outcome=refused", "It is impossible."),
                _ => OperatorAnswer.Done($"/ops/audit?q={thing}", $"Tried {thing} for {action.Actor.Name}, {action.Actor.Cause}."),
            };
        }
    }
}
