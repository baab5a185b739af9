using System.Net;
using Marketplace.Integration.Postgres;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Outbox;

/// <summary>Vercel hears everything, in the order of its installation, however often a call fails. DESIGN §7.</summary>
public sealed class OutboxDispatchTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_an_installation_leave_in_the_order_in_which_they_were_written()
    {
        var tools = await Tools(4);
        foreach (var tool in tools)
            await Write(tool);

        await acme.Work("outbox");

        Assert.Equal(tools.Select(tool => tool.Id), Sent(tools[0].Installation));
        Assert.All(await StatesOf(tools[0].Installation), state => Assert.Equal("delivered", state));
    }

    [Fact]
    public async Task A_message_that_Vercel_refuses_is_dead_and_does_not_hold_up_those_behind_it()
    {
        var tools = await Tools(3);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tools[0].Id, Disturbance.Fails(422));
        foreach (var tool in tools)
            await Write(tool);

        await acme.Work("outbox");

        Assert.Equal(["dead", "delivered", "delivered"], await StatesOf(tools[0].Installation));
        Assert.StartsWith(
            "422", await acme.Ask<string>("select last_error from outbox_message where resource_id = $1", tools[0].Id), StringComparison.Ordinal);
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("cannot be delivered", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_message_that_fails_waits_as_long_as_Vercel_says_and_only_its_own_installation_waits_with_it(int status)
    {
        var (tools, others) = (await Tools(2), await Tools(1));
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Patch, tools[0].Id, Disturbance.Fails(status) with { RetryAfter = TimeSpan.FromSeconds(90) });
        foreach (var tool in tools.Concat(others))
            await Write(tool);

        await acme.Work("outbox");

        Assert.Equal(["pending", "pending"], await StatesOf(tools[0].Installation));
        Assert.InRange(await PauseOf(tools[0].Id), 85, 90);
        Assert.Equal(["delivered"], await StatesOf(others[0].Installation));

        await acme.BackoffIsOver();
        await acme.Work("outbox");
        Assert.Equal(["delivered", "delivered"], await StatesOf(tools[0].Installation));
        Assert.Equal([tools[0].Id, tools[0].Id, tools[1].Id], Sent(tools[0].Installation));
    }

    [Fact]
    public async Task Whoever_says_at_once_again_and_again_is_given_the_time_that_is_given_to_those_who_say_nothing()
    {
        var tools = await Tools(1);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tools[0].Id, Disturbance.Fails(503) with { RetryAfter = TimeSpan.Zero }, times: 20);
        await Write(tools[0]);

        await acme.Work("outbox");

        Assert.Equal(1, await acme.Ask<int>("select attempts from outbox_message where resource_id = $1", tools[0].Id));
        Assert.InRange(await PauseOf(tools[0].Id), 3.5, 6.25);
        acme.Vercel.Disturbances.Clear();
    }

    [Fact]
    public async Task Without_a_word_from_Vercel_the_pauses_grow()
    {
        var tools = await Tools(1);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tools[0].Id, Disturbance.Fails(500), times: 2);
        await Write(tools[0]);

        await acme.Work("outbox");
        Assert.InRange(await PauseOf(tools[0].Id), 3.5, 6.25);
        await acme.BackoffIsOver();
        await acme.Work("outbox");
        Assert.InRange(await PauseOf(tools[0].Id), 8.5, 12.5);
        await acme.BackoffIsOver();
        await acme.Work("outbox");
        Assert.Equal(["delivered"], await StatesOf(tools[0].Installation));
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_sent_again()
    {
        var tools = await Tools(1);
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tools[0].Id, new Disturbance { LosesAnswer = true });
        await Write(tools[0]);

        await acme.Work("outbox");
        Assert.Equal(["pending"], await StatesOf(tools[0].Installation));
        await acme.BackoffIsOver();
        await acme.Work("outbox");

        Assert.Equal(["delivered"], await StatesOf(tools[0].Installation));
        Assert.Equal(2, Sent(tools[0].Installation).Count());
    }

    [Fact]
    public async Task Dispatchers_side_by_side_send_each_message_once()
    {
        var tools = await Tools(2);
        var others = await Tools(2);
        foreach (var tool in tools.Concat(others))
        {
            acme.Vercel.Disturbances.Plan(HttpMethod.Patch, tool.Id, new Disturbance { Delay = TimeSpan.FromMilliseconds(150) });
            await Write(tool);
        }

        await Task.WhenAll(acme.Work("outbox"), acme.Work("outbox"), acme.Work("outbox"));

        Assert.Equal(tools.Select(tool => tool.Id), Sent(tools[0].Installation));
        Assert.Equal(others.Select(tool => tool.Id), Sent(others[0].Installation));
    }

    [Fact]
    public async Task What_a_message_says_is_read_when_it_is_sent()
    {
        var tools = await Tools(1);
        await Write(tools[0]);
        var rotated = await acme.Customer.Rotate(tools[0].Installation, tools[0].Id, null, Cancel);
        var newKey = Provisioned.Secrets(System.Text.Json.Nodes.JsonNode.Parse(rotated.Body)!["secrets"]!)["ACME_KEY"];

        await acme.Work("outbox");

        var sent = acme.Vercel.Calls.Single(call => call.Method == "PATCH" && call.Path.EndsWith(tools[0].Id, StringComparison.Ordinal));
        Assert.Contains(newKey, sent.Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(tools[0].Secret(), sent.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_said_of_a_resource_that_is_gone()
    {
        var tools = await Tools(1);
        await acme.Customer.DeleteResource(tools[0].Installation, tools[0].Id, Cancel);
        await Write(tools[0]);

        await acme.Work("outbox");

        Assert.Empty(Sent(tools[0].Installation));
        Assert.Equal(["delivered"], await StatesOf(tools[0].Installation));
    }

    [Fact]
    public async Task A_message_that_cannot_be_put_together_holds_up_no_other_installation()
    {
        var (broken, others) = (await Tools(1), await Tools(1));
        await acme.Execute("update secret_generation set secrets = '\\x00' where resource_id = $1", broken[0].Id);
        await Write(broken[0]);
        await Write(others[0]);

        await acme.Work("outbox");

        Assert.Equal(["pending"], await StatesOf(broken[0].Installation));
        Assert.True(await PauseOf(broken[0].Id) > 0);
        Assert.Equal("CryptographicException", await acme.Ask<string>("select last_error from outbox_message where resource_id = $1", broken[0].Id));
        Assert.Equal(["delivered"], await StatesOf(others[0].Installation));
    }

    [Fact]
    public async Task New_secrets_reach_Vercel_within_a_minute_when_the_server_died_before_it_answered_the_rotation()
    {
        var tool = (await Tools(1))[0];
        await using (await RefusedWrites.ToAnswers(acme))
        {
            var answer = await acme.Post(Paths.Rotate(tool.Installation, tool.Id), acme.Admin(tool.Installation), key: Acme.NewKey());
            Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        }

        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work("outbox");

        var secrets = acme.Vercel.State.Installations[tool.Installation].Resources[tool.Id].Secrets;
        var key = secrets.Find(secret => secret.Name == "ACME_KEY")!.Value;
        Assert.NotEqual(tool.Secret(), key);
        Assert.True(acme.Workshop.Opens(key));
    }

    [Fact]
    public async Task Secrets_that_the_answer_carried_are_not_sent_again()
    {
        var tool = (await Tools(1))[0];
        var rotated = await acme.Customer.Rotate(tool.Installation, tool.Id, null, Cancel);
        Assert.True(rotated.IsSuccess, rotated.ToString());

        acme.Pass(TimeSpan.FromMinutes(2));
        await acme.Work("outbox");

        Assert.DoesNotContain(acme.Vercel.Calls, call => call.Path.Contains(tool.Id, StringComparison.Ordinal));
    }

    private async Task<List<Provisioned>> Tools(int count)
    {
        var installation = await acme.Install();
        var tools = new List<Provisioned>();
        for (var number = 0; number < count; number++)
            tools.Add(await acme.Provision(installation, $"tool-{Guid.NewGuid().ToString("N")[..8]}"));
        return tools;
    }

    private Task Write(Provisioned tool) => acme.Execute(
        "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_state', $3, $3)",
        tool.Installation, tool.Id, acme.Now);

    private Task<IReadOnlyList<string>> StatesOf(string installation) =>
        acme.AskAll<string>("select state from outbox_message where installation_id = $1 order by sequence", installation);

    /// <summary>The resources that Vercel was told of, in the order in which it heard.</summary>
    private IEnumerable<string> Sent(string installation) => acme.Vercel.Calls
        .Where(call => call.Method == "PATCH" && call.Path.Contains(installation, StringComparison.Ordinal))
        .Select(call => call.Path.Split('/')[^1]);

    private Task<double> PauseOf(string id) => acme.Ask<double>(
        "select extract(epoch from next_attempt_at - clock_timestamp())::float8 from outbox_message where resource_id = $1", id);
}
