using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Installations;

/// <summary>DELETE /v1/installations/{installationId}, whoever asks and whatever the body says. Source: contract §B.1, §E.5.</summary>
[Collection(SharedAcme.Name)]
public sealed class UninstallTests(Acme acme)
{
    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"cascadeResourceDeletion":true,"reason":"user-requested"}""")]
    [InlineData("""{"cascadeResourceDeletion":null,"reason":"something-that-nobody-published","news":{"a":[1]}}""")]
    public async Task The_resources_go_with_their_installation_because_Vercel_deletes_none_of_them(string? body)
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation);

        var answer = await acme.Delete(Paths.Installation(installation), acme.Admin(installation), body, Acme.NewKey());

        Assert.Equal("""{"finalized":false}""", answer.Is(HttpStatusCode.OK).ToJsonString());
        (await acme.Get(tool.Path, acme.System(installation))).IsUnknown();
        await acme.Work("operations");
        Assert.False(acme.Workshop.Holds(tool.Id));
    }

    [Fact]
    public async Task A_plain_no_to_deleting_what_is_there_is_a_conflict_and_nothing_is_touched()
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation);
        var events = await Events(installation);

        foreach (var caller in new[] { acme.Admin(installation), acme.System(installation) })
            Assert.NotNull((await acme.Delete(Paths.Installation(installation), caller, Keeping, Acme.NewKey())).IsConflict()["user"]);

        Assert.Equal(events, await Events(installation));
        await acme.Work("operations");
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        (await acme.Get(tool.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        // The team's place is still its own.
        (await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Where_nothing_is_left_to_keep_a_plain_no_is_no_hindrance()
    {
        var installation = await acme.Install();
        var tool = await acme.Provision(installation);
        acme.Pass(TimeSpan.FromMinutes(5));
        (await acme.Delete(tool.Path, acme.Admin(installation))).IsEmpty();

        var answer = await acme.Delete(Paths.Installation(installation), acme.Admin(installation), Keeping);

        Assert.Equal("""{"finalized":false}""", answer.Is(HttpStatusCode.OK).ToJsonString());
    }

    [Fact]
    public async Task What_Vercel_was_never_told_of_cannot_be_kept()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "untold", new WorkshopEvent.Fails());
        var pending = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("untold"), Acme.NewKey());
        Assert.Equal("pending", pending.Is(HttpStatusCode.OK)["status"]!.GetValue<string>());

        var answer = await acme.Delete(Paths.Installation(installation), acme.Admin(installation), Keeping);

        Assert.Equal("""{"finalized":true}""", answer.Is(HttpStatusCode.OK).ToJsonString());
    }

    [Fact]
    public async Task A_second_uninstall_is_quiet_also_when_it_says_no()
    {
        var installation = await acme.Install();
        await acme.Provision(installation);
        (await acme.Delete(Paths.Installation(installation), acme.Admin(installation))).Is(HttpStatusCode.OK);
        var events = await Events(installation);
        acme.Pass(TimeSpan.FromMinutes(5));

        var again = await acme.Delete(Paths.Installation(installation), acme.System(installation), Keeping, Acme.NewKey());

        Assert.Equal("""{"finalized":false}""", again.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(events, await Events(installation));
    }

    [Fact]
    public async Task Vercel_itself_uninstalls_for_a_deleted_account_and_the_audit_says_who_and_why()
    {
        var installation = await acme.Install();
        await acme.Provision(installation);

        var answer = await acme.Delete(
            Paths.Installation(installation), acme.System(installation), new JsonObject { ["reason"] = "account-deleted" });

        answer.Is(HttpStatusCode.OK);
        Assert.Equal("account-deleted", await acme.Ask<string>("select uninstall_reason from installation where installation_id = $1", installation));
        Assert.Equal("vercel", await acme.Ask<string>(
            "select actor from domain_event where installation_id = $1 and kind = 'installation.UninstallRequested'", installation));
    }

    private static JsonObject Keeping => new() { ["cascadeResourceDeletion"] = false, ["reason"] = "tidying up" };

    private Task<IReadOnlyList<string>> Events(string installation) =>
        acme.AskAll<string>("select kind from domain_event where installation_id = $1 order by event_id", installation);
}
