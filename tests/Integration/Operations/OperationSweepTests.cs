using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Jobs.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Operations;

/// <summary>What requests left behind is carried out by the worker: once, in order, again after a failure. DESIGN §6, §9.</summary>
public sealed class OperationSweepTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sweeps_side_by_side_carry_out_each_operation_once()
    {
        var installation = await acme.Install();
        var gate = new TaskCompletionSource();
        var resources = new List<string>();
        for (var number = 0; number < 6; number++)
            resources.Add(await Pending(installation, $"together-{number}", new WorkshopEvent.Fails(), new WorkshopEvent.Waits(gate)));
        await acme.BackoffIsOver();

        var sweeps = Task.WhenAll(acme.Work("operations"), acme.Work("operations"), acme.Work("operations"));
        await RealTime.Until(() => Task.FromResult(resources.TrueForAll(id => acme.Workshop.Calls("Provision", id) == 2)), "all are under way");
        gate.SetResult();
        await sweeps;

        Assert.All(resources, id => Assert.Equal(["Provision", "Provision"], acme.Workshop.Calls(id)));
        Assert.Equal(1, acme.Workshop.TogetherMax);
        Assert.All(resources, id => Assert.True(acme.Workshop.Holds(id)));
    }

    [Fact]
    public async Task What_a_dead_holder_had_taken_is_taken_over_when_its_lease_is_over()
    {
        var installation = await acme.Install();
        var id = await Pending(
            installation, "left", new WorkshopEvent.Fails(), new WorkshopEvent.Waits(new TaskCompletionSource()));
        await acme.BackoffIsOver();
        await Die("operations", () => acme.Workshop.Calls("Provision", id) == 2);

        await acme.Work("operations");
        Assert.Equal(2, acme.Workshop.Calls("Provision", id));

        await acme.LeasesAreOver();
        await acme.Work("operations");
        Assert.Equal(3, acme.Workshop.Calls("Provision", id));
        Assert.Equal("ready", await StatusOf(id));
    }

    [Fact]
    public async Task What_is_asked_of_one_resource_is_done_in_the_order_in_which_it_was_asked()
    {
        var tool = await acme.Provision(await acme.Install(), "ordered");
        acme.Workshop.Plan("Rotate", "ordered", new WorkshopEvent.Fails());
        (await acme.Post(Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation), key: Acme.NewKey()))
            .Is(HttpStatusCode.Accepted);
        var changed = await acme.Customer.ChangePlan(tool.Installation, tool.Id, "team", Cancel);
        Assert.True(changed.IsSuccess, changed.ToString());

        // The rotation waits for its second attempt, and the change of plan behind it.
        await acme.Work("operations");
        Assert.Equal(["Provision", "Rotate"], acme.Workshop.Calls(tool.Id));

        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.Equal(["Provision", "Rotate", "Rotate", "ChangePlan"], acme.Workshop.Calls(tool.Id));
    }

    [Fact]
    public async Task What_was_asked_before_a_deletion_is_not_done_any_more_and_keeps_nobody_from_taking_it_down()
    {
        var tool = await acme.Provision(await acme.Install(), "deleted");
        acme.Workshop.Plan("Rotate", "deleted", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 9)]);
        (await acme.Post(Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation), key: Acme.NewKey()))
            .Is(HttpStatusCode.Accepted);
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);

        await acme.BackoffIsOver();
        await acme.Work("operations");

        Assert.Equal(["Provision", "Rotate", "Deprovision"], acme.Workshop.Calls(tool.Id));
        Assert.False(acme.Workshop.Holds(tool.Id));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where resource_id = $1 and secrets is not null", tool.Id));
    }

    [Fact]
    public async Task A_resource_that_is_deleted_while_it_is_made_is_taken_down_when_it_is_made()
    {
        var installation = await acme.Install();
        var gate = new TaskCompletionSource();
        var id = await Pending(installation, "short-lived", new WorkshopEvent.Fails(), new WorkshopEvent.Waits(gate));
        await acme.BackoffIsOver();
        var sweep = acme.Work("operations");
        await RealTime.Until(() => Task.FromResult(acme.Workshop.Calls("Provision", id) == 2), "it is being made");

        await acme.Customer.DeleteResource(installation, id, Cancel);
        gate.SetResult();
        await sweep;

        Assert.Equal(["Provision", "Provision", "Deprovision"], acme.Workshop.Calls(id));
        Assert.False(acme.Workshop.Holds(id));
        Assert.Equal("uninstalled", await StatusOf(id));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1", id));
    }

    [Fact]
    public async Task A_call_that_fails_is_made_again_after_a_pause_that_grows()
    {
        var installation = await acme.Install();
        var id = await Pending(installation, "shaky", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 3)]);

        // Five seconds after the first failure, twice as long after each further one, and up to a quarter more by chance.
        Assert.InRange(await PauseOf(id), 3.5, 6.25);
        await acme.Work("operations");
        Assert.Equal(1, acme.Workshop.Calls("Provision", id));

        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.InRange(await PauseOf(id), 8.5, 12.5);
        Assert.Equal("HttpRequestException", await acme.Ask<string>("select last_error from operation where resource_id = $1", id));

        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.InRange(await PauseOf(id), 18.5, 25.0);

        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.Equal("ready", await StatusOf(id));
    }

    [Fact]
    public async Task What_is_not_done_yet_is_asked_for_again_until_it_is()
    {
        var installation = await acme.Install();
        var id = await Pending(installation, "gradual", new WorkshopEvent.Defers(), new WorkshopEvent.Defers());
        Assert.Equal("pending", await acme.Ask<string>("select last_error from operation where resource_id = $1", id));
        Assert.InRange(await PauseOf(id), 3.5, 6.25);

        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.Equal("pending", await StatusOf(id));

        await acme.BackoffIsOver();
        await acme.Work("operations", "outbox");
        Assert.Equal(["Provision", "Provision", "Provision"], acme.Workshop.Calls(id));
        Assert.Equal("ready", acme.Vercel.State.Installations[installation].Resources[id].Status);
    }

    [Fact]
    public async Task A_no_to_taking_something_down_is_not_taken_for_an_answer()
    {
        var tool = await acme.Provision(await acme.Install(), "sticky");
        acme.Workshop.Plan("Deprovision", "sticky", new WorkshopEvent.Refuses("Not today."));
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);

        await acme.Work("operations");
        Assert.True(acme.Workshop.Holds(tool.Id));
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("Not today.", StringComparison.Ordinal));

        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.False(acme.Workshop.Holds(tool.Id));
    }

    [Fact]
    public async Task A_provision_that_outlived_its_request_is_told_to_Vercel_with_its_secrets_and_billed_from_then_on()
    {
        var installation = await acme.Install();
        var id = await Pending(installation, "late", new WorkshopEvent.Fails());
        Assert.Equal("pending", acme.Vercel.State.Installations[installation].Resources[id].Status);

        await acme.BackoffIsOver();
        await acme.Work("operations", "outbox");

        var atVercel = acme.Vercel.State.Installations[installation].Resources[id];
        Assert.Equal("ready", atVercel.Status);
        Assert.True(acme.Workshop.Opens(atVercel.Secrets.Find(secret => secret.Name == "ACME_KEY")!.Value));
        Assert.Equal([acme.Now], await acme.AskAll<DateTimeOffset>("select started_at from plan_period where resource_id = $1", id));
    }

    [Fact]
    public async Task A_provision_that_is_refused_after_its_request_shows_the_reason_at_Vercel()
    {
        var installation = await acme.Install();
        var id = await Pending(installation, "hopeless", new WorkshopEvent.Fails(), new WorkshopEvent.Refuses("No room in fra1."));

        await acme.BackoffIsOver();
        await acme.Work("operations", "outbox");

        var atVercel = acme.Vercel.State.Installations[installation].Resources[id];
        Assert.Equal("error", atVercel.Status);
        Assert.Contains("No room in fra1.", atVercel.Notification!.Value.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from plan_period where resource_id = $1", id));
    }

    [Fact]
    public async Task A_provision_that_fails_for_hours_is_given_up_and_the_customer_learns_of_it()
    {
        const int AttemptsMax = 24;
        var installation = await acme.Install();
        var id = await Pending(installation, "unreachable", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), AttemptsMax + 1)]);
        while (acme.Workshop.Calls("Provision", id) < AttemptsMax)
        {
            Assert.Equal("pending", await StatusOf(id));
            await acme.BackoffIsOver();
            await acme.Work("operations");
        }

        await acme.BackoffIsOver();
        await acme.Work("operations", "outbox");

        Assert.Equal(AttemptsMax, acme.Workshop.Calls("Provision", id));
        var atVercel = acme.Vercel.State.Installations[installation].Resources[id];
        Assert.Equal("error", atVercel.Status);
        Assert.Contains("did not answer for several hours", atVercel.Notification!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_meter_keeps_no_resource_from_being_taken_down()
    {
        var tool = await acme.Provision(await acme.Install(), "unreadable");
        acme.Workshop.Plan("Measure", "unreadable", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 9)]);
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.True(acme.Workshop.Holds(tool.Id));
            await acme.BackoffIsOver();
            await acme.Work("operations");
        }

        Assert.False(acme.Workshop.Holds(tool.Id));
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"{tool.Id} cannot be measured", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_meter_that_never_answers_keeps_no_resource_from_being_taken_down()
    {
        var tool = await acme.Provision(await acme.Install(), "silent");
        acme.Workshop.Plan("Measure", "silent", new WorkshopEvent.Waits(new TaskCompletionSource()));
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        // Twice it was as silent already.
        await acme.Execute("update operation set attempts = 2 where installation_id = $1 and state = 'pending'", tool.Installation);

        await acme.Work("operations");

        Assert.False(acme.Workshop.Holds(tool.Id));
    }

    [Fact]
    public async Task An_operation_that_nobody_can_carry_out_holds_up_no_other()
    {
        var installation = await acme.Install();
        var unknown = await Pending(installation, "unknown", new WorkshopEvent.Fails());
        var known = await Pending(installation, "known", new WorkshopEvent.Fails());
        await acme.Execute("update resource set product_id = 'withdrawn' where resource_id = $1", unknown);
        await acme.BackoffIsOver();

        await acme.Work("operations");

        Assert.Equal("ready", await StatusOf(known));
        Assert.Equal("CorruptRowException", await acme.Ask<string>("select last_error from operation where resource_id = $1", unknown));
        Assert.True(await PauseOf(unknown) > 0);
        await acme.Execute("update resource set product_id = 'acme-tools' where resource_id = $1", unknown);
        await acme.BackoffIsOver();
        await acme.Work("operations");
        Assert.Equal("ready", await StatusOf(unknown));
    }

    /// <summary>A resource whose first attempt failed, so that Vercel was told to wait.</summary>
    private async Task<string> Pending(string installation, string name, params WorkshopEvent[] events)
    {
        acme.Workshop.Plan("Provision", name, events);
        var exchange = await acme.Customer.Provision(installation, "acme-tools", name, "pro", [], Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        var json = JsonNode.Parse(exchange.Body)!;
        Assert.Equal("pending", json["status"]!.GetValue<string>());
        return json["id"]!.GetValue<string>();
    }

    /// <summary>The process of a worker ends in the middle of a job.</summary>
    private async Task Die(string job, Func<bool> inTheMiddle)
    {
        using var process = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = acme.Server.Services.GetServices<IScheduledJob>().Single(known => known.Id == job).RunOnce(acme.Now, process.Token);
        await RealTime.Until(() => Task.FromResult(inTheMiddle()), "it is in the middle");
        await process.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private Task<string?> StatusOf(string id) => acme.Ask<string>("select status from resource where resource_id = $1", id);

    private Task<double> PauseOf(string id) => acme.Ask<double>(
        "select extract(epoch from next_attempt_at - clock_timestamp())::float8 from operation where resource_id = $1", id);
}
