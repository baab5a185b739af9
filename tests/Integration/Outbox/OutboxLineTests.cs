using System.Text.Json.Nodes;
using Marketplace.Jobs.Outbox;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Outbox;

/// <summary>Who stands in the line, who leaves it, and who may not touch a message any more. DESIGN §7.</summary>
public sealed class OutboxLineTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IOutbox Outbox => acme.Server.Services.GetRequiredService<IOutbox>();

    [Fact]
    public async Task A_worker_that_lost_its_lease_changes_nothing_of_the_message()
    {
        var tool = await acme.Provision(await acme.Install());
        await Write(tool);
        var slow = await Claim(tool);
        await acme.LeasesAreOver();
        var quick = await Claim(tool);
        Assert.Equal((slow.Sequence, 1, 2), (quick.Sequence, slow.Tries, quick.Tries));

        var setback = Setback.Of("too late");
        await Outbox.Dead(slow, setback, Cancel);
        await Outbox.Postpone(slow, setback, TimeSpan.FromHours(1), Cancel);
        await Outbox.Defer(slow, setback, acme.Now.AddHours(1), Cancel);
        await Outbox.AwaitToken(slow, setback, acme.Now, acme.Now.AddHours(1), Cancel);
        await Outbox.Delivered(slow, Cancel);
        await Outbox.Adopt(slow, Cancel);
        Assert.Equal("pending  false", await Said(tool));

        await Outbox.Delivered(quick, Cancel);
        Assert.Equal("delivered  false", await Said(tool));
    }

    [Fact]
    public async Task What_cannot_be_put_together_is_given_up_after_an_hour_and_holds_up_nobody_any_more()
    {
        var installation = await acme.Install();
        var (broken, next) = (await acme.Provision(installation, "broken"), await acme.Provision(installation, "next"));
        await acme.Execute("update secret_generation set secrets = '\\x00' where resource_id = $1", broken.Id);
        await Write(broken);
        await Write(next);
        for (var attempt = 1; attempt < OutboxDispatch.AttemptsInLine; attempt++)
        {
            await acme.Work("outbox");
            await acme.BackoffIsOver();
            Assert.Equal("pending CryptographicException false", await Said(broken));
            Assert.Empty(HeardOf(next));
        }

        await acme.Work("outbox");

        Assert.Equal("dead CryptographicException false", await Said(broken));
        Assert.Single(HeardOf(next));
    }

    [Fact]
    public async Task What_Vercel_never_answers_lets_the_others_go_first_after_an_hour_and_is_given_up_after_days()
    {
        var installation = await acme.Install();
        var (poison, next) = (await acme.Provision(installation, "poison"), await acme.Provision(installation, "next"));
        var rule = acme.Vercel.Disturbances;
        rule.Plan(HttpMethod.Patch, poison.Id, Disturbance.Fails(500), times: OutboxDispatch.AttemptsMax);
        await Write(poison);
        await Write(next);
        for (var attempt = 1; attempt < OutboxDispatch.AttemptsInLine; attempt++)
            await Again();
        Assert.Empty(HeardOf(next));

        await Again();
        Assert.Single(HeardOf(next));
        await Write(next);
        await Again();
        Assert.Equal(2, HeardOf(next).Count());
        Assert.Equal("pending 500: Try again later. false", await Said(poison));

        await acme.Execute("update outbox_message set attempts = $2 where resource_id = $1", poison.Id, OutboxDispatch.AttemptsMax - 1);
        await Again();
        Assert.Equal("dead 500: Try again later. false", await Said(poison));
        acme.Vercel.Disturbances.Clear();
    }

    [Fact]
    public async Task Nobody_comes_back_sooner_than_what_failed_so_often_may()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromSeconds(1) }, times: 3);
        await Write(tool);
        await acme.Execute("update outbox_message set attempts = 9 where resource_id = $1", tool.Id);
        await acme.Work("outbox");

        var pause = await acme.Ask<double>(
            "select extract(epoch from next_attempt_at - clock_timestamp())::float8 from outbox_message where resource_id = $1", tool.Id);
        Assert.InRange(pause, 890, 1130);
        acme.Vercel.Disturbances.Clear();
    }

    [Fact]
    public async Task What_changes_while_it_is_said_is_said_again()
    {
        var tool = await acme.Provision(await acme.Install());
        var reached = new TaskCompletionSource();
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, new Disturbance { Until = reached.Task });
        await Write(tool);

        // The old secrets are on their way to Vercel, and arrive after the answer that has the new ones.
        var work = acme.Work("outbox");
        await RealTime.Until(async () => await acme.Ask<int>("select attempts from outbox_message where resource_id = $1", tool.Id) == 1, "claimed");
        await Task.Delay(300, Cancel);
        var rotated = await acme.Customer.Rotate(tool.Installation, tool.Id, null, Cancel);
        var newKey = Provisioned.Secrets(JsonNode.Parse(rotated.Body)!["secrets"]!)["ACME_KEY"];
        reached.SetResult();
        await work;

        var secrets = acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Secrets;
        Assert.Equal(newKey, secrets.Find(secret => secret.Name == "ACME_KEY")!.Value);
        Assert.Equal("delivered  false", await Said(tool));
        Assert.Equal(2, HeardOf(tool).Count());
    }

    [Fact]
    public async Task What_is_refused_with_its_token_waits_for_the_next_token_and_is_sent_then()
    {
        var installation = await acme.Install();
        var (one, two) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "two"));
        await Write(one);
        await Write(two);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, one.Id, Disturbance.Fails(401), times: 2);

        await acme.Work("outbox");
        await acme.BackoffIsOver();
        await acme.Work("outbox");

        // One call is enough to know it of all.
        Assert.Single(HeardOf(one));
        Assert.Empty(HeardOf(two));
        Assert.Equal("pending 401: Try again later. true", await Said(one));
        Assert.Equal("pending  true", await Said(two));

        acme.Vercel.Disturbances.Clear();
        Assert.True((await acme.Customer.InstallAgain(installation, Cancel)).IsSuccess);
        await acme.Work("outbox");

        Assert.Equal(("delivered  false", "delivered  false"), (await Said(one), await Said(two)));
    }

    [Fact]
    public async Task A_token_that_comes_to_be_taken_again_is_tried_after_a_while_also_when_nobody_says_so()
    {
        var tool = await acme.Provision(await acme.Install());
        await Write(tool);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(401));
        await acme.Work("outbox");
        Assert.Equal("pending 401: Try again later. true", await Said(tool));

        acme.Pass(TimeSpan.FromMinutes(15));
        await acme.Work("outbox");

        Assert.StartsWith("delivered", await Said(tool), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_only_a_newer_worker_knows_waits_for_it_and_delays_no_other_installation()
    {
        var (old, other) = (await acme.Provision(await acme.Install()), await acme.Provision(await acme.Install()));
        await Write(old, "resource_of_tomorrow");
        await Write(old);
        await Write(other);

        await acme.Work("outbox");

        Assert.Equal("delivered  false", await Said(other));
        Assert.Equal(["pending", "pending"], await acme.AskAll<string>("select state from outbox_message where resource_id = $1", old.Id));
        await acme.Execute("delete from outbox_message where resource_id = $1", old.Id);
    }

    [Fact]
    public async Task What_was_delivered_a_month_ago_is_forgotten_and_what_was_not_is_kept()
    {
        var tool = await acme.Provision(await acme.Install());
        await Write(tool);
        await acme.Work("outbox");
        await Write(tool);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, Disturbance.Fails(422));
        await acme.Work("outbox");
        acme.Pass(TimeSpan.FromDays(20));
        await Write(tool);
        await acme.Work("outbox");

        acme.Pass(TimeSpan.FromDays(11));
        await acme.Work("outbox-retention");

        Assert.Equal(
            ["dead", "delivered"], await acme.AskAll<string>("select state from outbox_message where resource_id = $1 order by sequence", tool.Id));
    }

    private async Task Again()
    {
        await acme.BackoffIsOver();
        await acme.Work("outbox");
    }

    private async Task<OutboxMessage> Claim(Provisioned tool)
    {
        var claimed = await Outbox.Claim(acme.Now, 100, OutboxDispatch.AttemptsInLine, TimeSpan.FromMinutes(1), Cancel);
        return Assert.Single(claimed, message => message.Installation.Value == tool.Installation);
    }

    private Task Write(Provisioned tool, string kind = "resource_state") => acme.Execute(
        "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, $3, $4, $4)",
        tool.Installation, tool.Id, kind, acme.Now);

    private async Task<string?> Said(Provisioned tool) => await acme.Ask<string>(
        "select state || ' ' || coalesce(last_error, '') || ' ' || awaits_token from outbox_message where resource_id = $1 order by sequence limit 1",
        tool.Id);

    private IEnumerable<ApiCall> HeardOf(Provisioned tool) => acme.Vercel.Calls
        .Where(call => call.Method == "PATCH" && call.Path.EndsWith(tool.Id, StringComparison.Ordinal));
}
