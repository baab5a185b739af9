using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Resources;

/// <summary>A provisioner that takes longer than Vercel can be asked to wait, or never succeeds. Source: contract §B.0, §E.2, §D.5.</summary>
public sealed class TroubledProvisioningTests(Acme acme) : IClassFixture<Acme>
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task After_five_seconds_the_answer_is_pending_and_Vercel_hears_the_rest_when_it_is_done()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "slow", new WorkshopEvent.Waits(finished));
        var started = Stopwatch.GetTimestamp();

        var exchange = await acme.Customer.Provision(installation, "acme-tools", "slow", "pro", [], Cancel);

        Assert.InRange(Stopwatch.GetElapsedTime(started), Budget - TimeSpan.FromMilliseconds(50), Budget + TimeSpan.FromSeconds(4));
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        var resource = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        Assert.Equal("pending", resource.Status);
        Assert.Empty(resource.Json["secrets"]!.AsArray());
        var read = (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        Assert.Equal("pending", read["status"]!.GetValue<string>());
        (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "team" })).IsConflict();
        (await acme.Post($"{resource.Path}/secrets/rotate", acme.Admin(installation))).IsConflict();

        finished.SetResult();
        await acme.Work();

        var atVercel = acme.Customer.Installation(installation).Find(resource.Id)!;
        Assert.Equal("ready", atVercel.Status);
        Assert.True(acme.Workshop.Opens(atVercel.Secrets.Single(secret => secret.Name == "ACME_KEY").Value));
        Assert.Equal(1, acme.Workshop.Calls("Provision", resource.Id));
    }

    [Fact]
    public async Task A_banner_that_is_over_is_taken_away_at_Vercel()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "slow-banner", new WorkshopEvent.Waits(finished));
        var exchange = await acme.Customer.Provision(installation, "acme-tools", "slow-banner", "pro", [], Cancel);
        var resource = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        using var banner = System.Text.Json.JsonDocument.Parse("""{"level":"warn","title":"Being set up"}""");
        acme.Vercel.Change(state => state.With(state.Installations[installation].With(
            state.Installations[installation].Find(resource.Id)! with { Notification = banner.RootElement.Clone() })));

        finished.SetResult();
        await acme.Work();

        Assert.Null(acme.Customer.Installation(installation).Find(resource.Id)!.Notification);
    }

    [Fact]
    public async Task A_refusal_that_comes_late_is_an_error_that_the_customer_reads_and_can_delete()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "slow-no", new WorkshopEvent.Waits(finished, "There is no room left."));
        var exchange = await acme.Customer.Provision(installation, "acme-tools", "slow-no", "free", [], Cancel);
        var resource = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        Assert.Equal("pending", resource.Status);

        finished.SetResult();
        await acme.Work();

        var atVercel = acme.Customer.Installation(installation).Find(resource.Id)!;
        Assert.Equal("error", atVercel.Status);
        Assert.Contains("There is no room left.", atVercel.Notification!.Value.GetRawText(), StringComparison.Ordinal);
        (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["name"] = "again" })).IsConflict();
        (await acme.Delete(resource.Path, acme.Admin(installation))).IsEmpty();
        await acme.Provision(installation, "again", "free");
    }

    [Fact]
    public async Task A_resource_that_is_deleted_while_it_is_made_is_taken_down_when_it_is_made()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "unwanted", new WorkshopEvent.Waits(finished));
        var asked = acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("unwanted"), Acme.NewKey());
        var id = await acme.Eventually(() => acme.Ask<string>("select resource_id from resource where installation_id = $1", installation));

        (await acme.Delete(Paths.Resource(installation, id), acme.System(installation))).IsEmpty();
        finished.SetResult();

        (await asked).IsConflict();
        await acme.Work();
        Assert.False(acme.Workshop.Holds(id));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1", installation));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from plan_period where installation_id = $1", installation));
    }

    [Fact]
    public async Task A_caller_that_does_not_wait_for_the_answer_finds_it_when_it_asks_again()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "impatient", new WorkshopEvent.Waits(finished));
        var key = Acme.NewKey();
        using var patience = new CancellationTokenSource();
        var asked = acme.Post(
            Paths.Resources(installation), acme.Admin(installation), Requests.Provision("impatient"), key, patience.Token);
        var id = await acme.Eventually(() => acme.Ask<string>("select resource_id from resource where installation_id = $1", installation));

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await acme.Eventually(() => acme.Ask<string>(
            "select status_code::text from idempotency_record where installation_id = $1 and idempotency_key = $2", installation, key));
        finished.SetResult();

        var again = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("impatient"), key);
        var resource = new Provisioned(installation, again.Is(HttpStatusCode.OK));
        Assert.Equal((id, "pending"), (resource.Id, resource.Status));
        Assert.True(await acme.Ask<bool>("select handed_over from operation where installation_id = $1", installation));
    }

    [Fact]
    public async Task A_resource_that_cannot_be_made_can_be_deleted_and_stands_in_the_way_of_nothing()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "hopeless", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 1000)]);
        var pending = new Provisioned(
            installation, (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("hopeless"))).Is(HttpStatusCode.OK));
        Assert.Equal("pending", pending.Status);

        Assert.True((await acme.Customer.Uninstall(installation, Cancel)).IsSuccess);
        await acme.TryAgainNow(pending);
        await acme.Work();

        Assert.Equal("finalized", await acme.Ask<string>("select stage from installation where installation_id = $1", installation));
        Assert.Equal(1, acme.Workshop.Calls("Provision", pending.Id));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
