using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Installations;

/// <summary>Everything at one moment: requests, their duplicates, and the worker. Source: contract §B.0.</summary>
public sealed class ManyAtOnceTests(Acme acme) : IClassFixture<Acme>
{
    private static readonly HashSet<HttpStatusCode> Expected =
        [HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.Conflict];

    [Fact]
    public async Task Whatever_arrives_in_the_middle_of_an_uninstall_is_answered_and_nothing_is_left()
    {
        var installation = await acme.Install();
        var resources = new List<Provisioned>();
        foreach (var name in new[] { "one", "two", "three" })
            resources.Add(await acme.Provision(installation, name));
        var admin = acme.Admin(installation);
        var calls = new List<Func<Task<Answer>>>
        {
            () => acme.Put(Paths.Installation(installation), admin, Requests.Upsert(), Acme.NewKey()),
            () => acme.Post(Paths.Resources(installation), admin, Requests.Provision("four"), Acme.NewKey()),
            () => acme.Post(Paths.Resources(installation), admin, Requests.Provision("five"), Acme.NewKey()),
            () => acme.Get(Paths.Installation(installation), acme.System(installation)),
            () => acme.Delete(resources[0].Path, admin, body: null, Acme.NewKey()),
            () => acme.Delete(resources[0].Path, acme.System(installation), body: null, Acme.NewKey()),
            () => acme.Delete(Paths.Installation(installation), admin, body: null, Acme.NewKey()),
        };
        foreach (var resource in resources)
        {
            calls.Add(() => acme.Patch(resource.Path, admin, new JsonObject { ["name"] = "other", ["billingPlanId"] = "team" }, Acme.NewKey()));
            calls.Add(() => acme.Post($"{resource.Path}/secrets/rotate", admin, body: null, Acme.NewKey()));
            calls.Add(() => acme.Get(resource.Path, acme.System(installation)));
        }

        var working = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => acme.Work("secret-expiry", "operations", "outbox")));
        var answers = await Task.WhenAll(calls.Select(call => call()));
        await working;

        Assert.All(answers, answer => Assert.True(Expected.Contains(answer.Status), answer.ToString()));
        await acme.Work("operations", "secret-expiry", "operations");
        Assert.Empty(await acme.AskAll<string>(
            "select format('%s %s: %s', kind, attempts, last_error) from operation where state = 'pending'"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from resource where status <> 'uninstalled'"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from plan_period where ended_at is null"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where secrets is not null"));
        Assert.All(
            await acme.AskAll<string>("select resource_id from resource"), resource => Assert.False(acme.Workshop.Holds(resource), resource));
    }
}
