using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>What is asked of a control plane, and what becomes of its answers. Described in docs/http-provisioner.md.</summary>
public sealed class ControlPlaneTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resource_is_ready_with_the_secrets_that_the_control_plane_hands_out()
    {
        await using var http = await HttpAcme.Open();
        var tool = await http.Acme.Provision(await http.Acme.Install(), "orders", metadata: new JsonObject { ["workers"] = 3 });

        var asked = http.Backroom.Last("provision");
        Assert.Equal(asked.Operation, asked.Id);
        var expected = JsonNode.Parse(
            $$$"""
            {
              "type": "provision",
              "operationId": "{{{asked.Operation}}}",
              "installationId": "{{{tool.Installation}}}",
              "resource": { "id": "{{{tool.Id}}}", "productId": "acme-tools", "name": "orders", "metadata": { "region": "iad1", "workers": 3 } },
              "plan": { "id": "pro", "name": "Pro", "type": "subscription", "scope": "resource", "settings": { "queues": "20" } },
              "callbackUrl": "{{{HttpAcme.PublicUrl}}}/control-plane/v1/operations/{{{tool.Installation}}}/{{{asked.Operation}}}/outcome"
            }
            """);
        Assert.True(JsonNode.DeepEquals(expected, asked.Json), asked.Json.ToJsonString());
        Assert.Equal(["ACME_KEY"], Provisioned.Secrets(tool.Json["secrets"]!).Keys);
        Assert.Equal(tool.Secret(), http.AtVercel(tool.Installation, tool.Id).Secrets.Find(secret => secret.Name == "ACME_KEY")!.Value);
    }

    [Fact]
    public async Task Everything_in_the_life_of_a_resource_is_asked_of_the_control_plane()
    {
        await using var http = await HttpAcme.Open();
        var acme = http.Acme;
        var tool = await acme.Provision(await acme.Install(), "lived");
        Assert.True((await acme.Customer.ChangePlan(tool.Installation, tool.Id, "team", Cancel)).IsSuccess);
        await acme.Work("operations");
        Assert.Equal("team", http.Backroom.Last("change-plan").PlanId);

        var rotated = (await acme.Post(Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation))).Is(HttpStatusCode.OK);
        Assert.NotEqual(tool.Secret(), Provisioned.Secrets(rotated["secrets"]!)["ACME_KEY"]);
        await acme.Work("secret-expiry", "operations");
        var minted = http.Backroom.Last("provision").Operation;
        Assert.Equal([minted], http.Backroom.Last("expire-secrets").Json["mintedBy"]!.AsArray().Select(id => (string)id!));

        await http.Suspend(tool, "Misused.");
        await acme.Work("operations");
        await http.Resume(tool);
        await acme.Work("operations");
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await acme.Work("operations");

        Assert.Equal(
            ["provision", "change-plan", "rotate", "expire-secrets", "suspend", "resume", "deprovision"], http.Backroom.Types(tool.Id));
        Assert.False(http.Backroom.Holds(tool.Id));
        // The first reading, one before the other plan begins, and one before it is taken down.
        Assert.Equal(3, http.Backroom.Questions.Count(asked => asked.Type == "measure"));
        Assert.Equal(7.5m, await acme.Ask<decimal>("select value from measurement where resource_id = $1 limit 1", tool.Id));
    }

    [Fact]
    public async Task What_the_control_plane_did_before_it_died_is_not_done_twice()
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("fragile", new Mood.DiesAfter());

        await http.Acme.BackoffIsOver();
        await http.Acme.Work("operations", "outbox");

        Assert.Equal(1, http.Backroom.MadeCount);
        Assert.Single(http.Backroom.Questions.Where(asked => asked.Type == "provision").Select(asked => asked.Operation).Distinct(StringComparer.Ordinal));
        Assert.Equal("ready", http.AtVercel(installation, id).Status);
    }

    [Fact]
    public async Task A_no_at_once_is_the_answer_to_the_customer_and_nothing_is_left()
    {
        await using var http = await HttpAcme.Open();
        http.Backroom.Plan("provision", "unwanted", new Mood.Says(422, """{"status":"refused","reason":"No room in iad1."}"""));
        var installation = await http.Acme.Install();

        var exchange = await http.Acme.Customer.Provision(installation, "acme-tools", "unwanted", "pro", [], Cancel);

        Assert.Equal(409, exchange.Status);
        Assert.Contains("No room in iad1.", exchange.Body, StringComparison.Ordinal);
        await http.Acme.Work("operations");
        Assert.Equal(["provision", "deprovision"], http.Backroom.Questions.Select(asked => asked.Type).Where(type => type != "measure"));
    }

    [Theory]
    [InlineData(500, "", "answered 500")]
    [InlineData(401, "", "one of the secrets in HttpProvisioner__Secrets")]
    [InlineData(404, "", "answered 404")]
    [InlineData(200, "oh", "not valid JSON")]
    [InlineData(200, """{"status":"done"}""", "hands out secrets")]
    [InlineData(200, """{"status":"done","secret":[]}""", "not one")]
    [InlineData(200, """{"status":"perhaps"}""", "status: The status is done, refused or pending.")]
    [InlineData(200, """{"status":"refused"}""", "reason: What is refused has a reason")]
    [InlineData(202, """{"status":"done","secrets":[]}""", "contradicts its status, 202")]
    [InlineData(422, """{"status":"done","secrets":[]}""", "contradicts its status, 422")]
    [InlineData(200, """{"status":"done","secrets":[{"name":"9LIVES","value":"hush-hush"}]}""", "secrets/0/name: A secret is named like an environment variable")]
    [InlineData(200, """{"status":"done","secrets":[{"name":"A-B","value":"hush-hush"}]}""", "secrets/0/name")]
    [InlineData(200, """{"status":"done","secrets":[{"name":"A","value":"hush-hush"},{"name":"B","value":""}]}""", "secrets/1/value: A secret has a value")]
    [InlineData(200, """{"status":"done","secrets":[{"name":"A","value":"hush-hush"},{"name":"A","value":"hush-hush"}]}""", "Each secret has another name.")]
    [InlineData(200, """{"status":"done","secrets":[{"name":"A","value":7}]}""", "wrong type at $.secrets[0].value")]
    [InlineData(204, "", "answered 204")]
    public async Task What_is_no_answer_is_told_to_the_operator_in_words_and_asked_for_again(int status, string body, string words)
    {
        await using var http = await HttpAcme.Open();
        var (installation, id) = await http.Pending("garbled", new Mood.Says(status, body));

        var said = await http.LastError(id);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Contains(http.Acme.Server.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain(http.Acme.Server.Log.Lines, line => line.Contains("hush-hush", StringComparison.Ordinal));
        Assert.DoesNotContain("hush-hush", said, StringComparison.Ordinal);

        await http.Acme.BackoffIsOver();
        await http.Acme.Work("operations", "outbox");
        Assert.Equal("ready", http.AtVercel(installation, id).Status);
    }

    [Fact]
    public async Task Nobody_is_followed_to_where_a_redirect_leads()
    {
        await using var http = await HttpAcme.Open();
        var (_, id) = await http.Pending("elsewhere", new Mood.Says(307, "")
        {
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Location"] = http.Backroom.Url.AbsoluteUri },
        });

        Assert.Contains("redirects are not followed", await http.LastError(id), StringComparison.Ordinal);
        Assert.Single(http.Backroom.Questions);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read()
    {
        await using var http = await HttpAcme.Open();
        var (_, id) = await http.Pending("endless", new Mood.Says(200, Backroom.Done(new string('x', 2 * 1024 * 1024))));

        Assert.Equal("The control plane's answer is larger than a megabyte.", await http.LastError(id));
    }

    [Fact]
    public async Task A_control_plane_that_never_answers_is_waited_for_within_limits()
    {
        await using var http = await HttpAcme.Open(null, ("HttpProvisioner:AnswerMax", "00:00:01"));
        var (_, id) = await http.Pending("silent", new Mood.Waits(new TaskCompletionSource()));

        Assert.Equal("The control plane gave no answer in time.", await http.LastError(id));
    }

    [Fact]
    public async Task Whoever_takes_longer_than_the_request_can_wait_is_waited_for_behind_its_answer()
    {
        await using var http = await HttpAcme.Open();
        var gate = new TaskCompletionSource();
        var (installation, id) = await http.Pending("slow", new Mood.Waits(gate));

        gate.SetResult();
        await http.Acme.Eventually(async () => await http.Acme.Ask<string>("select status from resource where resource_id = $1 and status = 'ready'", id));
        await http.Acme.Work("outbox");
        Assert.Equal("ready", http.AtVercel(installation, id).Status);
        Assert.Single(http.Backroom.Questions, asked => asked.Type == "provision");
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(429, "")]
    [InlineData(202, """{"status":"pending"}""")]
    public async Task It_is_asked_again_no_sooner_than_it_wants(int status, string body)
    {
        await using var http = await HttpAcme.Open();
        var (_, id) = await http.Pending("busy", new Mood.Says(status, body)
        {
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = "120" },
        });

        Assert.InRange(
            await http.Acme.Ask<double>("select extract(epoch from next_attempt_at - clock_timestamp())::float8 from operation where resource_id = $1", id),
            100, 120);
    }

    [Fact]
    public async Task A_hiccup_is_gone_before_the_customer_notices()
    {
        await using var http = await HttpAcme.Open(Shell.Provisioning.Http.ControlPlaneLimits.Default);
        http.Backroom.Plan("provision", "hasty", Mood.Broken, new Mood.DiesBefore());

        var tool = await http.Acme.Provision(await http.Acme.Install(), "hasty");

        Assert.Equal(["provision", "provision", "provision"], http.Backroom.Types(tool.Id));
        Assert.Equal(1, http.Backroom.MadeCount);
    }

    [Fact]
    public async Task In_an_outage_nobody_is_sent_there()
    {
        await using var http = await HttpAcme.Open(Shell.Provisioning.Http.ControlPlaneLimits.Default with { RepeatsMax = 0, OutageCallsMin = 3 });
        foreach (var name in new[] { "one", "two", "three" })
            await http.Pending(name, Mood.Broken);

        var (_, id) = await http.Pending("four", Mood.Broken);

        Assert.Equal("The control plane was not asked: it answers nobody at the moment.", await http.LastError(id));
        Assert.Equal(3, http.Backroom.Questions.Count);
    }

    [Fact]
    public async Task A_signing_secret_is_changed_without_a_break()
    {
        var (old, young) = (Backroom.NewSecret(), Backroom.NewSecret());
        await using var http = await HttpAcme.Open(null, ("HttpProvisioner:Secrets", $"{young}, {old}"));
        var installation = await http.Acme.Install();

        // The control plane knows the old one alone, then both, then the new one alone.
        string[][] steps = [[old], [old, young], [young]];
        foreach (var known in steps)
        {
            http.Backroom.Secrets = known;
            await http.Acme.Provision(installation, $"step-{known.Length}-{known[0] == old}");
        }

        Assert.All(http.Backroom.Questions, asked => Assert.Equal(2, asked.Signatures.Count));
    }

    [Fact]
    public async Task What_the_control_plane_does_not_have_the_drift_report_misses_where_it_can_say()
    {
        await using var http = await HttpAcme.Open();
        var tool = await http.Acme.Provision(await http.Acme.Install(), "lost");
        http.Backroom.Lose(tool.Id);

        Assert.Equal(1, (await http.Acme.Drift()).Differences);
        http.Backroom.Plan("list", "", new Mood.Says(501, ""));
        Assert.Equal(0, (await http.Acme.Drift()).Differences);
        http.Backroom.Plan("list", "", Mood.Broken);
        Assert.Equal(0, (await http.Acme.Drift()).Differences);
        Assert.Contains(http.Acme.Server.Log.Lines, line => line.Contains("could not be asked what it has", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"measurements":[{"metric":"jobbs","value":1}]}""")]
    [InlineData("""{"measurements":[{"metric":"jobs","value":-1}]}""")]
    [InlineData("""{"measurements":[{"metric":"jobs","value":1},{"metric":"jobs","value":2}]}""")]
    [InlineData("""{"measurements":[{"metric":"jobs","value":"1"}]}""")]
    [InlineData("""{"readings":[]}""")]
    public async Task A_reading_that_nobody_could_bill_is_no_answer(string body)
    {
        await using var http = await HttpAcme.Open();
        http.Backroom.Plan("measure", "odd", new Mood.Says(200, body));

        var (installation, id) = await http.Pending("odd");
        Assert.Contains("The control plane's", await http.LastError(id), StringComparison.Ordinal);

        await http.Acme.BackoffIsOver();
        await http.Acme.Work("operations", "outbox");
        Assert.Equal("ready", http.AtVercel(installation, id).Status);
        Assert.Equal(7.5m, await http.Acme.Ask<decimal>("select value from measurement where resource_id = $1", id));
    }

    [Fact]
    public async Task A_control_plane_without_a_meter_makes_resources_all_the_same()
    {
        await using var http = await HttpAcme.Open();
        http.Backroom.Plan("measure", "unmetered", new Mood.Says(501, ""), new Mood.Says(501, ""));

        var tool = await http.Acme.Provision(await http.Acme.Install(), "unmetered");

        Assert.Equal(0, await http.Acme.Ask<long>("select count(*) from measurement where resource_id = $1", tool.Id));
    }
}
