using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Outbox;

/// <summary>What could not be delivered is kept with everything that a person needs to mend it, and sent once more when told to. DESIGN §7.</summary>
public sealed class DeadLetterTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_letter_says_why_what_Vercel_answered_last_and_how_often_it_was_tried()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(503));
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, new Disturbance { Refusal = ApiAnswer.Refusal(422, "too_long", "The name is too long.") });
        await Write(tool);
        await acme.Work("outbox");
        await acme.BackoffIsOver();
        await acme.Work("outbox");

        var page = (await Get($"/installations/{tool.Installation}/outbox?state=dead")).Is(HttpStatusCode.OK);
        var letter = Assert.Single(page["messages"]!.AsArray())!;
        Assert.Equal(
            (tool.Installation, tool.Id, "resource_state", "dead", 2, 0, "422: The name is too long."),
            (Text(letter, "installation"), Text(letter, "resource"), Text(letter, "kind"), Text(letter, "state"),
             letter["attempts"]!.GetValue<int>(), letter["replays"]!.GetValue<int>(), Text(letter, "lastError")));
        Assert.Equal(422, letter["lastAnswer"]!["status"]!.GetValue<int>());
        Assert.Equal("too_long", JsonNode.Parse(Text(letter["lastAnswer"]!, "body"))!["error"]!["code"]!.GetValue<string>());
        Assert.NotNull(letter["closedAt"]);

        var one = (await Get($"/installations/{tool.Installation}/outbox/{letter["sequence"]}")).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(letter, one));
        var anywhere = (await Get("/outbox?limit=200")).Is(HttpStatusCode.OK);
        Assert.Contains(anywhere["messages"]!.AsArray(), other => JsonNode.DeepEquals(letter, other));
    }

    [Fact]
    public async Task Neither_the_reason_nor_the_last_answer_nor_the_log_has_a_secret_that_Vercel_repeats()
    {
        var tool = await acme.Provision(await acme.Install());
        var secret = tool.Secret();
        var token = acme.Vercel.State.Installations[tool.Installation].Tokens[^1].Value;
        var filler = new string('x', 490);
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, tool.Id, new Disturbance { Refusal = ApiAnswer.Refusal(400, "bad_request", $"secrets[0].value {secret} of {token} is {filler}") });
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, tool.Id, new Disturbance { Refusal = ApiAnswer.Refusal(400, "bad_request", $"{filler}{secret}") });
        await Write(tool);
        await Write(tool);
        await acme.Work("outbox");

        var kept = await acme.AskAll<string>(
            "select last_error || last_answer from outbox_message where resource_id = $1 and state = 'dead'", tool.Id);
        Assert.Equal(2, kept.Count);
        Assert.All(kept, text => Assert.DoesNotContain(secret[..6], text, StringComparison.Ordinal));
        Assert.All(kept, text => Assert.DoesNotContain(token, text, StringComparison.Ordinal));
        Assert.Contains("secrets[0].value [secret] of [token] is", kept[0], StringComparison.Ordinal);
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(secret[..6], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_huge_answer_is_cut()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, tool.Id, new Disturbance { Refusal = ApiAnswer.Refusal(400, "bad_request", new string('é', 100_000)) });
        await Write(tool);
        await acme.Work("outbox");

        Assert.Equal(
            (500, 2000),
            (await acme.Ask<int>("select length(last_error) from outbox_message where resource_id = $1", tool.Id),
             await acme.Ask<int>("select length(last_answer) from outbox_message where resource_id = $1", tool.Id)));
    }

    [Fact]
    public async Task What_is_replayed_is_sent_in_its_old_order_before_what_came_later_and_leaves_a_trace()
    {
        var tools = await Dead(3);
        var installation = tools[0].Installation;
        await Write(tools[0]);

        var replayed = (await Replay(installation, new() { ["reason"] = "Vercel has mended it." })).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        var sequences = await Sequences(installation);
        Assert.Equal(sequences.Take(3), replayed["replayed"]!.AsArray().Select(one => one!.GetValue<long>()));
        Assert.Equal([.. tools.Select(tool => tool.Id), tools[0].Id], Heard(installation).Skip(3));
        Assert.All(await States(installation), state => Assert.Equal("delivered", state));
        var trace = JsonNode.Parse((await acme.Ask<string>(
            "select jsonb_build_object('actor', actor, 'cause', cause, 'detail', detail)::text from domain_event where installation_id = $1 and kind = 'outbox.Replayed'",
            installation))!)!;
        Assert.StartsWith("key:key_", Text(trace, "actor"), StringComparison.Ordinal);
        Assert.Equal(("replay", "Vercel has mended it."), (Text(trace, "cause"), Text(trace["detail"]!, "reason")));
        Assert.Equal(sequences.Take(3), trace["detail"]!["messages"]!.AsArray().Select(one => one!.GetValue<long>()));
    }

    [Fact]
    public async Task One_message_a_range_of_them_or_a_time_is_replayed_and_nothing_else()
    {
        var early = await Dead(2);
        var installation = early[0].Installation;
        acme.Pass(TimeSpan.FromMinutes(10));
        var between = acme.Now;
        acme.Pass(TimeSpan.FromMinutes(10));
        foreach (var tool in early)
        {
            acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(422));
            await Write(tool);
        }

        await acme.Work("outbox");
        var all = await Sequences(installation);
        Assert.Equal(["dead", "dead", "dead", "dead"], await States(installation));

        Assert.Equal([all[1]], Replayed(await Replay(installation, new() { ["reason"] = "one", ["sequence"] = all[1] })));
        Assert.Equal([all[2]], Replayed(await Replay(installation, new() { ["reason"] = "range", ["from"] = all[1], ["to"] = all[2] })));
        Assert.Equal([all[0]], Replayed(await Replay(installation, new() { ["reason"] = "time", ["until"] = between.ToString("O") })));
        Assert.Equal([all[3]], Replayed(await Replay(installation, new() { ["reason"] = "time", ["since"] = between.ToString("O") })));

        // Asked again, there is nothing that was given up.
        Assert.Empty(Replayed(await Replay(installation, new() { ["reason"] = "again" })));
        Assert.Equal(4L, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = 'outbox.Replayed'", installation));
        Assert.Equal(
            [1, 1, 1, 1], await acme.AskAll<int>("select replays from outbox_message where installation_id = $1 order by sequence", installation));
        await acme.Work("outbox");
        Assert.Empty(Replayed(await Replay(installation, new() { ["reason"] = "again" })));
    }

    [Fact]
    public async Task A_replayed_message_says_what_is_true_now_and_of_what_is_gone_it_says_nothing()
    {
        var tools = await Dead(2);
        var installation = tools[0].Installation;
        var rotated = await acme.Customer.Rotate(installation, tools[0].Id, null, Cancel);
        var newKey = Provisioned.Secrets(JsonNode.Parse(rotated.Body)!["secrets"]!)["ACME_KEY"];
        await acme.Customer.DeleteResource(installation, tools[1].Id, Cancel);

        (await Replay(installation, new() { ["reason"] = "late" })).Is(HttpStatusCode.OK);
        await acme.Work("outbox");

        var heard = acme.Vercel.Calls.Where(call => call.Method == "PATCH" && call.Path.Contains(installation, StringComparison.Ordinal)).Skip(2).ToList();
        Assert.EndsWith(tools[0].Id, Assert.Single(heard).Path, StringComparison.Ordinal);
        Assert.Contains(newKey, heard[0].Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(tools[0].Secret(), heard[0].Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(newKey, acme.Vercel.State.Installations[installation].Resources[tools[0].Id].Secrets.Find(one => one.Name == "ACME_KEY")!.Value);
        Assert.Equal(["delivered", "delivered"], await States(installation));
    }

    [Fact]
    public async Task The_list_begins_with_the_newest_and_goes_on_where_it_ended()
    {
        var tools = await Dead(5);
        var installation = tools[0].Installation;
        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = (await Get($"/installations/{installation}/outbox?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Is(HttpStatusCode.OK);
            Assert.InRange(page["messages"]!.AsArray().Count, 1, 2);
            seen.AddRange(page["messages"]!.AsArray().Select(message => message!["sequence"]!.GetValue<long>()));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal((await Sequences(installation)).Reverse(), seen);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_said()
    {
        var installation = await acme.Install();
        (await Get("/outbox?state=delivered")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get("/outbox?state=lost")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get("/outbox?limit=0")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get("/outbox?cursor=%21")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Get("/installations/icfg_none/outbox")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Get($"/installations/{installation}/outbox/1")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Replay(installation, [])).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Replay(installation, new() { ["reason"] = "a", ["sequence"] = 1, ["from"] = 1 })).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        (await Replay(installation, new() { ["reason"] = "a", ["sequence"] = 1 })).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await Replay("icfg_none", new() { ["reason"] = "a" })).IsProblem(HttpStatusCode.NotFound, "not-found");
        var reader = await acme.NewProviderKey("outbox:read");
        (await acme.Provide(HttpMethod.Post, $"/installations/{installation}/outbox/replay", reader, "{}"))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static IEnumerable<long> Replayed(Answer answer) =>
        answer.Is(HttpStatusCode.OK)["replayed"]!.AsArray().Select(one => one!.GetValue<long>());

    private async Task<Answer> Get(string path) => await acme.Provide(HttpMethod.Get, path, await acme.NewProviderKey("outbox:read"));

    private async Task<Answer> Replay(string installation, JsonObject body) => await acme.Provide(
        HttpMethod.Post, $"/installations/{installation}/outbox/replay", await acme.NewProviderKey("outbox:write"), body);

    /// <summary>So many tools of one installation, of each of which a message could not be delivered.</summary>
    private async Task<List<Provisioned>> Dead(int count)
    {
        var installation = await acme.Install();
        var tools = new List<Provisioned>();
        for (var number = 0; number < count; number++)
        {
            var tool = await acme.Provision(installation, $"tool-{number}");
            acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(422));
            await Write(tool);
            tools.Add(tool);
        }

        await acme.Work("outbox");
        Assert.All(await States(installation), state => Assert.Equal("dead", state));
        return tools;
    }

    private Task Write(Provisioned tool) => acme.Execute(
        "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_state', $3, $3)",
        tool.Installation, tool.Id, acme.Now);

    private Task<IReadOnlyList<string>> States(string installation) =>
        acme.AskAll<string>("select state from outbox_message where installation_id = $1 order by sequence", installation);

    private Task<IReadOnlyList<long>> Sequences(string installation) =>
        acme.AskAll<long>("select sequence from outbox_message where installation_id = $1 order by sequence", installation);

    /// <summary>The resources that Vercel was told of, in the order in which it heard.</summary>
    private IEnumerable<string> Heard(string installation) => acme.Vercel.Calls
        .Where(call => call.Method == "PATCH" && call.Path.Contains(installation, StringComparison.Ordinal))
        .Select(call => call.Path.Split('/')[^1]);
}
