using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Integration.ProviderEvents;
using Marketplace.Integration.SignOn;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Outbox, webhooks and events in the console: what an operator sees of them, and has done once more.</summary>
public sealed partial class QueuePageTests : IClassFixture<QueuePageTests.Scene>
{
    private readonly Acme acme;
    private readonly Backend backend;

    public QueuePageTests(Scene scene) => (acme, backend) = (scene.Acme, scene.Backend);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_message_is_found_by_its_filters_and_shows_what_was_asked_and_answered_without_a_secret()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var tool = await acme.Provision(await acme.Install());
        var secret = tool.Secret();
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, tool.Id, new Disturbance { Refusal = ApiAnswer.Refusal(422, "bad", $"secrets[0].value {secret} is too long") });
        await Write(tool);
        await acme.Work("outbox");

        var list = (await browser.Open($"/ops/outbox?state=dead&kind=resource_state&installation={tool.Installation}")).Is(HttpStatusCode.OK);
        Assert.Contains("422: secrets[0].value [secret] is too long", list.Text, StringComparison.Ordinal);
        Assert.Equal("/ops/runbook#outboxdead", list.Link("What to do about dead messages"));
        Assert.Contains("Nothing fits", (await browser.Open($"/ops/outbox?state=delivered&kind=resource_import&installation={tool.Installation}")).Text, StringComparison.Ordinal);
        Assert.Contains("Whose messages?", (await browser.Open("/ops/outbox?state=delivered")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(tool.Id, (await browser.Open($"/ops/outbox?state=failing&installation={tool.Installation}")).Text, StringComparison.Ordinal);

        var one = (await browser.Open(Address(list, $"/ops/outbox/{tool.Installation}/"))).Is(HttpStatusCode.OK);
        Assert.Contains($"PATCH v1/installations/{tool.Installation}/resources/{tool.Id}", one.Text, StringComparison.Ordinal);
        Assert.Contains("\"value\": \"[secret]\"", one.Text, StringComparison.Ordinal);
        Assert.Contains("What Vercel answered: 422", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, one.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list.Html, StringComparison.Ordinal);
        // What is known to be secret is hidden before it is kept; what only looks so, where it is shown.
        await acme.Execute("""update outbox_message set last_answer = '{"why":"it is","password":"hide-me"}' where installation_id = $1""", tool.Installation);
        var answered = await browser.Open(Address(list, $"/ops/outbox/{tool.Installation}/"));
        Assert.Contains("\"why\": \"it is\"", answered.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hide-me", answered.Html, StringComparison.Ordinal);
        (await browser.Open($"/ops/outbox/{tool.Installation}/99999999")).Is(HttpStatusCode.NotFound);
        (await browser.Open("/ops/outbox?state=lost")).Is(HttpStatusCode.BadRequest);
        (await browser.Open("/ops/outbox?stat=dead")).Is(HttpStatusCode.BadRequest);
        (await browser.Open("/ops/outbox?after=nonsense")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Chosen_messages_are_sent_once_more_in_one_decision_and_the_same_form_does_it_once()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var tools = await Dead(3);
        var installation = tools[0].Installation;
        var page = await browser.Open($"/ops/outbox?state=dead&installation={installation}");
        var chosen = Choices(page).Take(2).ToArray();
        var form = page.Form("/ops/outbox/replay")!;
        (string, string)[] fields = [.. form.Fields, .. chosen.Select(one => ("chosen", one)), ("reason", "Vercel has mended it")];

        Assert.Contains("2 messages are sent once more", (await Told(browser, await browser.Post(form.Action, fields))).Text, StringComparison.Ordinal);
        Assert.Equal(["dead", "pending", "pending"], await States("outbox_message", installation));

        var sequences = await acme.AskAll<string>(
            "select sequence::text from outbox_message where installation_id = $1 and state = 'pending' order by sequence desc", installation);
        Assert.Equal(
            string.Join(", ", sequences.Select(sequence => $"{installation}/{sequence}")),
            await acme.Ask<string>("select about from operator_action where reason = 'Vercel has mended it'"));

        // They are given up anew, and the form comes once more: it means those that the person saw.
        foreach (var tool in tools)
            acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(422));
        await acme.Work("outbox");
        Assert.Equal(["dead", "dead", "dead"], await States("outbox_message", installation));
        Assert.Contains("Nothing was sent once more", (await Told(browser, await browser.Post(form.Action, fields))).Text, StringComparison.Ordinal);
        Assert.Equal(["dead", "dead", "dead"], await States("outbox_message", installation));

        Assert.Equal(
            ["operator:robin@acme.example replay messages: Vercel has mended it"],
            await acme.AskAll<string>("select actor || ' ' || cause from domain_event where installation_id = $1 and kind = 'outbox.Replayed'", installation));
        var none = await browser.Post(form.Action, [.. form.Fields, ("reason", "none of them")]);
        Assert.Contains("No messages were chosen", (await Told(browser, none)).Text, StringComparison.Ordinal);
        (await browser.Post(form.Action, [.. form.Fields, ("chosen", "nonsense"), ("reason", "made up")])).Is(HttpStatusCode.BadRequest);
        (await browser.Post(form.Action, [.. form.Fields, ("chosen", chosen[0])])).Is(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task All_that_a_filter_finds_is_sent_once_more_of_every_installation_but_not_what_was_given_up_after_it_was_shown()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var (first, second) = ((await Dead(2, "resource_status"))[0].Installation, (await Dead(1, "resource_status"))[0].Installation);
        var page = await browser.Open("/ops/outbox?state=dead&kind=resource_status");
        var later = (await Dead(1, "resource_status"))[0].Installation;
        var other = (await Dead(1))[0].Installation;

        Assert.Contains("Replay all 3 in this list", page.Text, StringComparison.Ordinal);
        var told = await Told(browser, await browser.Submit(page, "/ops/outbox/replay-found", ("reason", "The outage is over")));

        Assert.Contains("3 messages are sent once more", told.Text, StringComparison.Ordinal);
        Assert.StartsWith(
            "everything that was dead of kind resource_status, as of ", await acme.Ask<string>("select about from operator_action where reason = 'The outage is over'"),
            StringComparison.Ordinal);
        Assert.Equal(
            [["pending", "pending"], ["pending"], ["dead"], ["dead"]],
            [await States("outbox_message", first), await States("outbox_message", second), await States("outbox_message", later), await States("outbox_message", other)]);
        await acme.Work("outbox");
        Assert.Contains("Nothing was sent once more", (await Told(browser, await browser.Submit(page, "/ops/outbox/replay-found", ("reason", "The outage is over")))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_all_of_it_and_has_nothing_done()
    {
        using var operating = await Operators.SignIn(acme.Server);
        using var looking = await Operators.SignInToLook(acme.Server);
        var tool = (await Dead(1))[0];
        await Webhook(tool.Installation, "evt_viewed", "{}");
        var message = await acme.Ask<long>("select sequence from outbox_message where installation_id = $1", tool.Installation);
        string[] pages =
        [
            $"/ops/outbox?state=dead&installation={tool.Installation}", $"/ops/outbox/{tool.Installation}/{message}",
            $"/ops/webhooks?state=dead&installation={tool.Installation}", $"/ops/webhooks/{tool.Installation}/evt_viewed",
        ];
        foreach (var path in pages)
        {
            var page = (await looking.Open(path)).Is(HttpStatusCode.OK);
            Assert.Empty(page.Forms);
            Assert.Empty(Choices(page));
            foreach (var form in (await operating.Open(path)).Forms)
            {
                // What the operator sees is sent with the viewer's own token.
                var own = (await looking.Open("/ops/session")).Forms.First().Fields[0];
                var refused = await looking.Post(form.Action, [own, .. form.Fields.Where(field => field.Name != own.Name), ("reason", "let me")]);
                refused.Is(HttpStatusCode.Forbidden);
            }
        }

        Assert.Equal(["dead"], await States("outbox_message", tool.Installation));
        Assert.Equal(["dead"], await States("webhook", tool.Installation));
    }

    [Fact]
    public async Task A_list_is_sorted_in_both_directions_and_paged_there_and_back()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var installation = await acme.Install();
        await acme.Execute(
            """
            insert into outbox_message (installation_id, kind, state, created_at, due_at, closed_at)
            select $1, 'installation_notice', 'dead', $2 + number * interval '1 second', $2, clock_timestamp() from generate_series(1, 120) number
            """,
            installation, acme.Now);
        await acme.Execute(
            """
            insert into webhook (installation_id, webhook_id, type, body, received_at, state, closed_at)
            select $1, 'evt_' || lpad(number::text, 3, '0'), 'deployment.created', '{}', $2 + (number / 2) * interval '1 second', 'dead', clock_timestamp()
            from generate_series(1, 120) number
            """,
            installation, acme.Now);
        var sequences = (await acme.AskAll<long>("select sequence from outbox_message where installation_id = $1 order by sequence", installation))
            .Select(one => one.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var webhooks = await acme.AskAll<string>("select webhook_id from webhook where installation_id = $1 order by received_at, webhook_id desc", installation);

        foreach (var anywhere in new[] { "", $"&installation={installation}" })
        {
            Assert.Equal(sequences, await Walk(browser, $"/ops/outbox?state=dead&kind=installation_notice&sort=at{anywhere}", Sequence()));
            Assert.Equal(sequences.AsEnumerable().Reverse(), await Walk(browser, $"/ops/outbox?state=dead&kind=installation_notice{anywhere}", Sequence()));
            Assert.Equal(webhooks, await Walk(browser, $"/ops/webhooks?state=dead&type=deployment.created&sort=at{anywhere}", WebhookName()));
            Assert.Equal(webhooks.Reverse(), await Walk(browser, $"/ops/webhooks?state=dead&type=deployment.created{anywhere}", WebhookName()));
        }

        var page = await browser.Open("/ops/outbox?state=dead&kind=installation_notice");
        var next = await browser.Open(page.Link("Next")!);
        Assert.Equal(Shown(page, Sequence()), Shown(await browser.Open(next.Link("Previous")!), Sequence()));
        Assert.Contains("installation notice 0 0 – 120", Regex.Replace(page.Text, @"\s+", " ", RegexOptions.None, TimeSpan.FromSeconds(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_webhook_shows_what_Vercel_sent_without_what_may_be_secret_and_is_processed_once_more()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var installation = await acme.Install();
        await Webhook(
            installation, "evt_told",
            """{"id":"evt_told","type":"x","payload":{"team":{"id":"team_1"},"accessToken":"hide-me-1","env":[{"client_secret":"hide-me-2"}],"url":"postgres://me:hide-me-3@db.example/x","auth":"Bearer hide-me-4-hide-me"}}""");
        await Webhook("", "evt_of_nobody", """{"id":"evt_of_nobody"}""");

        var list = (await browser.Open($"/ops/webhooks?state=dead&installation={installation}")).Is(HttpStatusCode.OK);
        Assert.Equal("/ops/runbook#webhooksdead", list.Link("What to do about dead webhooks"));
        var one = (await browser.Open(Address(list, $"/ops/webhooks/{installation}/"))).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("hide-me", one.Html, StringComparison.Ordinal);
        Assert.Contains("team_1", one.Text, StringComparison.Ordinal);
        Assert.Contains("postgres://[hidden]@db.example/x", one.Text, StringComparison.Ordinal);
        var told = await Told(browser, await browser.Submit(one, "/replay", ("reason", "The cause is mended")));
        Assert.Contains("1 webhook is processed once more", told.Text, StringComparison.Ordinal);

        var nobodys = (await browser.Open("/ops/webhooks/-/evt_of_nobody")).Is(HttpStatusCode.OK);
        await browser.Submit(nobodys, "/replay", ("reason", "The cause is mended"));
        await acme.Work("webhooks");
        Assert.Equal(["processed", "processed"], await acme.AskAll<string>("select state from webhook where webhook_id in ('evt_told', 'evt_of_nobody')"));
        Assert.Contains("evt_of_nobody", (await browser.Open("/ops/webhooks?state=processed&type=acme.test")).Text, StringComparison.Ordinal);
        Assert.Equal(
            1L, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = 'webhook.Replayed' and actor like 'operator:robin%'", installation));
        Assert.Contains("replay webhooks", (await browser.Open("/ops/audit?q=evt_of_nobody")).Text, StringComparison.Ordinal);
        Assert.Equal($"{installation}/evt_told", await AboutChosen(browser, list, "/ops/webhooks/replay"));
        Assert.StartsWith($"everything that was dead of installation {installation}, as of ", await About(browser, list, "/ops/webhooks/replay-found"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_the_backend_did_not_take_is_shown_with_its_answer_and_sent_once_more_and_a_test_is_sent()
    {
        using var browser = await Operators.SignIn(acme.Server);
        var installation = await acme.Install();
        backend.Answers = async (_, http) =>
        {
            await Backend.Status(http, 500);
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, """{"why":"the disk is full","password":"hide-me"}""", Cancel);
        };
        await acme.Work("provider-events");
        var failing = (await browser.Open($"/ops/events?state=failing&installation={installation}")).Is(HttpStatusCode.OK);
        Assert.Contains("answered 500", failing.Text, StringComparison.Ordinal);
        await acme.Execute(
            """
            update provider_event set state = 'dead', closed_at = clock_timestamp(), data = (data::jsonb || '{"token":"hide-me-too"}')::text where installation_id = $1
            """,
            installation);

        var list = (await browser.Open($"/ops/events?state=dead&type=installation.installed&installation={installation}")).Is(HttpStatusCode.OK);
        Assert.Equal("/ops/runbook#eventsdead", list.Link("What to do about dead events"));
        var one = (await browser.Open(Address(list, "/ops/events/evt_"))).Is(HttpStatusCode.OK);
        Assert.Contains("the disk is full", one.Text, StringComparison.Ordinal);
        Assert.Contains("\"accountId\"", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hide-me", one.Html, StringComparison.Ordinal);

        backend.Answers = (_, http) => Backend.Status(http, 204);
        await browser.Submit(one, "/replay", ("reason", "The disk is larger"));
        Assert.EndsWith($", installation {installation}", await acme.Ask<string>("select about from operator_action where reason = 'The disk is larger'"), StringComparison.Ordinal);
        Assert.StartsWith($"{installation}/", await AboutChosen(browser, list, "/ops/events/replay"), StringComparison.Ordinal);
        Assert.StartsWith(
            $"everything that was dead of installation {installation}, type installation.installed, as of ", await About(browser, list, "/ops/events/replay-found"),
            StringComparison.Ordinal);
        await browser.Submit(await browser.Open("/ops/events"), "/ops/events/test", ("reason", "Does it hear us?"));
        await acme.Work("provider-events");

        Assert.Equal(["delivered"], await States("provider_event", installation));
        Assert.Contains(backend.Taken, taken => taken.Type == "test");
        Assert.Contains("installation.installed", (await browser.Open("/ops/events?state=delivered")).Text, StringComparison.Ordinal);
    }

    /// <summary>Every row of a list, page by page.</summary>
    private static async Task<IReadOnlyList<string>> Walk(PlainBrowser browser, string address, Regex name)
    {
        var rows = new List<string>();
        for (var next = address; next is not null;)
        {
            var page = (await browser.Open(next)).Is(HttpStatusCode.OK);
            rows.AddRange(Shown(page, name));
            next = page.Link("Next");
        }

        return rows;
    }

    private static IReadOnlyList<string> Shown(PlainPage page, Regex name) => [.. name.Matches(page.Html).Select(match => match.Groups["name"].Value)];

    /// <summary>Of the first row's own page.</summary>
    private static string Address(PlainPage list, string beginning) =>
        Row().Matches(list.Html).Select(link => WebUtility.HtmlDecode(link.Groups["href"].Value)).First(href => href.StartsWith(beginning, StringComparison.Ordinal));

    private static IEnumerable<string> Choices(PlainPage page) => Choice().Matches(page.Html).Select(box => WebUtility.HtmlDecode(box.Groups["value"].Value));

    /// <summary>The page to which an action leads, with what it tells.</summary>
    private static async Task<PlainPage> Told(PlainBrowser browser, PlainPage answer) => await browser.Open(answer.Is(HttpStatusCode.SeeOther).Location!);

    private Task<string?> AboutChosen(PlainBrowser browser, PlainPage list, string action) =>
        About(browser, list, action, [.. Choices(list).Select(one => ("chosen", one))]);

    /// <summary>What the audit says that the form of a list is about. It is sent when there is nothing left to do.</summary>
    private async Task<string?> About(PlainBrowser browser, PlainPage list, string action, params (string, string)[] chosen)
    {
        var form = list.Form(action)!;
        var told = await Told(browser, await browser.Post(form.Action, [.. form.Fields, .. chosen, ("reason", "to see what is audited")]));
        Assert.Contains("Nothing was sent once more", told.Text.Replace("processed", "sent", StringComparison.Ordinal), StringComparison.Ordinal);
        return await acme.Ask<string>("select about from operator_action where reason = 'to see what is audited' order by number desc limit 1");
    }

    private Task<IReadOnlyList<string>> States(string table, string installation) => acme.AskAll<string>(
        $"select state::text from {table} where installation_id = $1 order by 1", installation);

    private Task Webhook(string installation, string id, string body) => acme.Execute(
        """
        insert into webhook (installation_id, webhook_id, type, body, received_at, attempts, state, last_error, closed_at)
        values ($1, $2, 'acme.test', $3::json, $4, 12, 'dead', 'TimeoutException', clock_timestamp())
        """,
        installation, id, body, acme.Now);

    /// <summary>So many tools of one installation, of each of which a message could not be delivered.</summary>
    private async Task<IReadOnlyList<Provisioned>> Dead(int count, string kind = "resource_state")
    {
        var installation = await acme.Install();
        var tools = new List<Provisioned>();
        for (var number = 0; number < count; number++)
        {
            tools.Add(await acme.Provision(installation, $"tool-{number}"));
            acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tools[^1].Id, Disturbance.Fails(422));
            await Write(tools[^1], kind);
        }

        await acme.Work("outbox");
        return tools;
    }

    private Task Write(Provisioned tool, string kind = "resource_state") => acme.Execute(
        "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, $3, $4, $4)",
        tool.Installation, tool.Id, kind, acme.Now);

    [GeneratedRegex("<span class=\"sub\">(?<name>\\d+)</span></th>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sequence();

    [GeneratedRegex("<span class=\"sub mono\">(?<name>evt_\\w+)</span></th>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WebhookName();

    [GeneratedRegex("<a href=\"(?<href>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("<input type=\"checkbox\" class=\"choice\" name=\"chosen\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Choice();

    /// <summary>Acme with a backend that hears events.</summary>
    public sealed class Scene : IAsyncLifetime
    {
        public Acme Acme { get; private set; } = null!;

        internal Backend Backend { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Backend = await Backend.Start(Cancel);
            Acme = await Acme.Open(new AcmeOptions { Settings = Backend.Settings });
        }

        public async ValueTask DisposeAsync()
        {
            await Acme.DisposeAsync();
            await Backend.DisposeAsync();
        }
    }
}
