using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Resources;

/// <summary>GET, PATCH and DELETE /v1/installations/{installationId}/resources/{resourceId}. Source: contract §B.2, §E.3.</summary>
[Collection(SharedAcme.Name)]
public sealed class ResourceTests(Acme acme)
{
    [Fact]
    public async Task A_resource_is_read_without_secrets_and_by_Vercel_alone()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var read = await acme.Get(resource.Path, acme.System(installation));

        Assert.Null(read.Is(HttpStatusCode.OK)["secrets"]);
        // Null takes away a banner that Vercel may still show; absent would leave it there.
        Assert.True(read.Json.AsObject().TryGetPropertyValue("notification", out var banner) && banner is null);
        Assert.DoesNotContain(resource.Secret(), read.Text, StringComparison.Ordinal);
        (await acme.Get(resource.Path, acme.Admin(installation))).IsForbidden();
    }

    [Fact]
    public async Task The_resource_of_another_installation_is_as_unknown_as_none()
    {
        var owner = await acme.Install();
        var resource = await acme.Provision(owner);
        var stranger = await acme.Install();
        var (admin, vercel) = (acme.Admin(stranger), acme.System(stranger));

        foreach (var path in new[] { Paths.Resource(stranger, resource.Id), Paths.Resource(stranger, "res_unknown"), Paths.Resource(stranger, "%27") })
        {
            (await acme.Get(path, vercel)).IsUnknown();
            (await acme.Patch(path, admin, new JsonObject { ["name"] = "mine" })).IsUnknown();
            (await acme.Post($"{path}/secrets/rotate", admin)).IsUnknown();
            (await acme.Delete(path, admin)).IsUnknown();
            (await acme.Get($"{path}/plans", vercel)).IsUnknown();
        }

        (await acme.Get(resource.Path, acme.System(stranger))).IsForbidden();
        Assert.Equal("tool", (await acme.Get(resource.Path, acme.System(owner))).Is(HttpStatusCode.OK)["name"]!.GetValue<string>());
        Assert.True(acme.Workshop.Opens(resource.Secret()));
    }

    [Fact]
    public async Task A_rename_is_answered_with_the_whole_resource()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var renamed = (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["name"] = "better" })).Is(HttpStatusCode.OK);

        var expected = resource.Json.DeepClone().AsObject().Without("secrets").With("name", "better");
        Assert.Equal(expected.ToJsonString(), renamed.ToJsonString());
        Assert.Equal(expected.ToJsonString(), (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK).ToJsonString());
        (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["name"] = "no good" })).NamesFields("name");
    }

    [Fact]
    public async Task A_plan_change_opens_a_new_plan_period_at_that_instant()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var began = acme.Now;
        acme.Pass(TimeSpan.FromMinutes(95));

        var changed = (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "team" })).Is(HttpStatusCode.OK);
        var changedAt = acme.Now;

        Assert.Equal("team", changed["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal(
            [$"pro {began:HH:mm:ss} {changedAt:HH:mm:ss}", $"team {changedAt:HH:mm:ss} "], await acme.PlanPeriods(resource));
        await acme.Work("operations");
        Assert.Equal("team", acme.Workshop.PlanOf(resource.Id));
    }

    [Fact]
    public async Task A_plan_that_is_chosen_twice_at_one_instant_or_is_there_already_makes_no_empty_period()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var began = acme.Now;

        foreach (var plan in new[] { "team", "prepaid", "prepaid", "pro", "team" })
            (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = plan }, Acme.NewKey())).Is(HttpStatusCode.OK);
        acme.Pass(TimeSpan.FromMinutes(10));
        (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["billingPlanId"] = "team" })).Is(HttpStatusCode.OK);

        Assert.Equal([$"team {began:HH:mm:ss} "], await acme.PlanPeriods(resource));
    }

    [Fact]
    public async Task A_plan_that_cannot_be_chosen_leaves_the_old_one()
    {
        var installation = await acme.Install();
        await acme.Provision(installation, "first", "free");
        var resource = await acme.Provision(installation);
        var admin = acme.Admin(installation);

        (await acme.Patch(resource.Path, admin, new JsonObject { ["billingPlanId"] = "gold" })).NamesFields("billingPlanId");
        Assert.NotNull((await acme.Patch(resource.Path, admin, new JsonObject { ["billingPlanId"] = "retired" })).IsConflict()["user"]);
        Assert.NotNull((await acme.Patch(resource.Path, admin, new JsonObject { ["billingPlanId"] = "free" })).IsConflict()["user"]);

        Assert.Equal("pro", (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Single(await acme.PlanPeriods(resource));
    }

    [Fact]
    public async Task An_update_of_metadata_keeps_what_is_not_given_and_what_is_locked()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, metadata: new JsonObject { ["workers"] = 2 });
        var admin = acme.Admin(installation);

        var updated = await acme.Patch(resource.Path, admin, new JsonObject { ["metadata"] = new JsonObject { ["backups"] = true, ["region"] = "iad1" } });

        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse("""{"region":"iad1","workers":2,"backups":true}"""), updated.Is(HttpStatusCode.OK)["metadata"]), updated.Text);
        (await acme.Patch(resource.Path, admin, new JsonObject { ["metadata"] = new JsonObject { ["region"] = "fra1" } })).NamesFields("region");
        (await acme.Patch(resource.Path, admin, new JsonObject { ["metadata"] = new JsonObject { ["workers"] = 99 } })).NamesFields("workers");
        (await acme.Patch(resource.Path, admin, new JsonObject { ["metadata"] = new JsonObject { ["workers"] = null } })).NamesFields("workers");
        (await acme.Patch(resource.Path, admin, new JsonObject { ["metadata"] = 7 })).NamesFields("metadata");
    }

    [Fact]
    public async Task An_update_does_all_that_is_asked_or_nothing()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var before = (await acme.Get(resource.Path, acme.System(installation))).Text;
        var events = await acme.Ask<long>("select count(*) from domain_event where installation_id = $1", installation);

        (await acme.Patch(
            resource.Path, acme.Admin(installation),
            new JsonObject { ["name"] = "x y", ["metadata"] = new JsonObject { ["workers"] = 0 }, ["billingPlanId"] = "gold" }))
            .NamesFields("name", "workers", "billingPlanId");
        (await acme.Patch(
            resource.Path, acme.Admin(installation), new JsonObject { ["name"] = "better", ["billingPlanId"] = "retired" })).IsConflict();

        Assert.Equal(before, (await acme.Get(resource.Path, acme.System(installation))).Text);
        Assert.Equal(events, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1", installation));

        var all = new JsonObject { ["name"] = "better", ["metadata"] = new JsonObject { ["workers"] = 3 }, ["billingPlanId"] = "team" };
        var done = (await acme.Patch(resource.Path, acme.Admin(installation), all)).Is(HttpStatusCode.OK);
        Assert.Equal(("better", 3, "team"), (
            done["name"]!.GetValue<string>(), done["metadata"]!["workers"]!.GetValue<int>(), done["billingPlan"]!["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_status_that_it_has_and_what_nobody_knows_change_nothing()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var answer = await acme.Patch(
            resource.Path, acme.Admin(installation), new JsonObject { ["status"] = "ready", ["news"] = new JsonArray(1), ["name"] = null });

        Assert.Equal(("ready", "tool"), (answer.Is(HttpStatusCode.OK)["status"]!.GetValue<string>(), answer.Json["name"]!.GetValue<string>()));
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and cause = 'update resource'", installation));
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("resumed")]
    [InlineData("pending")]
    [InlineData("onboarding")]
    [InlineData("error")]
    [InlineData("uninstalled")]
    public async Task Another_status_is_a_conflict_that_says_why_and_nothing_of_the_call_is_done(string status)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        var refused = await acme.Patch(
            resource.Path, acme.Admin(installation), new JsonObject { ["status"] = status, ["name"] = "other" });

        Assert.NotEmpty(refused.IsConflict()["user"]!["message"]!.GetValue<string>());
        var read = (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        Assert.Equal(("ready", "tool"), (read["status"]!.GetValue<string>(), read["name"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("frozen")]
    [InlineData("Ready")]
    [InlineData("")]
    public async Task A_status_that_there_is_not_is_named(string status)
    {
        var resource = await acme.Provision(await acme.Install());

        (await acme.Patch(resource.Path, acme.Admin(resource.Installation), new JsonObject { ["status"] = status, ["name"] = "no spaces" }))
            .NamesFields("status", "name");
    }

    [Fact]
    public async Task Opting_in_to_experiments_later_is_kept_like_at_the_beginning()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var optIn = new JsonObject
        {
            ["protocolSettings"] = new JsonObject { ["experimentation"] = new JsonObject { ["edgeConfigId"] = "ecfg_later" } },
        };

        (await acme.Patch(resource.Path, acme.Admin(installation), optIn)).Is(HttpStatusCode.OK);
        (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["name"] = "better" })).Is(HttpStatusCode.OK);

        var read = (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        Assert.Equal("ecfg_later", read["protocolSettings"]!["experimentation"]!["edgeConfigId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Only_an_administrator_updates()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);

        (await acme.Patch(resource.Path, acme.Viewer(installation), new JsonObject { ["name"] = "mine" })).IsForbidden();
        (await acme.Patch(resource.Path, acme.System(installation), new JsonObject { ["name"] = "mine" })).IsForbidden();
        (await acme.Delete(resource.Path, acme.Viewer(installation))).IsForbidden();

        Assert.Equal("tool", (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK)["name"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_resource_is_gone_at_once_and_deleting_it_again_is_quiet(bool asVercel)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var caller = asVercel ? acme.System(installation) : acme.Admin(installation);
        var began = acme.Now;
        acme.Pass(TimeSpan.FromMinutes(20));

        (await acme.Delete(resource.Path, caller)).IsEmpty();
        var events = await acme.Ask<long>("select count(*) from domain_event where installation_id = $1", installation);
        (await acme.Delete(resource.Path, caller)).IsEmpty();

        Assert.Equal(events, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1", installation));
        (await acme.Get(resource.Path, acme.System(installation))).IsUnknown();
        (await acme.Patch(resource.Path, acme.Admin(installation), new JsonObject { ["name"] = "back" })).IsUnknown();
        (await acme.Post($"{resource.Path}/secrets/rotate", acme.Admin(installation))).IsUnknown();
        Assert.Equal([$"pro {began:HH:mm:ss} {acme.Now:HH:mm:ss}"], await acme.PlanPeriods(resource));
        // Whoever has claimed it already may still be at it, or may have failed and be about to try again.
        await acme.Eventually(async () =>
        {
            await acme.Work("operations");
            return await acme.Ask<string>(
                "select 'done' from operation where installation_id = $1 and kind = 'deprovision' and state = 'done'", installation);
        });
        Assert.Equal(1, acme.Workshop.Calls("Deprovision", resource.Id));
        Assert.False(acme.Workshop.Holds(resource.Id));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1 and secrets is not null", installation));
    }
}
