using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Idempotency;

/// <summary>The header Idempotency-Key is constant across the repetitions of one operation. Source: contract §B.0.</summary>
[Collection(SharedAcme.Name)]
public sealed class IdempotencyTests(Acme acme)
{
    [Fact]
    public async Task Provisioning_twice_with_one_key_creates_one_resource_and_answers_the_same_bytes_secrets_included()
    {
        var installation = await acme.Install();
        var key = Acme.NewKey();

        var first = await Provision(installation, key);
        acme.Pass(TimeSpan.FromMinutes(3));
        (await acme.Patch(
            new Provisioned(installation, first.Is(HttpStatusCode.OK)).Path, acme.Admin(installation), new JsonObject { ["name"] = "renamed" })).Is(HttpStatusCode.OK);
        var second = await Provision(installation, key);

        Assert.Equal((first.Status, first.MediaType), (second.Status, second.MediaType));
        Assert.Equal(first.Bytes, second.Bytes);
        Assert.NotEmpty(first.Json["secrets"]!.AsArray());
        Assert.Equal(1, await Resources(installation));
    }

    [Fact]
    public async Task Duplicates_at_the_same_moment_make_one_resource_and_all_get_its_secrets()
    {
        var installation = await acme.Install();
        var key = Acme.NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Provision(installation, key)));

        var resource = new Provisioned(installation, answers[0].Is(HttpStatusCode.OK));
        Assert.All(answers, answer => Assert.Equal(answers[0].Bytes, answer.Bytes));
        Assert.Equal(1, await Resources(installation));
        Assert.Equal(1, acme.Workshop.Calls("Provision", resource.Id));
        Assert.True(acme.Workshop.Opens(resource.Secret()));
    }

    [Fact]
    public async Task A_key_that_stands_for_another_request_is_refused()
    {
        var installation = await acme.Install();
        var key = Acme.NewKey();
        var resource = new Provisioned(installation, (await Provision(installation, key)).Is(HttpStatusCode.OK));
        const string Code = "idempotency_key_reused";

        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("another"), key)).IsRefusal(HttpStatusCode.Conflict, Code);
        (await acme.Delete(resource.Path, acme.Admin(installation), body: null, key)).IsRefusal(HttpStatusCode.Conflict, Code);
        (await acme.Patch(resource.Path, acme.Admin(installation), Requests.Provision(), key)).IsRefusal(HttpStatusCode.Conflict, Code);

        Assert.Equal(1, await Resources(installation));
        (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_key_of_another_installation_is_another_key()
    {
        var (one, other) = (await acme.Install(), await acme.Install());
        var key = Acme.NewKey();

        var first = new Provisioned(one, (await Provision(one, key)).Is(HttpStatusCode.OK));
        var second = new Provisioned(other, (await Provision(other, key)).Is(HttpStatusCode.OK));

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task Without_a_key_each_request_is_a_new_one()
    {
        var installation = await acme.Install();

        (await Provision(installation, key: null)).Is(HttpStatusCode.OK);
        (await Provision(installation, key: null)).Is(HttpStatusCode.OK);

        Assert.Equal(2, await Resources(installation));
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from idempotency_record where installation_id = $1 and operation_id is not null", installation));
    }

    [Fact]
    public async Task The_answer_is_stored_encrypted_and_only_for_its_own_key()
    {
        var installation = await acme.Install();
        var (key, otherKey) = (Acme.NewKey(), Acme.NewKey());
        var resource = new Provisioned(installation, (await Provision(installation, key)).Is(HttpStatusCode.OK));

        var stored = (await acme.AskAll<byte[]>(
            "select body from idempotency_record where installation_id = $1 and idempotency_key = $2", installation, key)).Single();
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(resource.Secret())));
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(resource.Id)));
        foreach (var table in new[] { "idempotency_record", "secret_generation", "operation", "outbox_message", "domain_event", "resource" })
        {
            Assert.Equal(0, await acme.Ask<long>(
                $"select count(*) from {table} t where strpos(to_jsonb(t)::text, $1) > 0 or strpos(to_jsonb(t)::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0",
                resource.Secret()));
        }

        await acme.Execute(
            """
            insert into idempotency_record select installation_id, $3, request_hash, requested_at, operation_id, status_code, body
            from idempotency_record where installation_id = $1 and idempotency_key = $2
            """,
            installation, key, otherKey);
        Assert.Equal(HttpStatusCode.InternalServerError, (await Provision(installation, otherKey)).Status);
    }

    /// <summary>What is wrong by itself is an answer too: the corrected request is another one, and comes with another key.</summary>
    [Theory]
    [InlineData("PUT", "", """{"scopes":[]}""", """{}""")]
    [InlineData("POST", "/resources", """{"name":"tool"}""", """{"name":"another"}""")]
    [InlineData("PATCH", "/resources/{0}", """{"metadata":7}""", """{"name":"better"}""")]
    [InlineData("POST", "/resources/{0}/secrets/rotate", """{"delayOldSecretsExpirationHours":721}""", """{}""")]
    [InlineData("POST", "/billing/provision", """{"invoiceId":""}""", """{"invoiceId":"mi_1"}""")]
    public async Task A_request_with_a_wrong_field_has_its_key_too(string method, string path, string wrong, string another)
    {
        var resource = await acme.Provision(await acme.Install());
        var (at, admin, key) = (Paths.Installation(resource.Installation) + path.Replace("{0}", resource.Id, StringComparison.Ordinal),
            acme.Admin(resource.Installation), Acme.NewKey());

        var refused = await acme.Call(new HttpMethod(method), at, admin, wrong, key);
        refused.IsRefusal(HttpStatusCode.BadRequest, "validation_error");

        Assert.Equal(refused.Bytes, (await acme.Call(new HttpMethod(method), at, admin, wrong, key)).Bytes);
        (await acme.Call(new HttpMethod(method), at, admin, another, key)).IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Fact]
    public async Task A_call_that_was_not_allowed_leaves_its_key_unused()
    {
        var installation = await acme.Install();
        var key = Acme.NewKey();

        (await acme.Post(Paths.Resources(installation), acme.Viewer(installation), Requests.Provision(), key)).IsForbidden();
        (await acme.Post(Paths.Resources(installation), acme.Admin(installation), "{", key)).IsInvalid();

        (await Provision(installation, key)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refusal_is_repeated_too_and_so_is_an_answer_without_a_body()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, plan: "free");
        var (refusedKey, deleteKey) = (Acme.NewKey(), Acme.NewKey());

        var refused = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("second", "free"), refusedKey);
        (await acme.Delete(resource.Path, acme.Admin(installation), body: null, deleteKey)).IsEmpty();
        (await acme.Delete(resource.Path, acme.Admin(installation), body: null, deleteKey)).IsEmpty();
        var again = await acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision("second", "free"), refusedKey);

        refused.IsConflict();
        Assert.Equal(refused.Bytes, again.Bytes);
    }

    [Fact]
    public async Task A_repeated_upsert_does_not_bring_an_old_token_back()
    {
        var installation = Acme.NewInstallationId();
        var (path, key) = (Paths.Installation(installation), Acme.NewKey());
        (await acme.Put(path, acme.Admin(installation), Requests.Upsert("first"), key)).Is(HttpStatusCode.OK);
        (await acme.Put(path, acme.Admin(installation), Requests.Upsert("second"), Acme.NewKey())).Is(HttpStatusCode.OK);
        var token = (await acme.AskAll<byte[]>("select access_token from installation where installation_id = $1", installation)).Single();

        (await acme.Put(path, acme.Admin(installation), Requests.Upsert("first"), key)).Is(HttpStatusCode.OK);

        Assert.Equal(token, (await acme.AskAll<byte[]>("select access_token from installation where installation_id = $1", installation)).Single());
    }

    [Fact]
    public async Task A_key_without_end_is_refused()
    {
        var installation = await acme.Install();

        (await Provision(installation, new string('k', 255))).Is(HttpStatusCode.OK);
        (await Provision(installation, new string('k', 256))).IsInvalid();
    }

    private Task<Answer> Provision(string installation, string? key) =>
        acme.Post(Paths.Resources(installation), acme.Admin(installation), Requests.Provision(), key);

    private Task<long> Resources(string installation) =>
        acme.Ask<long>("select count(*) from resource where installation_id = $1", installation);
}
