using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Provisioning.Postgres;

namespace Marketplace.Integration.Resources;

/// <summary>POST /v1/installations/{installationId}/resources. Source: contract §B.2, §C.2, §C.5, §E.2.</summary>
[Collection(SharedAcme.Name)]
public sealed class ProvisionResourceTests(Acme acme)
{
    [Fact]
    public async Task A_database_is_ready_with_its_secrets_at_once_and_the_customer_gets_in()
    {
        var installation = await acme.Install();

        var exchange = await acme.Customer.Provision(
            installation, "acme-postgres", "orders", "free", new JsonObject { ["region"] = "fra1" }, Cancel);

        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        Assert.True(exchange.Elapsed < TimeSpan.FromSeconds(5.5), $"{exchange.Elapsed}");
        var resource = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        Assert.Equal("ready", resource.Status);
        var customer = new Customer(Provisioned.Secrets(resource.Json["secrets"]!));
        Assert.Equal(["DATABASE_URL", "PGDATABASE", "PGHOST", "PGPASSWORD", "PGPORT", "PGUSER"], customer.Secrets.Keys.Order(StringComparer.Ordinal));
        await customer.Execute("create table orders (id int)", Cancel);
        Assert.Equal(0L, await customer.Read("select count(*) from orders", Cancel));
    }

    [Fact]
    public async Task The_answer_is_the_resource_and_its_secrets_and_a_later_read_is_the_same_without_them()
    {
        var installation = await acme.Install();
        var body = Requests.Provision(metadata: new JsonObject { ["workers"] = 2.50m, ["backups"] = true, ["tags"] = new JsonArray("blue") })
            .With("externalId", "deploy-button-1")
            .With("protocolSettings", new JsonObject { ["experimentation"] = new JsonObject { ["edgeConfigId"] = "ecfg_1" } });

        var answer = (await acme.Post(Paths.Resources(installation), acme.Admin(installation), body)).Is(HttpStatusCode.OK).AsObject();

        Assert.Equal(
            ["id", "productId", "name", "metadata", "status", "billingPlan", "notification", "protocolSettings", "secrets"], answer.Select(field => field.Key));
        var resource = new Provisioned(installation, answer);
        Assert.Equal(("acme-tools", "tool", "ready"), (answer["productId"]!.GetValue<string>(), answer["name"]!.GetValue<string>(), resource.Status));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"region":"iad1","workers":2.50,"backups":true,"tags":["blue"]}"""), answer["metadata"]), answer["metadata"]!.ToJsonString());
        Assert.Equal("pro", answer["billingPlan"]!["id"]!.GetValue<string>());
        Assert.Equal("ecfg_1", answer["protocolSettings"]!["experimentation"]!["edgeConfigId"]!.GetValue<string>());
        Assert.True(acme.Workshop.Opens(resource.Secret()));
        Assert.Equal("deploy-button-1", await acme.Ask<string>(
            "select external_id from resource where installation_id = $1 and resource_id = $2", installation, resource.Id));

        var read = (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        answer.Remove("secrets");
        Assert.Equal(answer.ToJsonString(), read.ToJsonString());
    }

    [Fact]
    public async Task The_plan_begins_when_the_resource_is_ready()
    {
        var installation = await acme.Install();

        var resource = await acme.Provision(installation, plan: "prepaid");

        Assert.Equal("prepayment", resource.Json["billingPlan"]!["type"]!.GetValue<string>());
        Assert.Equal([$"prepaid {acme.Now:HH:mm:ss} "], await acme.PlanPeriods(resource));
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_at_once()
    {
        var installation = await acme.Install();
        var (path, admin) = (Paths.Resources(installation), acme.Admin(installation));

        (await acme.Post(path, admin, "{}")).NamesFields("productId", "name");
        (await acme.Post(path, admin, Requests.Provision(product: "acme-rockets", name: ""))).NamesFields("productId", "name");
        (await acme.Post(path, admin, Requests.Provision(plan: null, name: "a b", metadata: new() { ["region"] = "sfo1", ["workers"] = 9 })))
            .NamesFields("billingPlanId", "name", "region", "workers");
        (await acme.Post(path, admin, Requests.Provision(plan: "gold"))).NamesFields("billingPlanId");
        (await acme.Post(path, admin, Requests.Provision().With("name", null).With("billingPlanId", null))).NamesFields("name", "billingPlanId");

        Assert.Equal(0, await acme.Ask<long>("select count(*) from resource where installation_id = $1", installation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ünique")]
    [InlineData("tool\n")]
    [InlineData(129)]
    public async Task A_name_that_the_contract_does_not_allow_is_refused(object name)
    {
        var installation = await acme.Install();
        var text = name is int length ? new string('a', length) : (string)name;

        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision(text))).NamesFields("name");
    }

    [Theory]
    [InlineData("region", "\"mars\"")]
    [InlineData("region", "7")]
    [InlineData("region", "null")]
    [InlineData("workers", "0")]
    [InlineData("workers", "\"2\"")]
    [InlineData("workers", "1e400")]
    [InlineData("backups", "\"true\"")]
    [InlineData("tags", "[\"red\"]")]
    [InlineData("tags", "[1,\"blue\"]")]
    [InlineData("tags", "\"blue\"")]
    [InlineData("other", "{\"nested\":true}")]
    [InlineData("other", "[true]")]
    [InlineData("other", "\"\\ud800\"")]
    public async Task A_metadata_value_that_does_not_fit_is_named_by_its_property(string property, string json)
    {
        var installation = await acme.Install();
        var body = $$$"""{"productId":"acme-tools","name":"tool","billingPlanId":"pro","metadata":{"{{{property}}}":{{{json}}}}}""";

        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), body)).NamesFields(property);
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    public async Task Metadata_that_is_no_object_is_refused(string json)
    {
        var installation = await acme.Install();
        var body = $$"""{"productId":"acme-tools","name":"tool","billingPlanId":"pro","metadata":{{json}}}""";

        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), body)).NamesFields("metadata");
    }

    [Theory]
    [InlineData("name", "7")]
    [InlineData("billingPlanId", "{}")]
    [InlineData("externalId", "\"a\\u0000b\"")]
    [InlineData("protocolSettings", "[]")]
    [InlineData("metadata", "{\"\\u0000\":1}")]
    public async Task A_field_of_the_wrong_kind_is_refused(string field, string json)
    {
        var installation = await acme.Install();

        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision().With(field, JsonNode.Parse(json)))).IsInvalid();

        Assert.Equal(0, await acme.Ask<long>("select count(*) from resource where installation_id = $1", installation));
    }

    [Fact]
    public async Task Metadata_that_no_field_of_the_form_has_is_kept_as_it_was_sent()
    {
        var installation = await acme.Install();

        var resource = await acme.Provision(installation, metadata: JsonNode.Parse("""{"news":"ä","size":[1,2.5],"none":[]}""")!.AsObject());

        var read = (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK)["metadata"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"region":"iad1","news":"ä","size":[1,2.5],"none":[]}"""), read), read.ToJsonString());
    }

    [Fact]
    public async Task A_plan_that_cannot_be_chosen_now_is_a_conflict_that_the_customer_can_read()
    {
        var installation = await acme.Install();
        var (path, admin) = (Paths.Resources(installation), acme.Admin(installation));

        Assert.NotNull((await acme.Post(path, admin, Requests.Provision(plan: "retired"))).IsConflict()["user"]);
        var first = await acme.Provision(installation, plan: "free");
        Assert.NotNull((await acme.Post(path, admin, Requests.Provision(plan: "free"))).IsConflict()["user"]);

        (await acme.Delete(first.Path, admin)).IsEmpty();
        (await acme.Post(path, admin, Requests.Provision(plan: "free"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_plan_with_a_limit_keeps_it_against_requests_at_the_same_moment()
    {
        var installation = await acme.Install();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => acme.Post(
            Paths.Resources(installation), acme.Admin(installation), Requests.Provision($"tool-{number}", "free"), Acme.NewKey())));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Only_an_administrator_provisions()
    {
        var installation = await acme.Install();

        (await acme.Post(Paths.Resources(installation), acme.Viewer(installation), Requests.Provision())).IsForbidden();
        (await acme.Post(Paths.Resources(installation), acme.System(installation), Requests.Provision())).IsForbidden();
    }

    [Fact]
    public async Task A_refusal_of_the_provisioner_is_told_to_the_customer_and_nothing_is_left()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "no-room", new WorkshopEvent.Refuses("There is no room left in this region."));

        var answer = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("no-room", "free"));

        Assert.Equal("There is no room left in this region.", answer.IsConflict()["user"]!["message"]!.GetValue<string>());
        Assert.Equal("uninstalled", await acme.Ask<string>("select status from resource where installation_id = $1", installation));
        var id = await acme.Ask<string>("select resource_id from resource where installation_id = $1", installation);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from plan_period where installation_id = $1", installation));
        await acme.Work("operations", "outbox");
        Assert.Equal(1, acme.Workshop.Calls("Deprovision", id!));
        Assert.DoesNotContain(acme.Vercel.Calls, call => call.Path.Contains(installation, StringComparison.Ordinal));

        await acme.Provision(installation, "no-room", "free");
    }

    [Fact]
    public async Task A_fault_of_the_provisioner_is_answered_as_pending_and_made_good_later()
    {
        var installation = await acme.Install();
        acme.Workshop.Plan("Provision", "unlucky", new WorkshopEvent.Fails());

        var exchange = await acme.Customer.Provision(installation, "acme-tools", "unlucky", "pro", [], Cancel);

        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        var resource = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        Assert.Equal("pending", resource.Status);
        Assert.Empty(resource.Json["secrets"]!.AsArray());
        Assert.Empty(await acme.PlanPeriods(resource));

        acme.Pass(TimeSpan.FromMinutes(7));
        await acme.TryAgainNow(resource);
        await acme.Work("operations", "outbox");

        var atVercel = acme.Customer.Installation(installation).Find(resource.Id)!;
        Assert.Equal("ready", atVercel.Status);
        Assert.True(acme.Workshop.Opens(atVercel.Secrets.Single(secret => secret.Name == "ACME_KEY").Value));
        Assert.Equal([$"pro {acme.Now:HH:mm:ss} "], await acme.PlanPeriods(resource));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
