using System.Buffers.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Simulator;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Tokens;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Integration.Simulator;

/// <summary>A seed fixes every id, time and order, whatever else happens meanwhile.</summary>
public sealed class SeedTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_life_has_the_same_ids_times_and_order_under_the_same_seed_and_others_under_another()
    {
        var (first, again, other) = (await Life(seed: 7), await Life(seed: 7), await Life(seed: 8));

        Assert.Equal(first, again);
        Assert.Empty(first.Intersect(other));
        Assert.True(first.Count > 20, $"{first.Count} lines are no life.");
    }

    [Fact]
    public async Task Another_team_that_lives_meanwhile_changes_nothing()
    {
        var alone = await Life(seed: 7, Confuse(5));
        var among = await Life(seed: 7, meanwhile: async scene =>
        {
            await Confuse(5)(scene);
            var dashboard = scene.Vercel.Dashboard;
            var team = dashboard.CreateTeam("Somebody Else").AccountId;
            var (installation, _) = await dashboard.Install(team, Cancel);
            await dashboard.Provision(installation, "acme-postgres", "db", "pro", new JsonObject { ["region"] = "iad1" }, Cancel);
            dashboard.SelectProjects(installation, [dashboard.CreateProject(team, "shop").Id]);
            await dashboard.Uninstall(installation, Cancel);
        });

        Assert.Equal(alone, among);
    }

    [Fact]
    public async Task Two_teams_of_one_name_have_different_ids_unless_nothing_but_the_root_tells_them_apart()
    {
        await using var scene = await Scene.Set(change: options => options with { Seed = 7 });
        await using var anew = await Scene.Set(change: options => options with { Seed = 7 });

        var (one, two) = (scene.Vercel.Dashboard.CreateTeam("Same"), scene.Vercel.Dashboard.CreateTeam("Same"));
        var rooted = anew.Vercel.Dashboard.CreateTeam("Another name", root: "Same");

        Assert.NotEqual(one.AccountId, two.AccountId);
        Assert.Equal(one.AccountId, rooted.AccountId);
        Assert.Equal(one.Members.Select(member => member.UserId), rooted.Members.Select(member => member.UserId));
    }

    [Fact]
    public async Task Without_a_seed_nothing_is_the_same_but_the_time_at_which_a_seed_begins()
    {
        var (one, two) = (await Life(seed: null), await Life(seed: null));
        await using var seeded = await SimulatorServer.Start(new SimulatorOptions { Seed = 1 }, Cancel);

        Assert.Empty(one.Intersect(two));
        Assert.Equal(SimulatorOptions.SeededStart, seeded.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Webhooks_that_a_seed_delays_doubles_and_shuffles_come_in_the_same_order_at_every_run()
    {
        var (first, again, other) = (await Life(seed: 7, Confuse(5)), await Life(seed: 7, Confuse(5)), await Life(seed: 7, Confuse(6)));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.Equal(first.Distinct().Order(), other.Distinct().Order());
    }

    [Fact]
    public async Task Under_a_seed_a_fault_hits_the_same_calls_of_an_installation_however_many_others_there_are()
    {
        var (alone, among, other) = (await Lost(others: 0, seed: 7), await Lost(others: 3, seed: 7), await Lost(others: 0, seed: 8));

        Assert.Equal(alone, among);
        Assert.NotEqual(alone, other);
        Assert.InRange(alone.Count, 2, 20);
    }

    [Fact]
    public async Task Ids_go_on_after_a_restart_with_the_same_file_and_none_is_given_twice()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():N}.json");
        try
        {
            var ids = new List<string>();
            foreach (var seed in (long?[])[7, 7, null])
            {
                await using var vercel = await SimulatorServer.Start(new SimulatorOptions { StateFile = file, Seed = seed }, Cancel);
                ids.Add(vercel.Dashboard.CreateTeam("Same").AccountId);
            }

            var other = await Assert.ThrowsAsync<InvalidDataException>(
                () => SimulatorServer.Start(new SimulatorOptions { StateFile = file, Seed = 8 }, Cancel));

            Assert.Equal(3, ids.Distinct().Count());
            Assert.Contains("begun with the seed 7", other.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Lets webhooks come twice, late and in another order.</summary>
    private static Func<Scene, Task> Confuse(long seed) => scene =>
    {
        if (scene.Vercel.WebhookDisturbances.Rules.IsEmpty)
        {
            scene.Vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Twice(), Probability: 0.5, Seed: seed));
            scene.Vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Late(TimeSpan.FromMinutes(90)), Probability: 0.5, Seed: seed));
            scene.Vercel.WebhookDisturbances.Add(new WebhookRule(new WebhookDisturbance.Shuffled(), Seed: seed));
        }

        return Task.CompletedTask;
    };

    /// <summary>Which of forty reads of an installation are refused when one in five of all reads is.</summary>
    private static async Task<List<int>> Lost(int others, long seed)
    {
        await using var scene = await Scene.Set(change: options => options with { Seed = seed });
        var neighbours = new List<string>();
        for (var count = 0; count < others; count++)
        {
            var (installation, _) = await scene.Vercel.Dashboard.Install(scene.Vercel.Dashboard.CreateTeam("Neighbour").AccountId, Cancel);
            neighbours.Add(installation);
        }

        scene.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = Disturbance.Fails(503), PathEnd = "/account", Probability = 0.2 });
        var lost = new List<int>();
        for (var call = 0; call < 40; call++)
        {
            foreach (var neighbour in neighbours)
            {
                var token = scene.Vercel.State.Installations[neighbour].Tokens[^1].Value;
                await scene.Call(HttpMethod.Get, $"/v1/installations/{neighbour}/account", token: token);
            }

            if ((await scene.Call(HttpMethod.Get, "/account")).Status == 503)
            {
                lost.Add(call);
            }
        }

        return lost;
    }

    /// <summary>
    /// A customer's life, and all that the provider gets to see of it: every call with its key, body and the id of its token, every webhook
    /// in its order, the codes of browsers, and the invoices. What the provider itself has named is left out.
    /// </summary>
    private static async Task<List<string>> Life(long? seed, Func<Scene, Task>? meanwhile = null)
    {
        await using var scene = await Scene.Set(change: options => options with { Seed = seed });
        var dashboard = scene.Vercel.Dashboard;
        await Meanwhile();
        var target = dashboard.CreateTeam("Red Fox").AccountId;
        var (targetId, _) = await dashboard.Install(target, Cancel);
        var project = dashboard.CreateProject(scene.AccountId, "shop");
        dashboard.Connect(scene.InstallationId, scene.ResourceId, project.Id);
        await Meanwhile();
        dashboard.AddMember(scene.AccountId, PersonRole.User, "Ned New");
        await Meanwhile();
        await dashboard.Rotate(scene.InstallationId, scene.ResourceId, delayHours: 1, Cancel);
        await dashboard.ConfirmScopes(scene.InstallationId, ["read-write:marketplace"], Cancel);
        await Meanwhile();
        await scene.Hour();
        await Meanwhile();
        var submitted = await scene.Call(HttpMethod.Post, "/billing/invoices", Bodies.Invoice("2027-01", Bodies.Item(scene.ResourceId)));
        Assert.Equal(200, submitted.Status);
        await Meanwhile();
        await scene.Hour();
        await Meanwhile();
        await scene.Call(HttpMethod.Post, "/credentials/rotate", new JsonObject
        {
            ["client_id"] = "oac_simulated", ["client_secret"] = "simulated-client-secret",
        });
        Assert.All(await dashboard.Transfer(scene.InstallationId, targetId, [scene.ResourceId], Cancel), exchange => Assert.True(exchange.IsSuccess, exchange.ToString()));
        await Meanwhile();
        var deployed = dashboard.Deploy(project.Id);
        await Meanwhile();
        await scene.Vercel.Advance(TimeSpan.FromHours(3), Cancel);
        await Meanwhile();

        string[] mine = [scene.AccountId, target, scene.InstallationId, targetId];
        List<string> lines =
        [
            .. scene.Provider.Requests.Zip(scene.Provider.Tokens, (request, token) => $"{request} {Claim(token, "jti")}"),
            .. scene.Provider.Webhooks.Select(webhook => $"{webhook}"),
            dashboard.SignOn(scene.InstallationId).Query,
            $"{deployed.Id} {deployed.CommitSha}",
            .. scene.Installation.Tokens.Select(token => token.Value),
            .. scene.Installation.Invoices.Select(invoice => $"{invoice.Id} {invoice.Number} {invoice.PaidAt}"),
            .. scene.Vercel.State.Installations[targetId].Resources.Values.Select(resource => resource.InternalId),
        ];
        var ids = Given(scene);
        Assert.Equal(ids.Distinct(), ids);
        // The lines of nobody in particular are of this life as well: they hold what only it was given.
        return [.. lines
            .Where(line => !line.Contains("icfg_", StringComparison.Ordinal) || mine.Any(id => line.Contains(id, StringComparison.Ordinal)))
            .Select(line => Regex.Replace(line, "res_[0-9]+", "res", RegexOptions.None, TimeSpan.FromSeconds(1)))];

        // What is due together goes together: a deed is done when its webhooks are.
        async Task Meanwhile()
        {
            await scene.Vercel.Settle(Cancel);
            await (meanwhile?.Invoke(scene) ?? Task.CompletedTask);
            await scene.Vercel.Settle(Cancel);
        }
    }

    /// <summary>Every id that Vercel has given to something that lasts, and every key and token id of a call.</summary>
    private static List<string> Given(Scene scene)
    {
        var state = scene.Vercel.State;
        var installations = state.Installations.Values;
        return
        [
            .. state.Teams.Values.SelectMany(team => team.Members.SelectMany(member => (string[])[member.UserId, member.GlobalUserId])),
            .. state.Teams.Keys, .. installations.Select(installation => installation.Id),
            .. installations.SelectMany(installation => installation.Tokens.Select(token => token.Value)),
            .. installations.SelectMany(installation => installation.Invoices.Select(invoice => invoice.Id)),
            .. state.Webhooks.Select(webhook => webhook.Id), .. state.Deployments.Keys,
            .. scene.Provider.Requests.Select(request => request.IdempotencyKey).OfType<string>(),
            .. scene.Provider.Tokens.Select(token => Claim(token, "jti")),
        ];
    }

    private static string Claim(string token, string name) =>
        (string)JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))![name]!;
}
