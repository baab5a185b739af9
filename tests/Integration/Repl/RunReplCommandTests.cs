using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Core.Repl;
using Marketplace.Integration.Provisioning.Postgres;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Repl;

/// <summary>POST …/repl. Source: contract §B.2, §A.1, §C.6.</summary>
public sealed class RunReplCommandTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_answer_is_an_array_of_paragraphs_and_tables_of_texts()
    {
        var database = await Database();

        var answer = await acme.Post(
            database.Path + "/repl", acme.Admin(database.Installation),
            Command("CREATE TABLE fruit (id int, name text); INSERT INTO fruit VALUES (1, 'fig'), (2, NULL); SELECT * FROM fruit; SELECT * FROM nowhere"));

        answer.Is(HttpStatusCode.OK);
        var blocks = answer.Json.AsArray();
        Assert.Equal(
            """{"type":"paragraph","children":[{"type":"text","text":"CREATE TABLE"}]}""", blocks[0]!.ToJsonString());
        Assert.Equal("""{"type":"paragraph","children":[{"type":"text","text":"INSERT 0 2"}]}""", blocks[1]!.ToJsonString());
        Assert.Equal(
            """{"type":"table","header":[{"type":"text","text":"id","bold":true},{"type":"text","text":"name","bold":true}],"rows":[[{"type":"text","text":"1"},{"type":"text","text":"fig"}],[{"type":"text","text":"2"},{"type":"text","text":"NULL","color":"gray","italic":true}]]}""",
            blocks[2]!.ToJsonString());
        Assert.StartsWith("""{"type":"paragraph","children":[{"type":"text","text":"ERROR:  ","color":"red","bold":true},""", blocks[3]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_finds_nothing_to_say_about_rows_errors_and_refusals()
    {
        var database = await Database();
        var refused = await acme.Provision(await acme.Install());

        Exchange[] exchanges =
        [
            await acme.Customer.RunReplCommand(database.Installation, database.Id, "SELECT 1, NULL", readOnly: true, Cancel),
            await acme.Customer.RunReplCommand(database.Installation, database.Id, "SELEKT", readOnly: null, Cancel),
            await acme.Customer.RunReplCommand(refused.Installation, refused.Id, "look", readOnly: true, Cancel),
        ];

        Assert.Equal([200, 200, 409], exchanges.Select(exchange => exchange.Status));
        Assert.All(exchanges, exchange => Assert.True(exchange.Findings.IsEmpty, exchange.ToString()));
    }

    [Fact]
    public async Task The_customers_hand_types_a_command_over_HTTP()
    {
        var database = await Database();
        using var hand = new HttpClient { BaseAddress = acme.Vercel.BaseUrl };

        using var answer = await hand.PostAsJsonAsync(
            $"/customer/installations/{database.Installation}/resources/{database.Id}/repl", new { input = "SELECT 7", readOnly = true }, Cancel);

        var exchange = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("7", exchange["answer"]![0]!["rows"]![0]![0]!["text"]!.GetValue<string>());
        Assert.Empty(exchange["findings"]!.AsArray());
    }

    [Fact]
    public async Task Asked_for_JSON_lines_it_sends_a_block_on_each_line_and_a_long_table_in_pieces()
    {
        var database = await Database();
        const string Long = "SELECT i FROM generate_series(1, 250) AS i; SELECT 'after'";

        var lines = await Lines(database, Command(Long));

        Assert.Equal((HttpStatusCode.OK, "application/jsonl"), (lines.Status, lines.MediaType));
        Assert.EndsWith("\n", lines.Text, StringComparison.Ordinal);
        var blocks = lines.Text.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal([100, 100, 50, 1], blocks.Select(block => block["rows"]!.AsArray().Count));
        Assert.Equal([true, false, false, true], blocks.Select(block => block["header"] is not null));

        var array = (await acme.Post(database.Path + "/repl", acme.Admin(database.Installation), Command(Long))).Is(HttpStatusCode.OK).AsArray();
        Assert.Equal([250, 1], array.Select(block => block!["rows"]!.AsArray().Count));
    }

    [Fact]
    public async Task Rows_arrive_while_the_rest_is_still_being_read()
    {
        var database = await Database();
        using var request = Request(
            database, Command("SELECT 1; DO $$ BEGIN PERFORM pg_sleep(5); END $$; SELECT 2"), "application/jsonl", acme.Admin(database.Installation));
        var asked = System.Diagnostics.Stopwatch.StartNew();

        using var response = await acme.Server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var first = await reader.ReadLineAsync(Cancel);

        Assert.True(asked.Elapsed < TimeSpan.FromSeconds(4), $"{asked.Elapsed}");
        Assert.Contains("\"rows\"", first, StringComparison.Ordinal);
        Assert.Contains("\"text\":\"2\"", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/jsonl", true)]
    [InlineData("text/html, application/JSONL;q=0.5", true)]
    [InlineData("application/json;q=0.2, application/jsonl;q=0.3", true)]
    [InlineData("application/json, application/jsonl;q=0.9", false)]
    [InlineData("application/jsonl;q=0", false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("nonsense;;", false)]
    public async Task The_form_is_the_one_that_the_caller_prefers(string accept, bool lines)
    {
        var tool = await Tool();

        var answer = await acme.Send(Request(tool, Command("look"), accept, acme.Admin(tool.Installation)));

        Assert.Equal((HttpStatusCode.OK, lines ? "application/jsonl" : "application/json"), (answer.Status, answer.MediaType));
    }

    [Fact]
    public async Task Who_may_only_look_may_run_what_only_reads()
    {
        var database = await Database();
        var path = database.Path + "/repl";

        var refused = await acme.Post(path, acme.Viewer(database.Installation), Command("SELECT 1"));
        Assert.NotNull(refused.IsForbidden()["user"]!["message"]);
        (await acme.Post(path, acme.Viewer(database.Installation), Command("SELECT 1", readOnly: false))).IsForbidden();

        var read = await acme.Post(path, acme.Viewer(database.Installation), Command("SELECT 1", readOnly: true));
        Assert.Equal("1", read.Is(HttpStatusCode.OK)[0]!["rows"]![0]![0]!["text"]!.GetValue<string>());
        var write = await acme.Post(path, acme.Viewer(database.Installation), Command("CREATE TABLE mine (id int)", readOnly: true));
        Assert.Contains("ERROR", write.Is(HttpStatusCode.OK).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vercel_itself_has_no_console()
    {
        var tool = await Tool();

        (await acme.Post(tool.Path + "/repl", acme.System(tool.Installation), Command("look"))).IsForbidden();

        Assert.Equal(0, acme.Workshop.Calls("Run", tool.Id));
    }

    [Fact]
    public async Task A_resource_that_is_unknown_foreign_or_deleted_is_not_found()
    {
        var (own, foreign) = (await Tool(), await Tool());
        var gone = await acme.Provision(own.Installation, "gone");
        (await acme.Delete(gone.Path, acme.Admin(own.Installation))).IsEmpty();

        foreach (var id in new[] { "res_none", foreign.Id, gone.Id })
            (await acme.Post(Paths.Repl(own.Installation, id), acme.Admin(own.Installation), Command("look"))).IsUnknown();

        Assert.Equal(0, acme.Workshop.Calls("Run", foreign.Id) + acme.Workshop.Calls("Run", gone.Id));
    }

    [Fact]
    public async Task A_product_that_declares_none_has_no_console()
    {
        await using var other = await Acme.Open(new AcmeOptions { Catalogue = "acme-installation-plans.catalog.json" });
        var tool = await other.Provision(await other.Install(), plan: "company");

        (await other.Post(tool.Path + "/repl", other.Admin(tool.Installation), Command("look"))).IsUnknown();

        Assert.Equal(0, other.Workshop.Calls("Run", tool.Id));
    }

    [Fact]
    public async Task A_console_without_a_read_only_mode_runs_nothing_that_must_only_read()
    {
        var tool = await Tool();

        Assert.NotNull((await acme.Post(tool.Path + "/repl", acme.Admin(tool.Installation), Command("look", readOnly: true))).IsConflict()["user"]);

        Assert.Equal(0, acme.Workshop.Calls("Run", tool.Id));
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("pending")]
    [InlineData("error")]
    public async Task A_resource_that_is_not_in_service_answers_no_command(string status)
    {
        var tool = await Tool();
        await acme.Execute(
            """
            update resource set status = $3, status_reason = case $3 when 'error' then 'because' end,
                suspensions = case $3 when 'suspended' then '{"provider": "because"}'::jsonb end
            where installation_id = $1 and resource_id = $2
            """,
            tool.Installation, tool.Id, status);

        Assert.NotNull((await acme.Post(tool.Path + "/repl", acme.Admin(tool.Installation), Command("look"))).IsConflict()["user"]);

        Assert.Equal(0, acme.Workshop.Calls("Run", tool.Id));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"readOnly":true}""")]
    [InlineData("""{"input":null}""")]
    [InlineData("""{"input":1}""")]
    [InlineData("""{"input":"look","readOnly":"yes"}""")]
    [InlineData("""["look"]""")]
    [InlineData("""{"input":"look" """)]
    [InlineData("")]
    public async Task A_malformed_command_is_not_run(string body)
    {
        var tool = await Tool();

        (await acme.Post(tool.Path + "/repl", acme.Admin(tool.Installation), body)).IsInvalid();

        Assert.Equal(0, acme.Workshop.Calls("Run", tool.Id));
    }

    [Fact]
    public async Task An_input_that_is_too_long_or_has_a_character_that_nothing_holds_is_named()
    {
        var tool = await Tool();
        var (path, admin) = (tool.Path + "/repl", acme.Admin(tool.Installation));

        (await acme.Post(path, admin, Command(new string('x', ReplCommand.InputCharactersMax + 1)))).NamesFields("input");
        (await acme.Post(path, admin, Command("a\0b"))).NamesFields("input");
        Assert.Equal(0, acme.Workshop.Calls("Run", tool.Id));

        (await acme.Post(path, admin, Command(new string('x', ReplCommand.InputCharactersMax)).With("unheardOf", 1))).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public async Task Nothing_typed_is_answered_with_the_welcome(string input)
    {
        var database = await Database();

        var answer = await acme.Post(database.Path + "/repl", acme.Viewer(database.Installation), Command(input, readOnly: true));

        Assert.Equal("Welcome to Acme.", answer.Is(HttpStatusCode.OK)[0]!["children"]![0]!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/jsonl")]
    public async Task The_same_command_repeated_with_its_key_is_run_once_and_answered_byte_for_byte(string accept)
    {
        var database = await Database();
        await Ask(database, "CREATE TABLE counted (at timestamptz DEFAULT clock_timestamp())");
        var (command, key) = (Command("INSERT INTO counted DEFAULT VALUES RETURNING at"), Acme.NewKey());

        var first = await acme.Send(Request(database, command, accept, acme.Admin(database.Installation), key));
        var second = await acme.Send(Request(database, command, accept, acme.Admin(database.Installation), key));

        Assert.Equal((HttpStatusCode.OK, accept), (first.Status, first.MediaType));
        Assert.Equal((HttpStatusCode.OK, accept), (second.Status, second.MediaType));
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal("1", (await Ask(database, "SELECT count(*) FROM counted"))[0]!["rows"]![0]![0]!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_comes_with_another_command_is_a_conflict(bool readOnly)
    {
        var database = await Database();
        var (path, key) = (database.Path + "/repl", Acme.NewKey());
        (await acme.Post(path, acme.Admin(database.Installation), Command("SELECT 1", readOnly), key)).Is(HttpStatusCode.OK);

        (await acme.Post(path, acme.Admin(database.Installation), Command("SELECT 2", readOnly), key))
            .IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");
        // Also with one that is wrong by itself.
        (await acme.Post(path, acme.Admin(database.Installation), Command(new string('x', ReplCommand.InputCharactersMax + 1), readOnly), key))
            .IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task A_duplicate_at_the_same_moment_waits_for_the_first_and_gets_its_answer()
    {
        var tool = await Tool("busy");
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Workshop.Plan("Run", "busy", new WorkshopEvent.Waits(finished));
        var (path, key) = (tool.Path + "/repl", Acme.NewKey());

        var calls = Enumerable.Range(0, 3)
            .Select(_ => acme.Post(path, acme.Admin(tool.Installation), Command("once"), key)).ToList();
        await acme.Eventually(async () => acme.Workshop.Calls("Run", tool.Id) == 1 ? "begun" : await Task.FromResult<string?>(null));
        finished.SetResult();

        var answers = await Task.WhenAll(calls);
        Assert.All(answers, answer => Assert.Equal(answers[0].Bytes, answer.Bytes));
        Assert.Contains("Done: once", answers[0].Is(HttpStatusCode.OK).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(1, acme.Workshop.Calls("Run", tool.Id));
    }

    [Fact]
    public async Task A_command_that_met_a_fault_before_it_was_run_can_come_again_with_its_key()
    {
        var tool = await Tool("closed");
        acme.Workshop.Plan("Run", "closed", new WorkshopEvent.Fails());
        var (path, key) = (tool.Path + "/repl", Acme.NewKey());

        Assert.Equal(HttpStatusCode.InternalServerError, (await acme.Post(path, acme.Admin(tool.Installation), Command("again"), key)).Status);

        var second = await acme.Post(path, acme.Admin(tool.Installation), Command("again"), key);
        Assert.Contains("Done: again", second.Is(HttpStatusCode.OK).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_was_begun_and_left_no_answer_is_not_run_again()
    {
        await using var other = await Acme.Open(
            new AcmeOptions { ReplLimits = ReplLimits.Default with { Duration = TimeSpan.FromMilliseconds(10) } });
        var tool = await other.Provision(await other.Install());
        var (path, key) = (tool.Path + "/repl", Acme.NewKey());
        (await other.Post(path, other.Admin(tool.Installation), Command("charge"), key)).Is(HttpStatusCode.OK);
        // As a process leaves it that is killed during the command.
        await other.Execute("update idempotency_record set status_code = null, body = null where installation_id = $1 and idempotency_key = $2", tool.Installation, key);

        Assert.NotNull((await other.Post(path, other.Admin(tool.Installation), Command("charge"), key)).IsConflict()["user"]);

        Assert.Equal(1, other.Workshop.Calls("Run", tool.Id));
    }

    [Fact]
    public async Task What_was_only_read_is_read_anew_and_never_kept()
    {
        var database = await Database();
        var (path, key) = (database.Path + "/repl", Acme.NewKey());
        var command = Command("SELECT clock_timestamp()", readOnly: true);

        var first = await acme.Post(path, acme.Admin(database.Installation), command, key);
        var second = await acme.Post(path, acme.Admin(database.Installation), command, key);

        Assert.NotEqual(first.Is(HttpStatusCode.OK).ToJsonString(), second.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from idempotency_record where installation_id = $1 and idempotency_key = $2 and body is null", database.Installation, key));
    }

    [Fact]
    public async Task The_audit_says_who_and_neither_it_nor_the_log_nor_the_store_says_what()
    {
        var database = await Database();
        const string Marker = "m4rk3r";

        var answer = await acme.Post(
            database.Path + "/repl", acme.Admin(database.Installation),
            Command($"SELECT '{Marker}'; ALTER ROLE CURRENT_USER PASSWORD '{Marker}'; SELECT {Marker} FROM {Marker}"), Acme.NewKey());
        await acme.Post(database.Path + "/repl", acme.Viewer(database.Installation), Command($"SELECT '{Marker}', {Marker}", readOnly: true));

        Assert.Contains(Marker, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(Marker, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(
            ["""{"readOnly": false}""", """{"readOnly": true}"""],
            await acme.AskAll<string>(
                "select detail::text from domain_event where installation_id = $1 and resource_id = $2 and kind = 'repl.CommandAdmitted' and actor like 'user:%' order by occurred_at, detail::text",
                database.Installation, database.Id));
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from idempotency_record where installation_id = $1 and position($2::bytea in body) > 0",
            database.Installation, Encoding.UTF8.GetBytes(Marker)));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_stops_the_command_and_a_repetition_is_told_so()
    {
        var database = await Database();
        await Ask(database, "CREATE TABLE slow (id int)");
        var (command, key) = (Command("INSERT INTO slow VALUES (1); INSERT INTO slow SELECT 2 FROM pg_sleep(600)"), Acme.NewKey());
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var customer = new Customer(Provisioned.Secrets(database.Json["secrets"]!));

        var asked = acme.Post(database.Path + "/repl", acme.Admin(database.Installation), command, key, hangUp.Token);
        await acme.Eventually(async () => await customer.Read("SELECT count(*) FROM slow", Cancel) is 1L ? "begun" : null);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        var repeated = await acme.Post(database.Path + "/repl", acme.Admin(database.Installation), command, key);
        Assert.Contains("INSERT 0 1", repeated.Is(HttpStatusCode.OK).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Stopped, because the caller did not wait", repeated.Text, StringComparison.Ordinal);
        Assert.Equal(1L, await customer.Read("SELECT count(*) FROM slow", Cancel));
    }

    [Fact]
    public async Task A_database_of_another_installation_is_out_of_reach()
    {
        var (own, foreign) = (await Database(), await Database());
        var name = Provisioned.Secrets(foreign.Json["secrets"]!)["PGDATABASE"];
        await Ask(foreign, "CREATE TABLE private AS SELECT 'theirs' AS what");

        foreach (var input in new[] { $"SELECT * FROM \"{name}\".public.private", $"SET ROLE \"{name}\"; SELECT * FROM private", "SELECT * FROM private" })
        {
            var said = (await Ask(own, input)).ToJsonString();
            Assert.Contains("ERROR", said, StringComparison.Ordinal);
            Assert.DoesNotContain("theirs", said, StringComparison.Ordinal);
        }
    }

    private async Task<Provisioned> Database() => await acme.Provision(await acme.Install(), "db", "free", "acme-postgres");

    private async Task<Provisioned> Tool(string name = "tool") => await acme.Provision(await acme.Install(), name);

    private async Task<JsonArray> Ask(Provisioned resource, string input) =>
        (await acme.Post(resource.Path + "/repl", acme.Admin(resource.Installation), Command(input))).Is(HttpStatusCode.OK).AsArray();

    private Task<Answer> Lines(Provisioned resource, JsonObject command) =>
        acme.Send(Request(resource, command, "application/jsonl", acme.Admin(resource.Installation)));

    private HttpRequestMessage Request(
        Provisioned resource, JsonObject command, string accept, TokenDraft token, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, resource.Path + "/repl")
        {
            Content = new StringContent(command.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", acme.Vercel.Tokens.Sign(token));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static JsonObject Command(string input, bool? readOnly = null)
    {
        var command = new JsonObject { ["input"] = input };
        return readOnly is { } only ? command.With("readOnly", only) : command;
    }
}
