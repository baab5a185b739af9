using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Installations;

/// <summary>GET, PATCH and DELETE /v1/installations/{installationId}. Source: contract §B.1, §E.5.</summary>
[Collection(SharedAcme.Name)]
public sealed class InstallationTests(Acme acme)
{
    [Fact]
    public async Task Vercel_reads_an_installation_until_it_is_finalized()
    {
        var installation = await acme.Install();
        var path = Paths.Installation(installation);

        Assert.Equal("""{"notification":null}""", (await acme.Get(path, acme.System(installation))).Is(HttpStatusCode.OK).ToJsonString());
        (await acme.Get(path, acme.Admin(installation))).IsForbidden();

        (await acme.Delete(path, acme.Admin(installation))).Is(HttpStatusCode.OK);
        (await acme.Get(path, acme.System(installation))).IsUnknown();
    }

    [Fact]
    public async Task An_installation_that_never_was_is_unknown_to_every_call()
    {
        var nowhere = Acme.NewInstallationId();
        var (path, admin, vercel) = (Paths.Installation(nowhere), acme.Admin(nowhere), acme.System(nowhere));

        (await acme.Get(path, vercel)).IsUnknown();
        (await acme.Get($"{path}/plans", vercel)).IsUnknown();
        (await acme.Patch(path, admin, new JsonObject())).IsUnknown();
        (await acme.Delete(path, admin)).IsUnknown();
        (await acme.Post(Paths.Resources(nowhere), admin, Requests.Provision())).IsUnknown();
        (await acme.Get(Paths.Resource(nowhere, "res_1"), vercel)).IsUnknown();
        (await acme.Patch(Paths.Resource(nowhere, "res_1"), admin, new JsonObject())).IsUnknown();
        (await acme.Delete(Paths.Resource(nowhere, "res_1"), admin)).IsUnknown();
        (await acme.Post(Paths.Rotate(nowhere, "res_1"), admin)).IsUnknown();
        (await acme.Get($"{Paths.Resource(nowhere, "res_1")}/plans", vercel)).IsUnknown();
    }

    [Fact]
    public async Task There_is_no_installation_plan_to_change_where_each_resource_has_its_own()
    {
        var installation = await acme.Install();
        var path = Paths.Installation(installation);

        (await acme.Patch(path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "pro" })).IsConflict();
        Assert.Equal("""{"notification":null}""", (await acme.Patch(path, acme.Admin(installation), new JsonObject { ["news"] = 1 })).Is(HttpStatusCode.OK).ToJsonString());
        (await acme.Patch(path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = 7 })).IsInvalid();
        (await acme.Patch(path, acme.Admin(installation), body: null)).IsInvalid();
        (await acme.Patch(path, acme.Viewer(installation), new JsonObject())).IsForbidden();
        (await acme.Patch(path, acme.System(installation), new JsonObject())).IsForbidden();
    }

    [Fact]
    public async Task An_installation_without_resources_is_finalized_at_once_and_a_second_uninstall_is_quiet()
    {
        var installation = await acme.Install();
        var path = Paths.Installation(installation);

        var first = await acme.Delete(path, acme.Admin(installation), new JsonObject { ["cascadeResourceDeletion"] = true });
        var events = await Events(installation);
        var second = await acme.Delete(path, acme.Admin(installation), new JsonObject { ["cascadeResourceDeletion"] = true });

        Assert.Equal("""{"finalized":true}""", first.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("""{"finalized":true}""", second.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(["installation.Installed", "installation.UninstallRequested", "installation.Finalized"], events);
        Assert.Equal(events, await Events(installation));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from billing_schedule where installation_id = $1 and due_at < 'infinity'", installation));
        (await acme.Patch(path, acme.Admin(installation), new JsonObject())).IsConflict();
        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision())).IsConflict();
    }

    [Fact]
    public async Task An_uninstall_ends_every_resource_at_once_because_Vercel_deletes_none_of_them()
    {
        var installation = await acme.Install();
        var (one, other) = (await acme.Provision(installation, "one"), await acme.Provision(installation, "other"));
        acme.Pass(TimeSpan.FromMinutes(90));

        var first = await acme.Delete(Paths.Installation(installation), acme.Admin(installation), new JsonObject());
        var events = await Events(installation);
        var second = await acme.Delete(Paths.Installation(installation), acme.System(installation), new JsonObject());

        Assert.Equal("""{"finalized":false}""", first.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("""{"finalized":false}""", second.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(events, await Events(installation));
        (await acme.Get(one.Path, acme.System(installation))).IsUnknown();
        (await acme.Get(other.Path, acme.System(installation))).IsUnknown();
        Assert.Equal([acme.Now.UtcDateTime, acme.Now.UtcDateTime], await acme.AskAll<DateTime>(
            "select ended_at from plan_period where installation_id = $1 and ended_at is not null", installation));
        (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision())).IsConflict();

        await acme.Work("operations");
        Assert.False(acme.Workshop.Holds(one.Id) || acme.Workshop.Holds(other.Id));
        Assert.False(acme.Workshop.Opens(one.Secret()));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1 and secrets is not null", installation));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"cascadeResourceDeletion":false,"reason":"a-reason-that-is-new","news":[1]}""")]
    [InlineData("""{"cascadeResourceDeletion":null,"reason":null}""")]
    public async Task An_uninstall_needs_no_body_and_takes_any_reason_and_any_unknown_field(string? body)
    {
        var installation = await acme.Install();

        var answer = await acme.Delete(Paths.Installation(installation), acme.System(installation), body, Acme.NewKey());

        Assert.True(answer.Is(HttpStatusCode.OK)["finalized"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"cascadeResourceDeletion":"yes"}""")]
    [InlineData("""{"reason":"a\u0000b"}""")]
    public async Task An_uninstall_with_a_malformed_body_is_refused_and_changes_nothing(string body)
    {
        var installation = await acme.Install();

        (await acme.Delete(Paths.Installation(installation), acme.Admin(installation), body)).IsInvalid();

        (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_may_only_look_uninstalls_nothing()
    {
        var installation = await acme.Install();

        (await acme.Delete(Paths.Installation(installation), acme.Viewer(installation))).IsForbidden();

        (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
    }

    private Task<IReadOnlyList<string>> Events(string installation) =>
        acme.AskAll<string>("select kind from domain_event where installation_id = $1 order by event_id", installation);
}
