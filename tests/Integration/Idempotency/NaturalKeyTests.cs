using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Idempotency;

/// <summary>What happens once although no key says so, and what a key settles for good. Source: contract §B.0, §B.1.</summary>
[Collection(SharedAcme.Name)]
public sealed class NaturalKeyTests(Acme acme)
{
    [Fact]
    public async Task An_installation_is_installed_once_whoever_says_it_how_often_without_a_key()
    {
        var installation = Acme.NewInstallationId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert())));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.OK));
        Assert.Equal(1, await Events(installation, "installation.Installed"));
        Assert.Equal(0, await Kept(installation));
    }

    [Fact]
    public async Task It_is_uninstalled_once_and_each_resource_is_taken_down_once()
    {
        var resource = await acme.Provision(await acme.Install());
        var path = Paths.Installation(resource.Installation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => number % 2 == 0
            ? acme.Delete(path, acme.Admin(resource.Installation), new JsonObject { ["reason"] = $"{number}" })
            : acme.Delete(path, acme.System(resource.Installation))));

        Assert.All(answers, answer => Assert.False(answer.Is(HttpStatusCode.OK)["finalized"]!.GetValue<bool>()));
        Assert.Equal(1, await Events(resource.Installation, "installation.UninstallRequested"));
        Assert.Equal(1, await Events(resource.Installation, "resource.Uninstalled"));
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from operation where installation_id = $1 and kind = 'deprovision'", resource.Installation));
    }

    [Fact]
    public async Task A_resource_is_deleted_once_with_a_key_with_another_and_without()
    {
        var resource = await acme.Provision(await acme.Install());
        var key = Acme.NewKey();

        var answers = await Task.WhenAll(new[] { key, key, Acme.NewKey(), null, null }.Select(given =>
            acme.Delete(resource.Path, acme.Admin(resource.Installation), body: null, given)));

        Assert.All(answers, answer => answer.IsEmpty());
        Assert.Equal(1, await Events(resource.Installation, "resource.Uninstalled"));
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from operation where installation_id = $1 and kind = 'deprovision'", resource.Installation));
    }

    /// <summary>Who was refused knows it, and a duplicate that was held up on its way must not do it after all.</summary>
    [Fact]
    public async Task A_refusal_is_still_the_answer_to_its_key_when_its_cause_is_gone_and_a_new_key_is_decided_anew()
    {
        var first = await acme.Provision(await acme.Install(), plan: "free");
        var (path, admin, key) = (Paths.Resources(first.Installation), acme.Admin(first.Installation), Acme.NewKey());
        var refused = await acme.Post(path, admin, Requests.Provision("second", "free"), key);
        refused.IsConflict();
        (await acme.Delete(first.Path, admin)).IsEmpty();

        Assert.Equal(refused.Bytes, (await acme.Post(path, admin, Requests.Provision("second", "free"), key)).Bytes);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from resource where installation_id = $1 and name = 'second'", first.Installation));

        (await acme.Post(path, admin, Requests.Provision("second", "free"), Acme.NewKey())).Is(HttpStatusCode.OK);
    }

    private Task<long> Events(string installation, string kind) =>
        acme.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = $2", installation, kind);

    private Task<long> Kept(string installation) =>
        acme.Ask<long>("select count(*) from idempotency_record where installation_id = $1", installation);
}
