using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>However the backend behaves: every event arrives, in the order of its installation, and nobody else waits for it.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private const string Job = "provider-events";

    private Backend backend = null!;
    private Acme acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        backend = await Backend.Start(Cancel);
        acme = await Acme.Open(new AcmeOptions { Settings = backend.Settings });
    }

    public async ValueTask DisposeAsync()
    {
        await acme.DisposeAsync();
        await backend.DisposeAsync();
    }

    [Fact]
    public async Task While_one_event_fails_those_behind_it_wait_and_other_installations_do_not()
    {
        var (ill, well) = (await Renamed("first", "second"), await Renamed("other"));
        backend.Answers = (one, http) => Backend.Status(http, one.Installation == ill && one.Type == "resource.provisioned" ? 500 : 204);

        await acme.Work(Job);

        Assert.Equal(["installation.installed"], backend.TypesOf(ill));
        Assert.Equal(["installation.installed", "resource.provisioned", "resource.renamed"], backend.TypesOf(well));
        Assert.Equal(["delivered", "pending", "pending", "pending"], await StatesOf(ill));

        backend.Answers = (_, http) => Backend.Status(http, 200);
        acme.Pass(TimeSpan.FromSeconds(7));
        await acme.Work(Job);

        Assert.Equal(["installation.installed", "resource.provisioned", "resource.renamed", "resource.renamed"], backend.TypesOf(ill));
        Assert.Equal(["tool", "first"], backend.TakenOf(ill).Skip(2).Select(one => one.Data["previousName"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_event_says_the_same_at_every_attempt_and_is_signed_anew()
    {
        var id = await Renamed();
        backend.Answers = (_, http) => Backend.Status(http, 503);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await acme.Work(Job);
            acme.Pass(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(3, backend.Attempts.Count(one => one.Installation == id));
        Assert.Single(backend.Attempts.Select(one => (one.Id, one.Json.ToJsonString())).Distinct());
        Assert.Empty(backend.Forged);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Whoever_says_when_it_wants_to_be_asked_again_is_asked_no_earlier(int status)
    {
        var id = await Renamed();
        backend.Answers = (_, http) =>
        {
            http.Response.Headers.RetryAfter = "5400";
            return Backend.Status(http, status);
        };
        await acme.Work(Job);

        acme.Pass(TimeSpan.FromMinutes(89));
        await acme.Work(Job);
        Assert.Single(backend.Attempts);

        backend.Answers = (_, http) => Backend.Status(http, 204);
        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work(Job);
        Assert.Equal(["installation.installed", "resource.provisioned"], backend.TypesOf(id));
    }

    [Fact]
    public async Task A_redirect_is_no_success_and_is_not_followed()
    {
        var id = await Renamed();
        backend.Answers = (_, http) =>
        {
            http.Response.Headers.Location = new Uri(backend.Url, "/elsewhere").AbsoluteUri;
            return Backend.Status(http, 307);
        };

        await acme.Work(Job);

        Assert.Single(backend.Attempts);
        Assert.Empty(backend.Forged);
        Assert.Equal("answered 307", await acme.Ask<string>("select last_error from provider_event where installation_id = $1 and tries = 1", id));
    }

    [Fact]
    public async Task Of_an_answer_that_never_ends_no_more_is_read_than_a_person_reads()
    {
        var id = await Renamed();
        backend.Answers = async (_, http) =>
        {
            http.Response.StatusCode = 500;
            var noise = new byte[64 * 1024];
            Array.Fill(noise, (byte)'x');
            while (!http.RequestAborted.IsCancellationRequested)
                await http.Response.Body.WriteAsync(noise, http.RequestAborted);
        };

        await acme.Work(Job);

        Assert.Equal(2000, (await acme.Ask<string>("select last_answer from provider_event where installation_id = $1 and tries = 1", id))!.Length);
    }

    [Fact]
    public async Task A_backend_that_does_not_answer_holds_up_its_own_installation_alone_and_for_fifteen_seconds()
    {
        var (slow, quick) = (await Renamed(), await Renamed());
        backend.Answers = (one, http) => one.Installation == slow ? Task.Delay(Timeout.Infinite, http.RequestAborted) : Backend.Status(http, 204);

        var working = acme.Work(Job);
        await RealTime.Until(() => Task.FromResult(backend.TypesOf(quick).Count() == 2), "the other installation's events arrive");
        Assert.False(working.IsCompleted);
        await working;

        Assert.Equal("no answer within 15 seconds", await acme.Ask<string>("select last_error from provider_event where installation_id = $1 and tries = 1", slow));
    }

    [Fact]
    public async Task A_backend_that_dies_and_comes_back_hears_everything()
    {
        var (id, port, secrets) = (await Renamed("a", "b"), backend.Url.Port, backend.Secrets);
        await backend.DisposeAsync();
        await acme.Work(Job);
        Assert.StartsWith(
            "no answer", await acme.Ask<string>("select last_error from provider_event where installation_id = $1 and tries = 1", id), StringComparison.Ordinal);

        backend = await Backend.Start(Cancel, secrets, port);
        acme.Pass(TimeSpan.FromSeconds(7));
        await acme.Work(Job);

        Assert.Equal(["installation.installed", "resource.provisioned", "resource.renamed", "resource.renamed"], backend.TypesOf(id));
    }

    [Fact]
    public async Task Workers_side_by_side_send_each_event_once_and_in_order()
    {
        var installations = new List<string>();
        for (var one = 0; one < 4; one++)
            installations.Add(await Renamed("a", "b", "c"));
        backend.Answers = async (_, http) =>
        {
            await Task.Delay(30, Cancel);
            http.Response.StatusCode = 204;
        };

        await Task.WhenAll(acme.Work(Job), acme.Work(Job), acme.Work(Job));

        Assert.Equal(4 * 5, backend.Attempts.Count);
        Assert.All(installations, id => Assert.Equal(backend.TakenOf(id).Select(Number).Order(), backend.TakenOf(id).Select(Number)));
    }

    [Fact]
    public async Task Whoever_was_too_slow_for_its_lease_closes_nothing_that_another_one_sends()
    {
        var id = await Renamed();
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        backend.Answers = async (_, http) =>
        {
            arrived.TrySetResult();
            await goOn.Task;
            http.Response.StatusCode = 204;
        };
        var slow = acme.Work(Job);
        await arrived.Task;

        await acme.Execute("update provider_event set leased_until = '-infinity' where installation_id = $1", id);
        backend.Answers = (_, http) => Backend.Status(http, 500);
        await acme.Work(Job);
        goOn.SetResult();
        await slow;

        Assert.Equal(["pending", "pending"], await StatesOf(id));
        Assert.Equal(2, backend.Attempts.Count);
    }

    [Fact]
    public async Task After_three_days_an_event_is_given_up_with_the_last_answer_and_can_be_replayed_in_its_old_order()
    {
        var id = await Renamed("a");
        var since = acme.Now;
        backend.Answers = async (one, http) =>
        {
            http.Response.StatusCode = one.Type == "resource.provisioned" ? 500 : 204;
            await http.Response.WriteAsync("we cannot have it", Cancel);
        };
        while (await acme.Ask<long>("select count(*) from provider_event where state = 'dead'") == 0)
        {
            Assert.True(acme.Now < since.AddDays(3.1));
            await acme.Work(Job);
            acme.Pass(TimeSpan.FromMinutes(20));
        }

        Assert.InRange(acme.Now - since, TimeSpan.FromDays(3), TimeSpan.FromDays(3.05));
        Assert.Equal(["delivered", "dead", "delivered"], await StatesOf(id));
        Assert.Equal("we cannot have it", await acme.Ask<string>("select last_answer from provider_event where state = 'dead'"));
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("is given up", StringComparison.Ordinal));

        backend.Answers = (_, http) => Backend.Status(http, 204);
        var replayed = await acme.Provide(
            HttpMethod.Post, $"/installations/{id}/events/replay", await acme.NewProviderKey("events:write"),
            new JsonObject { ["reason"] = "the backend is mended", ["since"] = since.ToString("O"), ["deliveredToo"] = true });
        Assert.Equal(3, replayed.Json["replayed"]!.AsArray().Count);
        var before = backend.Attempts.Count;
        await acme.Work(Job);
        Assert.Equal(["installation.installed", "resource.provisioned", "resource.renamed"], backend.Attempts.Skip(before).Select(one => one.Type));
    }

    [Fact]
    public async Task What_waited_behind_for_days_has_its_own_chance()
    {
        var id = await Renamed("a");
        backend.Answers = (_, http) => Backend.Status(http, 500);
        await acme.Work(Job);
        acme.Pass(TimeSpan.FromDays(4));
        await acme.Execute("update provider_event set attempts = 11 where tries = 1");
        await acme.Work(Job);

        Assert.Equal(["dead", "pending", "pending"], await StatesOf(id));
        Assert.Equal(1, await acme.Ask<int>("select attempts from provider_event where type = 'resource.provisioned'"));
    }

    [Fact]
    public async Task After_410_nothing_is_sent_until_the_backend_takes_a_test_or_has_another_address()
    {
        var (one, other) = (await Renamed(), await Renamed());
        backend.Answers = (_, http) => Backend.Status(http, 410);
        await acme.Work(Job);
        var before = backend.Attempts.Count;
        acme.Pass(TimeSpan.FromDays(5));
        await Renamed();
        await acme.Work(Job);
        Assert.Equal(before, backend.Attempts.Count);
        Assert.All(await StatesOf(one), state => Assert.Equal("pending", state));

        await SendTest();
        await acme.Work(Job);
        Assert.Equal("dead", Assert.Single(await StatesOf("")));
        Assert.Equal(before + 1, backend.Attempts.Count);

        backend.Answers = (_, http) => Backend.Status(http, 204);
        await SendTest();
        await acme.Work(Job);
        await acme.Work(Job);
        Assert.Equal(["installation.installed", "resource.provisioned"], backend.TypesOf(one));
        Assert.Equal(["installation.installed", "resource.provisioned"], backend.TypesOf(other));
        Assert.Equal("test", backend.Taken.First().Type);
    }

    [Fact]
    public async Task What_was_delivered_a_month_ago_is_forgotten_and_what_was_given_up_is_not()
    {
        var id = await Renamed("a");
        await acme.Work(Job);
        await acme.Execute("update provider_event set state = 'dead' where type = 'resource.renamed'");

        acme.Pass(TimeSpan.FromDays(30));
        await acme.Work("provider-event-retention");
        Assert.Equal(3, (await StatesOf(id)).Count);
        acme.Pass(TimeSpan.FromDays(1));
        await acme.Work("provider-event-retention");

        Assert.Equal(["dead"], await StatesOf(id));
    }

    private static long Number(Heard one) => long.Parse(one.Id["evt_".Length..], CultureInfo.InvariantCulture);

    /// <summary>An installation with a resource that had these names one after the other, and nobody was told yet.</summary>
    private async Task<string> Renamed(params string[] names)
    {
        var tool = await acme.Provision(await acme.Install());
        foreach (var name in names)
            Assert.True((await acme.Customer.Rename(tool.Installation, tool.Id, name, Cancel)).IsSuccess);
        return tool.Installation;
    }

    private async Task SendTest()
    {
        var sent = await acme.Provide(HttpMethod.Post, "/events/test", await acme.NewProviderKey("events:write"), new JsonObject());
        sent.Is(System.Net.HttpStatusCode.Accepted);
    }

    private Task<IReadOnlyList<string>> StatesOf(string installation) =>
        acme.AskAll<string>("select state::text from provider_event where installation_id = $1 order by sequence", installation);
}
