using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Idempotency;

/// <summary>The database goes away during a request: 503, nothing half-written, and the repetition completes it. Source: contract §B.0, §E.7.</summary>
public sealed class LostDatabaseTests : IAsyncLifetime
{
    private Acme acme = null!;

    public async ValueTask InitializeAsync() => acme = await Acme.Open(new AcmeOptions { HasCuttableLine = true });

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task Every_endpoint_answers_503_without_a_database_and_works_again_with_one()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var (path, admin, vercel) = (Paths.Installation(installation), acme.Admin(installation), acme.System(installation));
        acme.Line.Cut();

        (await acme.Put(path, admin, Requests.Upsert(), Acme.NewKey())).IsUnavailable();
        (await acme.Get(path, vercel)).IsUnavailable();
        (await acme.Patch(path, admin, new JsonObject())).IsUnavailable();
        (await acme.Delete(path, admin)).IsUnavailable();
        (await acme.Get($"{path}/plans", vercel)).IsUnavailable();
        (await acme.Post(Paths.Resources(installation), admin, Requests.Provision("other"), Acme.NewKey())).IsUnavailable();
        (await acme.Get(resource.Path, vercel)).IsUnavailable();
        (await acme.Patch(resource.Path, admin, new JsonObject { ["name"] = "other" })).IsUnavailable();
        (await acme.Post($"{resource.Path}/secrets/rotate", admin)).IsUnavailable();
        (await acme.Get($"{resource.Path}/plans", vercel)).IsUnavailable();
        (await acme.Delete(resource.Path, admin)).IsUnavailable();
        (await acme.Get("/v1/products/acme-tools/plans", vercel)).Is(HttpStatusCode.OK);

        acme.Line.Mend();
        var read = await acme.Get(resource.Path, vercel);
        Assert.Equal(("ready", "tool"), (read.Is(HttpStatusCode.OK)["status"]!.GetValue<string>(), read.Json["name"]!.GetValue<string>()));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from resource"));
        Assert.True(acme.Workshop.Opens(resource.Secret()));
    }

    [Fact]
    public async Task A_provision_that_loses_its_database_half_way_is_completed_by_its_repetition()
    {
        var installation = await acme.Install();
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Workshop.Plan("Provision", "cut-off", new WorkshopEvent.Waits(finished));
        var key = Acme.NewKey();

        var asked = Provision();
        var id = await acme.Eventually(() => acme.Ask<string>("select resource_id from operation where leased_until > clock_timestamp()"));
        acme.Line.Cut();
        finished.SetResult();
        (await asked).IsUnavailable();

        Assert.Equal("pending", await acme.Ask<string>("select status from resource"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation"));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from idempotency_record where operation_id is not null and status_code is not null"));

        acme.Line.Mend();
        // The lease of the attempt that nobody knows anything of runs out.
        await acme.Execute("update operation set leased_until = '-infinity'");
        var again = new Provisioned(installation, (await Provision()).Is(HttpStatusCode.OK));
        Assert.Equal((id, "ready"), (again.Id, again.Status));
        Assert.True(acme.Workshop.Opens(again.Secret()));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from resource"));

        Task<Answer> Provision() =>
            acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("cut-off"), key);
    }

    [Fact]
    public async Task A_webhook_that_cannot_be_stored_is_not_acknowledged()
    {
        const string Body = """{"id":"whk_lost","type":"marketplace.news","createdAt":1,"payload":{}}""";
        acme.Line.Cut();
        (await acme.Webhook(Body)).IsUnavailable();

        acme.Line.Mend();
        Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(Body)).Status);
        Assert.Equal(1, await acme.Ask<long>("select count(*) from webhook"));
    }
}
