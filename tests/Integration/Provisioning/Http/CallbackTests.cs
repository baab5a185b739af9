using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>How something ended that the control plane had called pending: told by it, or found by asking again.</summary>
public sealed class CallbackTests
{
    private const string Refused = """{"status":"refused","reason":"No room in iad1."}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_pending_is_ready_when_the_control_plane_tells_so_and_it_is_not_asked_again()
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("later", Mood.Pending);
        Assert.Equal("pending", await http.LastError(id));

        var told = await http.Tell(http.Backroom.Last("provision"), Backroom.Done("key-of-the-callback"));

        Assert.Equal("accepted", (string)told.Is(HttpStatusCode.OK)["state"]!);
        await http.Acme.Work("operations", "outbox");
        var atVercel = http.AtVercel(installation, id);
        Assert.Equal(("ready", "key-of-the-callback"), (atVercel.Status, Assert.Single(atVercel.Secrets).Value));
        Assert.Single(http.Backroom.Types(id));
        // The first reading is taken all the same: a counter is billed by its growth.
        Assert.Single(http.Backroom.Questions, asked => asked.Type == "measure");
        Assert.Equal(0, await http.Acme.Ask<long>("select count(*) from operation where told is not null"));
    }

    [Fact]
    public async Task A_callback_that_never_comes_is_made_up_for_by_asking_again()
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("forgetful", Mood.Pending, Mood.Pending);

        await http.Acme.BackoffIsOver();
        await http.Acme.Work("operations");
        await http.Acme.BackoffIsOver();
        await http.Acme.Work("operations", "outbox");

        Assert.Equal("ready", http.AtVercel(installation, id).Status);
        Assert.Equal(["provision", "provision", "provision"], http.Backroom.Types(id));
        Assert.Single(http.Backroom.Questions.Where(asked => asked.Type == "provision").Select(asked => asked.Operation).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_no_that_comes_later_shows_its_reason_at_Vercel()
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("hopeless", Mood.Pending);

        (await http.Tell(http.Backroom.Last("provision"), Refused)).Is(HttpStatusCode.OK);
        await http.Acme.Work("operations", "outbox");

        var atVercel = http.AtVercel(installation, id);
        Assert.Equal("error", atVercel.Status);
        Assert.Contains("No room in iad1.", atVercel.Notification!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_outcome_counts_and_may_be_told_again()
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("twice", Mood.Pending);
        var asked = http.Backroom.Last("provision");

        (await http.Tell(asked, Backroom.Done("first"))).Is(HttpStatusCode.OK);
        (await http.Tell(asked, Backroom.Done("first"))).Is(HttpStatusCode.OK);
        (await http.Tell(asked, Backroom.Done("second"))).IsProblem(HttpStatusCode.Conflict, "operation-over");
        (await http.Tell(asked, Refused)).IsProblem(HttpStatusCode.Conflict, "operation-over");
        await http.Acme.Work("operations", "outbox");

        Assert.Equal("first", Assert.Single(http.AtVercel(installation, id).Secrets).Value);
        Assert.Equal("done", (string)(await http.Tell(asked, Backroom.Done("first"))).Is(HttpStatusCode.OK)["state"]!);
        (await http.Tell(asked, Refused)).IsProblem(HttpStatusCode.Conflict, "operation-over");
        await http.Acme.Work("operations", "outbox");
        Assert.Equal("ready", http.AtVercel(installation, id).Status);
    }

    [Fact]
    public async Task What_is_told_before_the_answer_is_read_is_not_put_off_by_it()
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("eager", Mood.Broken, Mood.Pending);
        await http.Acme.BackoffIsOver();
        // While the question is under way.
        await http.Acme.Execute("update operation set leased_until = clock_timestamp() + interval '1 minute' where resource_id = $1", id);
        (await http.Tell(http.Backroom.Last("provision"), Backroom.Done("early"))).Is(HttpStatusCode.OK);
        await http.Acme.Work("operations");
        Assert.Equal("pending", await http.Acme.Ask<string>("select status from resource where resource_id = $1", id));

        await http.Acme.LeasesAreOver();
        await http.Acme.Work("operations", "outbox");
        Assert.Equal("early", Assert.Single(http.AtVercel(installation, id).Secrets).Value);
    }

    [Fact]
    public async Task A_callback_outruns_the_answer_that_says_pending()
    {
        await using var http = await HttpAcme.Open();
        var gate = new TaskCompletionSource();
        var (installation, id) = await http.Pending("outrun", new Mood.Waits(gate) { Then = (202, """{"status":"pending"}""") });
        (await http.Tell(http.Backroom.Last("provision"), Backroom.Done("early"))).Is(HttpStatusCode.OK);

        gate.SetResult();
        await http.Acme.Eventually(async () => await http.Acme.Ask<string>("select last_error from operation where resource_id = $1", id));
        await http.Acme.Work("operations", "outbox");

        Assert.Equal("early", Assert.Single(http.AtVercel(installation, id).Secrets).Value);
    }

    [Fact]
    public async Task Every_kind_of_operation_may_be_pending()
    {
        await using var http = await HttpAcme.Open();
        var acme = http.Acme;
        var tool = await acme.Provision(await acme.Install(), "patient");
        foreach (var type in new[] { "change-plan", "rotate", "expire-secrets", "suspend", "resume", "deprovision" })
            http.Backroom.Plan(type, "patient", Mood.Pending);

        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "team", Cancel)).IsSuccess);
        await TellDone("change-plan");
        (await acme.Post(Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation))).Is(HttpStatusCode.Accepted);
        await TellDone("rotate", Backroom.Done("rotated"));
        Assert.Equal("rotated", Assert.Single(http.AtVercel(tool.Installation, tool.Id).Secrets).Value);
        await acme.Work("secret-expiry");
        await TellDone("expire-secrets");
        await http.Suspend(tool, "Misused.");
        await TellDone("suspend");
        await http.Resume(tool);
        await TellDone("resume");
        Assert.Equal("resumed", http.AtVercel(tool.Installation, tool.Id).Status);
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await TellDone("deprovision");

        Assert.Equal(
            ["provision", "change-plan", "rotate", "expire-secrets", "suspend", "resume", "deprovision"], http.Backroom.Types(tool.Id));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from operation where state <> 'done'"));

        async Task TellDone(string type, string outcome = """{"status":"done"}""")
        {
            await acme.Work("operations");
            (await http.Tell(http.Backroom.Last(type), outcome)).Is(HttpStatusCode.OK);
            await acme.Work("operations", "outbox");
        }
    }

    [Fact]
    public async Task Nobody_tells_an_outcome_who_does_not_know_the_secret_or_has_it_from_another_day()
    {
        await using var http = await HttpAcme.Open();
        var (_, id) = await http.Pending("forged", Mood.Pending);
        var asked = http.Backroom.Last("provision");
        var body = HttpAcme.Named(asked, Backroom.Done("hush-hush"));

        (await http.Tell(asked.Installation, asked.Operation, body, Backroom.NewSecret())).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await http.Tell(asked.Installation, asked.Operation, body, at: TimeProvider.System.GetUtcNow().AddMinutes(-6)))
            .IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        using var unsigned = new HttpRequestMessage(HttpMethod.Post, $"/control-plane/v1/operations/{asked.Installation}/{asked.Operation}/outcome");
        (await http.Acme.Send(unsigned)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");

        await IsStillPending(http, id);
        Assert.DoesNotContain(http.Acme.Server.Log.Lines, line => line.Contains("hush-hush", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_told_of_one_operation_is_not_taken_for_another()
    {
        await using var http = await HttpAcme.Open();
        var (_, one) = await http.Pending("one", Mood.Pending);
        var asked = http.Backroom.Last("provision");
        var (_, two) = await http.Pending("two", Mood.Pending);
        var other = http.Backroom.Last("provision");

        // A message that somebody has overheard, sent to where another one is waited for.
        var problem = (await http.Tell(other.Installation, other.Operation, HttpAcme.Named(asked, Backroom.Done("key"))))
            .IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(["#/installationId", "#/operationId"], problem["errors"]!.AsArray().Select(error => (string)error!["pointer"]!));
        // A question of ours, sent back to us.
        (await http.Tell(asked.Installation, asked.Operation, asked.Json.ToJsonString())).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        await IsStillPending(http, one);
        await IsStillPending(http, two);
    }

    [Theory]
    [InlineData("""{"status":"pending"}""", "#/status")]
    [InlineData("""{"status":"done"}""", "#/secrets")]
    [InlineData("""{"status":"refused"}""", "#/reason")]
    [InlineData("""{"status":"done","secrets":[{"name":"not a variable","value":"x"}]}""", "#/secrets/0/name")]
    public async Task What_is_told_wrongly_is_said_to_be_wrong_and_changes_nothing(string outcome, string pointer)
    {
        await using var http = await HttpAcme.Open();
        var (_, id) = await http.Pending("garbled", Mood.Pending);

        var problem = (await http.Tell(http.Backroom.Last("provision"), outcome)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        Assert.Equal(pointer, (string)Assert.Single(problem["errors"]!.AsArray())!["pointer"]!);
        await IsStillPending(http, id);
    }

    [Fact]
    public async Task What_nobody_asked_for_is_unknown()
    {
        await using var http = await HttpAcme.Open();
        var (installation, _) = await http.Pending("known", Mood.Pending);
        var asked = http.Backroom.Last("provision");
        var body = JsonNode.Parse(HttpAcme.Named(asked, Backroom.Done("key")))!.AsObject();
        body["operationId"] = "op_unknown";

        (await http.Tell(installation, "op_unknown", body.ToJsonString())).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Where_no_control_plane_is_configured_nothing_is_taken_from_one()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        using var told = new HttpRequestMessage(HttpMethod.Post, "/control-plane/v1/operations/icfg_1/op_1/outcome");
        (await acme.Send(told)).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    private static async Task IsStillPending(HttpAcme http, string id)
    {
        await http.Acme.Work("operations");
        Assert.Equal(("pending", "pending"), (
            await http.Acme.Ask<string>("select status from resource where resource_id = $1", id), await http.LastError(id)));
    }
}
