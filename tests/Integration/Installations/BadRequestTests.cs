using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Shell.Http;

namespace Marketplace.Integration.Installations;

/// <summary>Input that no endpoint can use, and what the log keeps of any. Source: contract §B.0.</summary>
[Collection(SharedAcme.Name)]
public sealed class BadRequestTests(Acme acme)
{
    [Fact]
    public async Task A_body_without_end_is_a_413_and_the_server_goes_on()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var padded = new JsonObject { ["padding"] = new string('x', BodyLimits.BytesMax) }.ToJsonString();
        var admin = acme.Admin(installation);

        foreach (var (method, path) in Mutations(resource))
        {
            (await acme.Call(method, path, admin, padded, Acme.NewKey())).IsRefusal(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
            (await acme.Get(resource.Path, acme.System(installation))).Is(HttpStatusCode.OK);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{} {}")]
    public async Task A_body_that_is_no_JSON_object_is_a_400_and_changes_nothing(string body)
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var before = (await acme.Get(resource.Path, acme.System(installation))).Text;

        // The deletion of a resource has no body, so that nobody reads it.
        foreach (var (method, path) in Mutations(resource).Where(call => call != (HttpMethod.Delete, resource.Path)))
            (await acme.Call(method, path, acme.Admin(installation), body, Acme.NewKey())).IsInvalid();

        Assert.Equal(before, (await acme.Get(resource.Path, acme.System(installation))).Text);
    }

    [Theory]
    [InlineData("res%00")]
    [InlineData("res_%F0%9F%98%80")]
    [InlineData("..%2F..%2Fhealth")]
    [InlineData("'%20or%201=1--")]
    [InlineData("%C3")]
    public async Task An_id_of_any_characters_is_unknown_or_refused_but_no_fault(string id)
    {
        var installation = await acme.Install();

        var answer = await acme.Get(Paths.Resource(installation, id), acme.System(installation));

        Assert.True(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, answer.ToString());
        (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_token_and_no_secret_is_ever_logged()
    {
        var installation = Acme.NewInstallationId();
        const string AccessToken = "access-token-to-look-for";
        (await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert(AccessToken), Acme.NewKey())).Is(HttpStatusCode.OK);
        (await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert(AccessToken).Without("account"))).IsInvalid();
        var tool = new Provisioned(installation, (await acme.Post(
            Paths.Resources(installation), acme.Admin(installation), Requests.Provision("logged"), Acme.NewKey())).Is(HttpStatusCode.OK));
        var database = new Provisioned(installation, (await acme.Post(
            Paths.Resources(installation), acme.Admin(installation), Requests.Provision("logged", "free", "acme-postgres"))).Is(HttpStatusCode.OK));
        var rotated = (await acme.Post(Paths.Rotate(installation, tool.Id), acme.Admin(installation))).Is(HttpStatusCode.OK);
        acme.Workshop.Plan("Rotate", "logged", new WorkshopEvent.Fails());
        Assert.Equal(HttpStatusCode.Accepted, (await acme.Post(Paths.Rotate(installation, tool.Id), acme.Admin(installation))).Status);
        await acme.Work("secret-expiry", "operations", "outbox");

        string[] secrets =
        [
            AccessToken, Acme.ClientSecret, tool.Secret(), Provisioned.Secrets(rotated["secrets"]!)["ACME_KEY"],
            database.Secret("PGPASSWORD"), "team@blue-whale.example",
        ];
        var lines = acme.Server.Log.Lines;
        Assert.Contains(lines, line => line.Contains(tool.Id, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal)));
        Assert.All(secrets, secret => Assert.DoesNotContain(lines, line => line.Contains(Uri.EscapeDataString(secret), StringComparison.Ordinal)));
    }

    private static IEnumerable<(HttpMethod Method, string Path)> Mutations(Provisioned resource) =>
    [
        (HttpMethod.Put, Paths.Installation(resource.Installation)),
        (HttpMethod.Patch, Paths.Installation(resource.Installation)),
        (HttpMethod.Delete, Paths.Installation(resource.Installation)),
        (HttpMethod.Post, Paths.Resources(resource.Installation)),
        (HttpMethod.Patch, resource.Path),
        (HttpMethod.Post, $"{resource.Path}/secrets/rotate"),
        (HttpMethod.Delete, resource.Path),
    ];
}
