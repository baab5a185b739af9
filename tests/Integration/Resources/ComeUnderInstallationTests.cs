using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Resources;

/// <summary>PATCH of a resource with a plan of its installation, which the list of its plans names. Source: contract §B.2, §B.3, §C.1, §E.3.</summary>
public sealed class ComeUnderInstallationTests(ComeUnderInstallationTests.Fixture fixture) : IClassFixture<ComeUnderInstallationTests.Fixture>
{
    private Acme Acme => fixture.Acme;

    [Fact]
    public async Task Whatever_plan_the_list_names_can_be_chosen()
    {
        var resource = await Acme.Provision(await Acme.Install(), "whatever");
        var listed = await Listed(resource);
        Assert.Equal(["pro", "starter", "company", "group"], listed.Select(plan => plan["id"]!.GetValue<string>()));

        foreach (var plan in listed)
        {
            var id = plan["id"]!.GetValue<string>();
            Assert.Equal(id, (await Choose(resource, id)).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task The_plan_that_the_installation_has_covers_a_resource_that_names_it_from_that_moment()
    {
        var installation = await Acme.Install();
        var resource = await Acme.Provision(installation, "covered");
        var start = Acme.Now;
        Acme.Pass(TimeSpan.FromMinutes(5));

        var covered = (await Choose(resource, "starter")).Is(HttpStatusCode.OK);
        await Acme.Work("operations");

        Assert.Equal(("starter", "installation"), (covered["billingPlan"]!["id"]!.GetValue<string>(), covered["billingPlan"]!["scope"]!.GetValue<string>()));
        Assert.Equal("starter", (await Acme.Get(resource.Path, Acme.System(installation))).Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal("starter", Acme.Workshop.PlanOf(resource.Id));
        Assert.Equal(
            [$"pro {start:HH:mm:ss} {Acme.Now:HH:mm:ss}", $"starter {Acme.Now:HH:mm:ss} "], await Acme.PlanPeriods(resource));
        // Nothing has happened to the installation itself.
        Assert.Equal(["installation.Installed"], await Events(installation, "installation."));
        Assert.Equal(["resource.CameUnderInstallation"], (await Events(installation, "resource.")).TakeLast(1));
    }

    [Fact]
    public async Task Another_plan_of_the_installation_takes_all_that_is_under_it_along()
    {
        var installation = await Acme.Install();
        var other = await Acme.Provision(installation, "other", plan: "starter");
        var own = await Acme.Provision(installation, "own");
        var resource = await Acme.Provision(installation, "switching");
        Acme.Pass(TimeSpan.FromMinutes(5));

        (await Choose(resource, "company")).Is(HttpStatusCode.OK);
        await Acme.Work("operations");

        Assert.Equal("company", (await Acme.Get(Paths.Installation(installation), Acme.System(installation)))
            .Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal(
            ("company", "company", "pro"),
            (Acme.Workshop.PlanOf(resource.Id), Acme.Workshop.PlanOf(other.Id), Acme.Workshop.PlanOf(own.Id)));
        Assert.Equal(["starter", "company"], await Plans(other));
        Assert.Equal(["pro", "company"], await Plans(resource));
        Assert.Equal(["starter", "company"], await Acme.AskAll<string>(
            "select billing_plan_id from installation_plan_period where installation_id = $1 order by started_at", installation));
    }

    [Fact]
    public async Task A_resource_that_is_under_the_installation_switches_it_as_well_and_is_told_once()
    {
        var installation = await Acme.Install();
        var resource = await Acme.Provision(installation, "under", plan: "starter");
        Acme.Pass(TimeSpan.FromMinutes(5));

        (await Choose(resource, "company")).Is(HttpStatusCode.OK);
        await Acme.Work("operations");

        Assert.Equal("company", Acme.Workshop.PlanOf(resource.Id));
        Assert.Equal(1, Acme.Workshop.Calls("ChangePlan", resource.Id));
        Assert.Equal(["starter", "company"], await Plans(resource));
    }

    [Fact]
    public async Task Asking_again_changes_nothing()
    {
        var installation = await Acme.Install();
        var resource = await Acme.Provision(installation, "again");
        var first = await Choose(resource, "company");
        var events = await Events(installation, "");
        Acme.Pass(TimeSpan.FromMinutes(5));

        var again = await Choose(resource, "company");

        Assert.Equal(first.Is(HttpStatusCode.OK).ToJsonString(), again.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(events, await Events(installation, ""));
        Assert.Equal(["company"], (await Plans(resource)).TakeLast(1));
    }

    [Fact]
    public async Task A_resource_leaves_the_installations_plan_for_one_of_its_own_again()
    {
        var resource = await Acme.Provision(await Acme.Install(), "back", plan: "starter");
        Acme.Pass(TimeSpan.FromMinutes(5));

        (await Choose(resource, "pro")).Is(HttpStatusCode.OK);

        Assert.Equal(["starter", "pro"], await Plans(resource));
    }

    [Fact]
    public async Task Where_the_installations_plan_has_no_room_it_is_listed_as_full_and_refused_with_the_same_words()
    {
        var installation = await Acme.Install();
        await Acme.Provision(installation, "room-1", plan: "group");
        var second = await Acme.Provision(installation, "room-2", plan: "group");
        var third = await Acme.Provision(installation, "room-3");

        var full = (await Listed(third)).Single(plan => plan["id"]!.GetValue<string>() == "group");

        Assert.True(full["disabled"]!.GetValue<bool>());
        var refused = (await Choose(third, "group")).IsConflict();
        Assert.Equal(full["highlightedDetails"]![0]!["value"]!.GetValue<string>(), refused["user"]!["message"]!.GetValue<string>());
        // Who is under it already needs no room.
        Assert.Null((await Listed(second)).Single(plan => plan["id"]!.GetValue<string>() == "group")["disabled"]);
        (await Choose(second, "group")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_that_want_the_last_room_at_the_same_moment_get_one_yes_and_one_409()
    {
        var installation = await Acme.Install();
        await Acme.Provision(installation, "last-1", plan: "group");
        var (one, other) = (await Acme.Provision(installation, "last-2"), await Acme.Provision(installation, "last-3"));

        var answers = await Task.WhenAll(Choose(one, "group"), Choose(other, "group"));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.Status).Order());
        Assert.Equal(2, await Acme.Ask<long>(
            "select count(*) from resource where installation_id = $1 and billing_plan_id is null", installation));
    }

    [Fact]
    public async Task What_else_was_asked_is_done_with_it_or_nothing_is()
    {
        var installation = await Acme.Install();
        var resource = await Acme.Provision(installation, "before");

        (await Acme.Patch(resource.Path, Acme.Admin(installation), new JsonObject { ["billingPlanId"] = "company", ["name"] = "no spaces" }))
            .NamesFields("name");
        Assert.Equal("starter", (await Acme.Get(Paths.Installation(installation), Acme.System(installation)))
            .Is(HttpStatusCode.OK)["billingPlan"]!["id"]!.GetValue<string>());

        var done = await Acme.Patch(resource.Path, Acme.Admin(installation), new JsonObject { ["billingPlanId"] = "company", ["name"] = "after" });
        Assert.Equal("after", done.Is(HttpStatusCode.OK)["name"]!.GetValue<string>());
        Assert.Equal("company", done.Json["billingPlan"]!["id"]!.GetValue<string>());
    }

    private Task<Answer> Choose(Provisioned resource, string plan) =>
        Acme.Patch(resource.Path, Acme.Admin(resource.Installation), new JsonObject { ["billingPlanId"] = plan });

    private async Task<List<JsonNode>> Listed(Provisioned resource) =>
        [.. (await Acme.Get($"{resource.Path}/plans", Acme.System(resource.Installation))).Is(HttpStatusCode.OK)["plans"]!.AsArray().Select(plan => plan!)];

    private Task<IReadOnlyList<string>> Plans(Provisioned resource) => Acme.AskAll<string>(
        "select billing_plan_id from plan_period where installation_id = $1 and resource_id = $2 order by started_at", resource.Installation, resource.Id);

    private Task<IReadOnlyList<string>> Events(string installation, string concept) => Acme.AskAll<string>(
        "select kind from domain_event where installation_id = $1 and kind like $2 || '%' order by event_id", installation, concept);

    public sealed class Fixture : IAsyncLifetime
    {
        public Acme Acme { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-whole-installations.catalog.json" });

        public ValueTask DisposeAsync() => Acme.DisposeAsync();
    }
}
