using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Provisioning.Postgres;

namespace Marketplace.Integration.Secrets;

/// <summary>POST …/secrets/rotate. Source: contract §E.7, §D.6.</summary>
public sealed class RotateSecretsTests(Acme acme) : IClassFixture<Acme>
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task New_secrets_come_with_the_answer_and_the_old_ones_work_until_exactly_the_delay()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var exchange = await acme.Customer.Rotate(installation, resource.Id, delayHours: 2, Cancel, reason: "leaked");

        Assert.True(exchange is { Status: 200, Findings.IsEmpty: true }, exchange.ToString());
        var answer = JsonNode.Parse(exchange.Body)!.AsObject();
        Assert.Equal(["sync", "secrets", "partial"], answer.Select(field => field.Key));
        Assert.Equal(("true", "false"), (answer["sync"]!.ToJsonString(), answer["partial"]!.ToJsonString()));
        var (old, fresh) = (resource.Secret(), KeyOf(answer));
        Assert.NotEqual(old, fresh);

        acme.Pass(TimeSpan.FromHours(2) - Moment);
        await Expire();
        Assert.True(acme.Workshop.Opens(old) && acme.Workshop.Opens(fresh));

        acme.Pass(Moment);
        await Expire();
        Assert.False(acme.Workshop.Opens(old));
        Assert.True(acme.Workshop.Opens(fresh));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1 and secrets is not null", installation));
        Assert.DoesNotContain(acme.Vercel.Calls, call => call.Path.Contains(resource.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_old_and_a_new_login_see_the_same_tables_until_the_delay_is_over()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "orders", "free", "acme-postgres");
        var old = new Customer(Provisioned.Secrets(resource.Json["secrets"]!));
        await old.Execute("create table orders (id int)", Cancel);

        var rotated = await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay("0.25"));
        var fresh = new Customer(Provisioned.Secrets(rotated.Is(HttpStatusCode.OK)["secrets"]!));
        await fresh.Execute("insert into orders values (1)", Cancel);
        Assert.Equal(1L, await old.Read("select count(*) from orders", Cancel));

        acme.Pass(TimeSpan.FromMinutes(15));
        await Expire();
        Assert.Equal(Npgsql.PostgresErrorCodes.InvalidPassword, await old.Refusal(Cancel));
        Assert.Equal(1L, await fresh.Read("select count(*) from orders", Cancel));
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("", 0)]
    [InlineData("""{"delayOldSecretsExpirationHours":0}""", 0)]
    [InlineData("""{"delayOldSecretsExpirationHours":null,"reason":null}""", 0)]
    [InlineData("""{"delayOldSecretsExpirationHours":0.5,"news":1}""", 30)]
    [InlineData("""{"delayOldSecretsExpirationHours":1e0}""", 60)]
    [InlineData("""{"delayOldSecretsExpirationHours":720}""", 720 * 60)]
    public async Task The_delay_is_a_number_of_hours_and_none_when_nothing_is_said(string body, int minutes)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var fresh = KeyOf((await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), body)).Is(HttpStatusCode.OK));

        Assert.Equal(
            acme.Now.UtcDateTime.AddMinutes(minutes),
            await acme.Ask<DateTime>("select expires_at from secret_generation where installation_id = $1 and expires_at is not null", installation));
        await Expire();
        Assert.Equal(minutes > 0, acme.Workshop.Opens(resource.Secret()));
        Assert.True(acme.Workshop.Opens(fresh));
    }

    [Theory]
    [InlineData("720.0000001")]
    [InlineData("721")]
    [InlineData("-0.1")]
    [InlineData("79228162514264337593543950335")]
    public async Task A_delay_out_of_range_is_named_and_nothing_is_rotated(string hours)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        (await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay(hours))).NamesFields("delayOldSecretsExpirationHours");

        Assert.Equal(0, acme.Workshop.Calls("Rotate", resource.Id));
    }

    [Theory]
    [InlineData("""{"delayOldSecretsExpirationHours":"2"}""")]
    [InlineData("""{"delayOldSecretsExpirationHours":1e400}""")]
    [InlineData("""{"reason":{}}""")]
    [InlineData("""{"reason":"a\u0000b"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_malformed_request_rotates_nothing(string body)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        (await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), body)).IsInvalid();

        Assert.Equal(0, acme.Workshop.Calls("Rotate", resource.Id));
    }

    [Fact]
    public async Task The_same_request_repeated_rotates_once_and_is_answered_the_same()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var (path, key) = (Paths.Rotate(installation, resource.Id), Acme.NewKey());

        var first = await acme.Post(path, acme.Admin(installation), Delay("1"), key);
        acme.Pass(TimeSpan.FromMinutes(30));
        var second = await acme.Post(path, acme.Admin(installation), Delay("1"), key);

        first.Is(HttpStatusCode.OK);
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.Equal(1, acme.Workshop.Calls("Rotate", resource.Id));
    }

    [Fact]
    public async Task Rotations_at_the_same_moment_follow_one_another_and_the_last_is_current()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => acme.Post(
            Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay("1"), Acme.NewKey())));

        // Each is answered with the secrets that are current then, its own or those of a rotation that came right behind it.
        Assert.All(answers, answer => Assert.True(acme.Workshop.Opens(KeyOf(answer.Is(HttpStatusCode.OK)))));
        Assert.Equal(3, acme.Workshop.Calls("Rotate", resource.Id));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1 and expires_at is null", installation));
        Assert.Equal(4, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1", installation));
    }

    [Fact]
    public async Task A_later_rotation_without_delay_ends_everything_older_at_once()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var path = Paths.Rotate(installation, resource.Id);

        var second = KeyOf((await acme.Post(path, acme.Admin(installation), Delay("24"))).Is(HttpStatusCode.OK));
        var third = KeyOf((await acme.Post(path, acme.Admin(installation), Delay("0"))).Is(HttpStatusCode.OK));
        await Expire();

        Assert.False(acme.Workshop.Opens(resource.Secret()) || acme.Workshop.Opens(second));
        Assert.True(acme.Workshop.Opens(third));
    }

    [Fact]
    public async Task Vercel_itself_may_rotate_and_a_role_that_only_looks_may_not()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        (await acme.Post(Paths.Rotate(installation, resource.Id), acme.Viewer(installation), Delay("0"))).IsForbidden();
        Assert.True(acme.Workshop.Opens(resource.Secret()));

        (await acme.Post(Paths.Rotate(installation, resource.Id), acme.System(installation), Delay("0"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_suspended_resource_gets_no_new_secrets()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        await acme.Execute(
            "update resource set status = 'suspended', suspensions = '{\"non_payment\": \"unpaid\"}' where installation_id = $1 and resource_id = $2", installation, resource.Id);

        var refused = await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay("0"));

        Assert.NotNull(refused.IsConflict()["user"]!["message"]);
        Assert.Equal(0, acme.Workshop.Calls("Rotate", resource.Id));
    }

    [Fact]
    public async Task A_refusal_leaves_the_old_secrets_in_force()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "locked");
        acme.Workshop.Plan("Rotate", "locked", new WorkshopEvent.Refuses("The tool is being repaired."));

        var refused = await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay("0"));

        Assert.Equal("The tool is being repaired.", refused.IsConflict()["user"]!["message"]!.GetValue<string>());
        await Expire();
        Assert.True(acme.Workshop.Opens(resource.Secret()));
    }

    [Fact]
    public async Task A_rotation_that_a_deletion_overtakes_hands_out_nothing()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "overtaken");
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Workshop.Plan("Rotate", "overtaken", new WorkshopEvent.Waits(finished));

        var asked = acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay("1"), Acme.NewKey());
        await acme.Eventually(() => acme.Ask<string>(
            "select operation_id from operation where installation_id = $1 and kind = 'rotate' and attempts > 0", installation));
        (await acme.Delete(resource.Path, acme.System(installation))).IsEmpty();
        finished.SetResult();

        (await asked).IsUnknown();
        await acme.Work("operations");
        Assert.False(acme.Workshop.Holds(resource.Id));
    }

    [Fact]
    public async Task A_fault_is_answered_as_202_and_Vercel_gets_the_new_secrets_when_they_are_there()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "unlucky");
        acme.Workshop.Plan("Rotate", "unlucky", new WorkshopEvent.Fails());

        var exchange = await acme.Customer.Rotate(installation, resource.Id, delayHours: 0, Cancel);

        Assert.True(exchange is { Status: 202, Findings.IsEmpty: true }, exchange.ToString());
        Assert.Equal("""{"sync":false}""", exchange.Body);
        await Expire();
        Assert.True(acme.Workshop.Opens(resource.Secret()));

        await acme.TryAgainNow(resource);
        await acme.Work("operations", "outbox", "secret-expiry", "operations");
        Assert.False(acme.Workshop.Opens(resource.Secret()));
        Assert.True(acme.Workshop.Opens(AtVercel(resource)));
    }

    [Fact]
    public async Task After_five_seconds_the_answer_is_202_and_the_delay_counts_from_the_rotation()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "slow");
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Workshop.Plan("Rotate", "slow", new WorkshopEvent.Waits(finished));

        var exchange = await acme.Customer.Rotate(installation, resource.Id, delayHours: 1, Cancel);

        Assert.True(exchange is { Status: 202, Findings.IsEmpty: true }, exchange.ToString());
        Assert.True(exchange.Elapsed >= TimeSpan.FromSeconds(4.9), $"{exchange.Elapsed}");
        acme.Pass(TimeSpan.FromMinutes(10));
        finished.SetResult();
        await acme.Eventually(() => acme.Ask<string>("select state from operation where installation_id = $1 and kind = 'rotate' and state = 'done'", installation));
        await acme.Work("outbox");

        var put = Assert.Single(acme.Vercel.Calls, call => call.Path.EndsWith($"{resource.Id}/secrets", StringComparison.Ordinal));
        Assert.Equal(("PUT", 201), (put.Method, put.Status));
        var fresh = AtVercel(resource);
        Assert.NotEqual(resource.Secret(), fresh);

        acme.Pass(TimeSpan.FromHours(1) - Moment);
        await Expire();
        Assert.True(acme.Workshop.Opens(resource.Secret()) && acme.Workshop.Opens(fresh));
        acme.Pass(Moment);
        await Expire();
        Assert.False(acme.Workshop.Opens(resource.Secret()));
        Assert.True(acme.Workshop.Opens(fresh));
    }

    [Fact]
    public async Task A_duplicate_without_a_key_joins_the_rotation_that_is_under_way_and_gets_the_same_secrets()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "doubled");
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Workshop.Plan("Rotate", "doubled", new WorkshopEvent.Waits(finished));
        var path = Paths.Rotate(installation, resource.Id);

        var first = acme.Post(path, acme.Admin(installation), Delay("1"));
        await UnderWay(installation);
        var second = acme.Post(path, acme.System(installation), Delay("1.0"));
        await acme.Eventually(() => acme.Ask<string>(
            "select 'both' from domain_event where installation_id = $1 and kind = 'secrets.RotationRequested' having count(*) = 2", installation));
        finished.SetResult();

        Assert.Equal(KeyOf((await first).Is(HttpStatusCode.OK)), KeyOf((await second).Is(HttpStatusCode.OK)));
        Assert.Equal(1, acme.Workshop.Calls("Rotate", resource.Id));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from operation where installation_id = $1 and kind = 'rotate'", installation));
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("24", "a key of its own")]
    public async Task Another_delay_or_another_key_is_another_rotation_that_follows_the_first(string hours, string? key)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, $"leaked-{hours}");
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Workshop.Plan("Rotate", $"leaked-{hours}", new WorkshopEvent.Waits(finished));
        var path = Paths.Rotate(installation, resource.Id);

        var first = acme.Post(path, acme.Admin(installation), Delay("24"));
        await UnderWay(installation);
        var second = acme.Post(path, acme.Admin(installation), Delay(hours), key);
        await acme.Eventually(() => acme.Ask<string>(
            "select 'both' from operation where installation_id = $1 and kind = 'rotate' having count(*) = 2", installation));
        finished.SetResult();

        (await first).Is(HttpStatusCode.OK);
        var last = KeyOf((await second).Is(HttpStatusCode.OK));
        Assert.Equal(2, acme.Workshop.Calls("Rotate", resource.Id));
        await Expire();
        Assert.True(acme.Workshop.Opens(last));
        Assert.Equal(hours == "24", acme.Workshop.Opens(resource.Secret()));
    }

    [Fact]
    public async Task A_repetition_without_a_key_after_a_202_is_a_202_again_and_one_rotation()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "patient");
        acme.Workshop.Plan("Rotate", "patient", new WorkshopEvent.Fails());
        var path = Paths.Rotate(installation, resource.Id);

        (await acme.Post(path, acme.Admin(installation), Delay("0"))).Is(HttpStatusCode.Accepted);
        acme.Workshop.Plan("Rotate", "patient", new WorkshopEvent.Fails());
        var again = await acme.Post(path, acme.Admin(installation), Delay("0"));

        Assert.Equal("""{"sync":false}""", again.Is(HttpStatusCode.Accepted).ToJsonString());
        Assert.Equal(1, await acme.Ask<long>("select count(*) from operation where installation_id = $1 and kind = 'rotate'", installation));
        await acme.TryAgainNow(resource);
        await acme.Work("operations", "outbox");
        Assert.True(acme.Workshop.Opens(AtVercel(resource)));
        Assert.Single(acme.Vercel.Calls, call => call.Path.EndsWith($"{resource.Id}/secrets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.016666666666666666", 1)]
    [InlineData("1.5166666666666666", 91)]
    [InlineData("719.98333333333333", 43199)]
    public async Task A_delay_of_minutes_is_kept_to_the_minute(string hours, int minutes)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        (await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), Delay(hours))).Is(HttpStatusCode.OK);

        var ends = await acme.Ask<DateTime>("select expires_at from secret_generation where installation_id = $1 and expires_at is not null", installation);
        Assert.InRange(ends - acme.Now.UtcDateTime.AddMinutes(minutes), -Moment, Moment);
    }

    [Fact]
    public async Task The_audit_says_who_asked_for_new_secrets_and_why_and_holds_none_of_them()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var path = Paths.Rotate(installation, resource.Id);

        var byUser = await acme.Post(path, acme.Admin(installation), """{"reason":"left the company","delayOldSecretsExpirationHours":1.5}""");
        (await acme.Post(path, acme.System(installation), """{"reason":"leaked"}""")).Is(HttpStatusCode.OK);

        var told = await acme.AskAll<string>(
            """
            select concat_ws('|', split_part(actor, ':', 1), cause, detail->>'reason', detail->>'delayHours')
            from domain_event where installation_id = $1 and kind = 'secrets.RotationRequested' order by event_id
            """,
            installation);
        Assert.Equal(["user|rotate secrets|left the company|1.5", "vercel|rotate secrets|leaked|0"], told);
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and strpos(detail::text, $2) > 0", installation, KeyOf(byUser.Json)));
    }

    [Fact]
    public async Task A_reason_without_end_is_cut_in_the_audit_and_hinders_nobody()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var reason = new string('x', 999) + "🔑" + new string('y', 5_000);

        (await acme.Post(Paths.Rotate(installation, resource.Id), acme.Admin(installation), new JsonObject { ["reason"] = reason })).Is(HttpStatusCode.OK);

        Assert.Equal(new string('x', 999), await acme.Ask<string>(
            "select detail->>'reason' from domain_event where installation_id = $1 and kind = 'secrets.RotationRequested'", installation));
    }

    private Task<string> UnderWay(string installation) => acme.Eventually(() => acme.Ask<string>(
        "select operation_id from operation where installation_id = $1 and kind = 'rotate' and attempts > 0", installation));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The worker looks for secrets whose time is over, and ends them.</summary>
    private Task Expire() => acme.Work("secret-expiry", "operations");

    private string AtVercel(Provisioned resource) =>
        acme.Customer.Installation(resource.Installation).Find(resource.Id)!.Secrets.Single(secret => secret.Name == "ACME_KEY").Value;

    private static string Delay(string hours) => $$"""{"delayOldSecretsExpirationHours":{{hours}}}""";

    private static string KeyOf(JsonNode rotated) => Provisioned.Secrets(rotated["secrets"]!)["ACME_KEY"];
}
