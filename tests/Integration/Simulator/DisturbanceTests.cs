using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Simulator;

/// <summary>Misbehaviour on demand, planned call by call or by rules.</summary>
public sealed class DisturbanceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disturbed_call_fails_once_or_takes_effect_without_an_answer()
    {
        await using var scene = await Scene.Set();
        scene.Vercel.Disturbances.Plan(
            HttpMethod.Post, "/billing", Disturbance.Fails(429) with { RetryAfter = TimeSpan.FromSeconds(3) });
        scene.Vercel.Disturbances.Plan(HttpMethod.Post, "/billing", new Disturbance { LosesAnswer = true });
        var body = Bodies.Billing(Scene.Start, scene.ResourceId);

        Assert.Equal(429, (await scene.Call(HttpMethod.Post, "/billing", body.DeepClone())).Status);
        Assert.Empty(scene.Installation.Billing.Receipts);
        await Assert.ThrowsAsync<HttpRequestException>(() => scene.Call(HttpMethod.Post, "/billing", body.DeepClone()));
        Assert.Single(scene.Installation.Billing.Receipts);
        Assert.Equal(201, (await scene.Call(HttpMethod.Post, "/billing", body.DeepClone())).Status);
    }

    [Fact]
    public async Task A_rule_with_a_seed_loses_the_same_answers_at_every_run()
    {
        var (first, again, other) = (await Lost(seed: 7), await Lost(seed: 7), await Lost(seed: 8));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count, 8, 32); // One in five of a hundred.
    }

    [Fact]
    public async Task What_a_rule_does_to_one_operation_does_not_depend_on_calls_of_another()
    {
        var alone = await Lost(seed: 7);
        var among = await Lost(seed: 7, between: scene => scene.Call(HttpMethod.Get, "/resources"));

        Assert.Equal(alone, among);
    }

    [Fact]
    public async Task A_refusal_by_rule_names_its_status_and_changes_nothing()
    {
        await using var scene = await Scene.Set();
        await Fault(scene, """{"fault": "refusal", "status": 429, "retryAfterSeconds": 3, "method": "POST", "path": "/billing", "times": 2}""");

        Assert.Equal(429, (await Send(scene)).Status);
        Assert.Equal(429, (await Send(scene)).Status);
        Assert.Empty(scene.Installation.Billing.Receipts);
        Assert.Equal(201, (await Send(scene)).Status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, "/account")).Status);
        Assert.Equal(2, (int?)(await Faults(scene))[0]!["hits"]);
    }

    [Fact]
    public async Task A_rule_may_name_the_path_as_the_contract_writes_it()
    {
        await using var scene = await Scene.Set();
        await Fault(scene, """{"fault": "refusal", "status": 410, "path": "/v1/installations/{installationId}/resources/{resourceId}"}""");

        Assert.Equal(410, (await scene.Call(HttpMethod.Get, $"/resources/{scene.ResourceId}")).Status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, "/resources")).Status);
    }

    [Fact]
    public async Task A_call_that_times_out_has_taken_effect()
    {
        await using var scene = await Scene.Set();
        await Fault(scene, """{"fault": "time-out", "path": "/billing"}""");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = scene.Http.SendAsync(scene.Request(HttpMethod.Post, "/billing", Bodies.Billing(Scene.Start, scene.ResourceId)), patience.Token);

        while (scene.Installation.Billing.Receipts.IsEmpty)
        {
            await Task.Delay(20, Cancel);
        }

        Assert.False(waiting.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_silence_that_ends_ends_in_a_cut()
    {
        await using var scene = await Scene.Set();
        await Fault(scene, """{"fault": "time-out", "seconds": 0.1, "path": "/billing"}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => Send(scene));
        Assert.Single(scene.Installation.Billing.Receipts);
    }

    [Fact]
    public async Task A_delayed_call_is_answered_late()
    {
        await using var scene = await Scene.Set();
        await Fault(scene, """{"fault": "delay", "seconds": 0.2}""");
        var started = Stopwatch.GetTimestamp();

        Assert.Equal(201, (await Send(scene)).Status);
        // Timers count in ticks of a coarser clock than the stopwatch's: what waited for 0.2 s may have begun and ended within one.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(180), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_fault_is_withdrawn_one_by_one_or_all_together()
    {
        await using var scene = await Scene.Set();
        var id = await Fault(scene, """{"fault": "refusal", "status": 503}""");
        await Fault(scene, """{"fault": "refusal", "status": 500}""");

        Assert.Equal(503, (await Send(scene)).Status);
        Assert.Equal(204, (int)(await scene.Http.DeleteAsync($"/faults/{id}", Cancel)).StatusCode);
        Assert.Equal(404, (int)(await scene.Http.DeleteAsync($"/faults/{id}", Cancel)).StatusCode);
        Assert.Equal(500, (await Send(scene)).Status);
        Assert.Equal(204, (int)(await scene.Http.DeleteAsync("/faults", Cancel)).StatusCode);
        Assert.Equal(201, (await Send(scene)).Status);
        Assert.Contains(scene.Vercel.Calls, call => call is { Status: 503, IsDisturbed: true });
    }

    [Theory]
    [InlineData("""{"fault": "explosion"}""", "fault: must be one of")]
    [InlineData("""{"fault": "refusal"}""", "status: is missing")]
    [InlineData("""{"fault": "refusal", "status": 200}""", "status: must not be less than 400")]
    [InlineData("""{"fault": "lost-answer", "probability": 2}""", "probability: must not be more than 1")]
    [InlineData("""{"fault": "lost-answer", "route": "/billing"}""", "route: is not a known field")]
    public async Task A_fault_that_is_not_understood_is_refused(string body, string expected)
    {
        await using var scene = await Scene.Set();

        using var answer = await scene.Http.PostAsJsonAsync("/faults", JsonNode.Parse(body), Cancel);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    /// <summary>Which of a hundred reads stay without an answer when one in five is lost.</summary>
    private static async Task<List<int>> Lost(long seed, Func<Scene, Task>? between = null)
    {
        await using var scene = await Scene.Set();
        scene.Vercel.Disturbances.Add(new DisturbanceRule
        {
            Disturbance = new Disturbance { LosesAnswer = true }, PathEnd = "/account", Probability = 0.2, Seed = seed,
        });
        var lost = new List<int>();
        for (var call = 0; call < 100; call++)
        {
            await (between?.Invoke(scene) ?? Task.CompletedTask);
            try
            {
                await scene.Call(HttpMethod.Get, "/account");
            }
            catch (HttpRequestException)
            {
                lost.Add(call);
            }
        }

        return lost;
    }

    private static Task<(int Status, JsonNode? Body)> Send(Scene scene) =>
        scene.Call(HttpMethod.Post, "/billing", Bodies.Billing(Scene.Start, scene.ResourceId));

    private static async Task<string> Fault(Scene scene, string body)
    {
        using var answer = await scene.Http.PostAsJsonAsync("/faults", JsonNode.Parse(body), Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["id"]!;
    }

    private static async Task<JsonArray> Faults(Scene scene) => (await scene.Http.GetFromJsonAsync<JsonArray>("/faults", Cancel))!;
}
