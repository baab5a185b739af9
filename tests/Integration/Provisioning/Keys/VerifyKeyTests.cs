using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Integration.Transfers;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Provisioning.Keys;
using Marketplace.Shell.Resources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Keys;

/// <summary>What the provider's gateway is told of a key that somebody shows, through the whole life of the key.</summary>
public sealed class VerifyKeyTests : IAsyncLifetime
{
    private const string KeyName = "ACME_API_KEY";

    private Acme acme = null!;
    private string gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json", HasCuttableLine = true, Adapt = WithALaterPlan });
        gateway = await acme.NewProviderKey("keys:verify");
    }

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task A_good_key_says_whose_it_is_and_what_its_plan_allows()
    {
        var bought = await Buy("payg");

        var told = await Verify(bought.Secret(KeyName));

        Assert.Equal(
            ["valid", "installationId", "resourceId", "productId", "billingPlanId", "settings"], told.AsObject().Select(field => field.Key));
        Assert.Equal(
            (true, bought.Installation, bought.Id, "acme-keys", "payg", "50"),
            (told["valid"]!.GetValue<bool>(), (string?)told["installationId"], (string?)told["resourceId"], (string?)told["productId"],
                (string?)told["billingPlanId"], (string?)told["settings"]!["callsPerSecond"]));
    }

    [Fact]
    public async Task A_wrong_key_and_half_a_key_open_nothing_and_are_told_apart()
    {
        var bought = await Buy();
        var key = bought.Secret(KeyName);
        var other = key[^1] == 'A' ? 'E' : 'A';

        Assert.Equal("unknown", await Reason(key[..^1] + other));
        Assert.Equal("unknown", await Reason(ApiKey.New(new InstallationId("icfg_nobody"), new ResourceId(bought.Id)).Text));
        Assert.Equal("malformed", await Reason(key[..^1]));
        Assert.Equal("malformed", await Reason("sk_live_of_somebody_else"));
        // Of what nobody has, nothing is said.
        Assert.Equal(["valid", "reason", "message"], (await Verify(key[..^1] + other)).AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task A_key_opens_nothing_in_the_name_of_another_installation_or_resource()
    {
        var (one, other) = (await Buy(), await Buy());
        var (mine, theirs) = (one.Secret(KeyName).Split('.'), other.Secret(KeyName).Split('.'));

        Assert.Equal("unknown", await Reason(string.Join('.', mine[0], theirs[1], mine[2], mine[3])));
        Assert.Equal("unknown", await Reason(string.Join('.', mine[0], theirs[1], theirs[2], mine[3])));
        Assert.Equal("unknown", await Reason(string.Join('.', mine[0], mine[1], theirs[2], mine[3])));
        Assert.Equal(one.Id, (string?)(await Verify(one.Secret(KeyName)))["resourceId"]);
    }

    [Fact]
    public async Task A_rotated_key_is_good_until_its_delay_is_over_to_the_second_whatever_the_worker_does()
    {
        var bought = await Buy();
        var fresh = await Rotate(bought, delayHours: 2);
        var end = acme.Now.AddHours(2);

        var old = await Verify(bought.Secret(KeyName));
        Assert.Equal((true, end), (old["valid"]!.GetValue<bool>(), old["expiresAt"]!.GetValue<DateTimeOffset>()));
        Assert.Null((await Verify(fresh))["expiresAt"]);

        acme.Pass(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        Assert.True(await Opens(bought.Secret(KeyName)));
        acme.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("rotated", await Reason(bought.Secret(KeyName)));
        Assert.True(await Opens(fresh));

        await acme.Live(acme.Now.AddHours(1));
        Assert.Equal("rotated", await Reason(bought.Secret(KeyName)));
        Assert.True(await Opens(fresh));
    }

    [Fact]
    public async Task A_rotation_without_delay_ends_the_old_key_with_its_answer()
    {
        var bought = await Buy();
        Assert.True(await Opens(bought.Secret(KeyName)));

        var fresh = await Rotate(bought, delayHours: 0);

        Assert.Equal("rotated", await Reason(bought.Secret(KeyName)));
        Assert.True(await Opens(fresh));
    }

    [Fact]
    public async Task While_its_resource_is_suspended_a_key_is_refused_for_the_gravest_cause_and_in_the_customers_words()
    {
        var bought = await Buy();

        await Suspend(bought, SuspensionCause.EmptyBalance, "The balance is used up.");
        Assert.Equal("balance_empty", await Reason(bought.Secret(KeyName)));
        await Suspend(bought, SuspensionCause.NonPayment, "An invoice is not paid.");
        Assert.Equal("payment_overdue", await Reason(bought.Secret(KeyName)));
        await Suspend(bought, SuspensionCause.Provider, "It attacks its neighbours.");
        var told = await Verify(bought.Secret(KeyName));
        Assert.Equal("resource_suspended", (string?)told["reason"]);
        Assert.Contains("It attacks its neighbours.", (string?)told["message"], StringComparison.Ordinal);
        Assert.Equal((bought.Installation, bought.Id), ((string?)told["installationId"], (string?)told["resourceId"]));
        Assert.Null(told["settings"]);

        foreach (var cause in Enum.GetValues<SuspensionCause>())
            await Resume(bought, cause);
        Assert.True(await Opens(bought.Secret(KeyName)));
    }

    [Fact]
    public async Task What_the_provider_does_to_a_resource_is_seen_by_its_gateway_with_the_answer()
    {
        var bought = await Buy();
        var key = bought.Secret(KeyName);
        var backend = await acme.NewProviderKey("resources:write", "secrets:write");

        await Ask("suspend", new JsonObject { ["reason"] = "Abuse was reported." }, HttpStatusCode.OK);
        Assert.Equal("Abuse was reported.", (string?)(await Verify(key))["message"]);
        Assert.Equal("resource_suspended", await Reason(key));
        await Ask("resume", new JsonObject(), HttpStatusCode.OK);
        Assert.True(await Opens(key));
        await Ask("plan", new JsonObject { ["billingPlanId"] = "payg", ["reason"] = "Goodwill" }, HttpStatusCode.OK);
        Assert.Equal(("payg", "50"), await Plan(bought));
        await Ask("rotate", new JsonObject { ["delayOldSecretsExpirationHours"] = 0, ["reason"] = "It was seen in public." }, HttpStatusCode.Accepted);
        Assert.Equal("rotated", await Reason(key));
        await acme.Work();
        Assert.True(await Opens(acme.Customer.Installation(bought.Installation).Find(bought.Id)!.Secrets.Single().Value));
        await Ask("delete", new JsonObject { ["reason"] = "The contract has ended" }, HttpStatusCode.OK);
        Assert.Equal("resource_removed", await Reason(key));

        async Task Ask(string what, JsonObject body, HttpStatusCode expected)
        {
            var answer = await acme.Provide(
                HttpMethod.Post, $"/installations/{bought.Installation}/resources/{bought.Id}/{what}", backend, body, idempotencyKey: Acme.NewKey());
            Assert.True(answer.Status == expected, $"{what}: {answer}");
        }
    }

    [Fact]
    public async Task Another_plan_is_seen_with_the_answer_that_gives_it_and_one_that_waits_when_its_time_has_come()
    {
        var bought = await Buy("payg");
        (await acme.Patch(bought.Path, acme.Admin(bought.Installation), new JsonObject { ["billingPlanId"] = "free" })).Is(HttpStatusCode.OK);
        Assert.Equal(("payg", "50"), await Plan(bought));

        // The first of the month; nobody has worked since.
        acme.Pass(new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero) - acme.Now - TimeSpan.FromSeconds(1));
        Assert.Equal(("payg", "50"), await Plan(bought));
        acme.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(("free", "2"), await Plan(bought));

        var other = await Buy();
        Assert.Equal(("free", "2"), await Plan(other));
        (await acme.Patch(other.Path, acme.Admin(other.Installation), new JsonObject { ["billingPlanId"] = "payg" })).Is(HttpStatusCode.OK);
        Assert.Equal(("payg", "50"), await Plan(other));
    }

    [Fact]
    public async Task A_key_goes_along_when_its_resource_changes_hands_again_and_again_and_names_who_has_it_now()
    {
        var bought = await Buy();
        var replaced = bought.Secret(KeyName);
        var fresh = await Rotate(bought, delayHours: 0);
        var at = bought;
        for (var times = 0; times < 3; times++)
        {
            var next = await acme.Install();
            (await acme.Accept(next, await acme.Offer(at))).IsEmpty();
            at = bought.At(next);
            Assert.Equal((true, next), ((await Verify(fresh))["valid"]!.GetValue<bool>(), (string?)(await Verify(fresh))["installationId"]));
            Assert.Equal("rotated", await Reason(replaced));
        }

        (await acme.Delete(at.Path, acme.Admin(at.Installation))).IsEmpty();
        Assert.Equal("resource_removed", await Reason(fresh));
        Assert.Equal("resource_removed", await Reason(replaced));
    }

    [Fact]
    public async Task No_key_that_was_shown_is_in_a_log_or_an_answer()
    {
        var bought = await Buy();
        var key = bought.Secret(KeyName);
        await Verify(key);
        await acme.Provide(HttpMethod.Post, "/keys/verify", null, new JsonObject { ["key"] = key });
        var half = await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, $$"""{"key": "{{key}}", """);
        half.IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        acme.Line.Cut();
        var lost = await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, new JsonObject { ["key"] = key });
        acme.Line.Mend();

        Assert.DoesNotContain(key, half.Text + lost.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(key, StringComparison.Ordinal) || line.Contains(key[^43..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"key": null}""")]
    [InlineData("""{"key": 12}""")]
    [InlineData("""{"key": "\ud800"}""")]
    [InlineData("""{"key": "ak"} and more""")]
    public async Task A_body_without_a_key_is_refused(string body) =>
        (await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, body)).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Fact]
    public async Task A_body_that_is_larger_than_any_key_is_not_read_to_its_end()
    {
        var body = new JsonObject { ["key"] = new string('k', VerifyKeyEndpoint.BytesMax) };
        (await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, body)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "payload-too-large");
    }

    [Fact]
    public async Task Only_a_key_of_the_Provider_API_with_the_scope_may_ask()
    {
        var bought = await Buy();
        var body = new JsonObject { ["key"] = bought.Secret(KeyName) };

        (await acme.Provide(HttpMethod.Post, "/keys/verify", null, body)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await acme.Provide(HttpMethod.Post, "/keys/verify", bought.Secret(KeyName), body)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await acme.Provide(HttpMethod.Post, "/keys/verify", await acme.NewProviderKey("usage:write"), body))
            .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
    }

    [Fact]
    public async Task Without_a_database_nothing_is_said_of_a_key_and_with_one_it_is_again()
    {
        var bought = await Buy();
        Assert.True(await Opens(bought.Secret(KeyName)));

        acme.Line.Cut();
        var lost = await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, new JsonObject { ["key"] = bought.Secret(KeyName) });
        lost.IsProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.NotNull(lost.RetryAfter);
        acme.Line.Mend();

        Assert.True(await Opens(bought.Secret(KeyName)));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_keeps_nobody_waiting_at_the_gateway()
    {
        var bought = await Buy();
        Assert.True(await Opens(bought.Secret(KeyName)));
        await using var busy = await Database.OpenConnectionAsync(Cancel);
        await using var holding = await busy.BeginTransactionAsync(Cancel);
        await new NpgsqlCommand("lock table api_key", busy, holding).ExecuteNonQueryAsync(Cancel);

        // Known still from the question before, so that the gate asks nobody.
        var late = await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, new JsonObject { ["key"] = bought.Secret(KeyName) });

        late.IsProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        await holding.RollbackAsync(Cancel);
        Assert.True(await Opens(bought.Secret(KeyName)));
    }

    [Fact]
    public async Task Keys_that_are_shown_at_the_same_moment_share_round_trips_and_each_gets_its_own_answer()
    {
        var bought = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Buy()));
        await Verify(bought[0].Secret(KeyName));
        var before = acme.Line.RoundTrips;

        var told = await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
            (Asked: bought[number % 4].Id, Told: (string?)(await Verify(bought[number % 4].Secret(KeyName)))["resourceId"])));

        Assert.All(told, one => Assert.Equal(one.Asked, one.Told));
        Assert.InRange(acme.Line.RoundTrips - before, 1, 199);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_takes_no_other_key_with_it()
    {
        var (broken, good) = (await Buy(), await Buy());
        await acme.Execute("""update resource set metadata = '{"purpose": {"of": "nobody"}}' where resource_id = $1""", broken.Id);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            var shown = number % 8 == 0 ? broken : good;
            var told = await acme.Provide(HttpMethod.Post, "/keys/verify", gateway, new JsonObject { ["key"] = shown.Secret(KeyName) });
            return (IsBroken: shown == broken, told.Status);
        }));

        Assert.All(statuses, one => Assert.Equal(one.IsBroken ? HttpStatusCode.InternalServerError : HttpStatusCode.OK, one.Status));
    }

    /// <summary>From pay as you go back to free only at the end of the month.</summary>
    private static void WithALaterPlan(JsonNode catalogue)
    {
        var payg = catalogue["products"]!.AsArray().Single(product => (string?)product!["id"] == "acme-keys")!["plans"]!.AsArray()
            .Single(plan => (string?)plan!["id"] == "payg")!;
        payg["changesAtPeriodEnd"] = new JsonArray("free");
    }

    private async Task<Provisioned> Buy(string plan = "free") => await acme.Provision(await acme.Install(), "key", plan, "acme-keys");

    private Task<JsonNode> Verify(string key) => acme.Show(gateway, key);

    private async Task<bool> Opens(string key) => (await Verify(key))["valid"]!.GetValue<bool>();

    private async Task<string?> Reason(string key)
    {
        var told = await Verify(key);
        Assert.False(told["valid"]!.GetValue<bool>());
        Assert.NotEmpty((string?)told["message"] ?? "");
        return (string?)told["reason"];
    }

    private async Task<(string?, string?)> Plan(Provisioned bought)
    {
        var told = await Verify(bought.Secret(KeyName));
        return ((string?)told["billingPlanId"], (string?)told["settings"]!["callsPerSecond"]);
    }

    private async Task<string> Rotate(Provisioned bought, int delayHours)
    {
        var rotated = (await acme.Post(
            $"{bought.Path}/secrets/rotate", acme.Admin(bought.Installation),
            new JsonObject { ["delayOldSecretsExpirationHours"] = delayHours })).Is(HttpStatusCode.OK);
        return Provisioned.Secrets(rotated["secrets"]!)[KeyName];
    }

    private Task Suspend(Provisioned bought, SuspensionCause cause, string reason) => Decide(bought, (writes, resource) =>
        ResourceSuspension.Suspend(
            writes, Fulfilment, new InstallationId(bought.Installation), resource, cause, reason, Actor.Worker("test"), acme.Now));

    private Task Resume(Provisioned bought, SuspensionCause cause) => Decide(bought, (writes, resource) => ResourceSuspension.Resume(
        writes, Fulfilment, new InstallationId(bought.Installation), resource, cause, Actor.Worker("test"), acme.Now));

    private async Task Decide(Provisioned bought, Action<Writes, Resource> decide)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var resource = await ResourceRows.LoadForUpdate(
            transaction, new InstallationId(bought.Installation), new ResourceId(bought.Id), Cancel);
        var writes = new Writes();
        decide(writes, resource!);
        await writes.Commit(transaction, Cancel);
    }

    private Fulfilment Fulfilment => acme.Server.Services.GetRequiredService<Fulfilment>();

    private NpgsqlDataSource Database => acme.Server.Services.GetRequiredService<NpgsqlDataSource>();
}
