using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Shell.Persistence;
using Marketplace.Simulator.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Installations;

/// <summary>PUT /v1/installations/{installationId}. Source: contract §B.1, §E.1, §E.6.</summary>
[Collection(SharedAcme.Name)]
public sealed class UpsertInstallationTests(Acme acme)
{
    [Fact]
    public async Task The_first_upsert_installs_and_needs_no_plan_where_each_resource_has_its_own()
    {
        var installation = Acme.NewInstallationId();

        var answer = await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert());

        Assert.Equal("""{"notification":null}""", answer.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("active", await Stage(installation));
        Assert.Equal(acme.Now.UtcDateTime, await acme.Ask<DateTime>("select installed_at from installation where installation_id = $1", installation));
        Assert.Equal(["installation.Installed"], await Events(installation));
    }

    [Fact]
    public async Task The_same_upsert_with_a_new_token_keeps_the_data_and_replaces_the_credentials()
    {
        var installation = await acme.Install();
        var resource = await acme.Provision(installation);
        var installedAt = await acme.Ask<DateTime>("select installed_at from installation where installation_id = $1", installation);
        acme.Pass(TimeSpan.FromMinutes(5));

        var again = await acme.Customer.InstallAgain(installation, TestContext.Current.CancellationToken);

        Assert.True(again is { IsSuccess: true, Findings.IsEmpty: true }, again.ToString());
        Assert.Equal(acme.Customer.Installation(installation).Tokens[^1].Value, await AccessToken(installation));
        Assert.Equal(installedAt, await acme.Ask<DateTime>("select installed_at from installation where installation_id = $1", installation));
        var found = await acme.Get(resource.Path, acme.System(installation));
        Assert.Equal("ready", found.Is(HttpStatusCode.OK)["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_an_upsert_says_of_the_account_replaces_what_was_known()
    {
        var installation = Acme.NewInstallationId();
        var path = Paths.Installation(installation);
        (await acme.Put(path, acme.Admin(installation), Requests.Upsert())).Is(HttpStatusCode.OK);

        var changed = Requests.Upsert(name: "Red Whale").Without("account.contact").With("scopes", new JsonArray("read-write:marketplace"));
        (await acme.Put(path, acme.Admin(installation), changed)).Is(HttpStatusCode.OK);

        Assert.Equal("Red Whale", await acme.Ask<string>("select account_name from installation where installation_id = $1", installation));
        Assert.Null(await acme.Ask<string>("select contact_email from installation where installation_id = $1", installation));
        Assert.Equal(1, await acme.Ask<int>("select cardinality(scopes) from installation where installation_id = $1", installation));
    }

    [Fact]
    public async Task What_somebody_has_accepted_stays_accepted_and_a_new_consent_is_added()
    {
        var installation = Acme.NewInstallationId();
        var path = Paths.Installation(installation);
        (await acme.Put(path, acme.Admin(installation), Requests.Upsert())).Is(HttpStatusCode.OK);

        var renewed = new JsonObject { ["privacy"] = "2027-01-22T09:00:00Z", ["toc"] = "2027-01-22T10:00:00+01:00" };
        (await acme.Put(path, acme.Admin(installation), Requests.Upsert().With("acceptedPolicies", renewed))).Is(HttpStatusCode.OK);

        var accepted = JsonNode.Parse((await acme.Ask<string>(
            "select accepted_policies::text from installation where installation_id = $1", installation))!)!.AsObject();
        Assert.Equal(
            [("eula", At("2027-01-21T09:00:00Z")), ("privacy", At("2027-01-22T09:00:00Z")), ("toc", At("2027-01-22T09:00:00Z"))],
            accepted.Select(policy => (policy.Key, policy.Value!.GetValue<DateTimeOffset>())).OrderBy(policy => policy.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_repetition_that_says_nothing_new_changes_nothing_but_the_credentials()
    {
        var installation = Acme.NewInstallationId();
        var path = Paths.Installation(installation);
        (await acme.Put(path, acme.Admin(installation), Requests.Upsert("old-token"))).Is(HttpStatusCode.OK);
        var before = await Row(installation);
        acme.Pass(TimeSpan.FromMinutes(5));

        var again = await acme.Put(path, acme.Admin(installation), Requests.Upsert("new-token"), Acme.NewKey());

        Assert.Equal("""{"notification":null}""", again.Is(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("new-token", await AccessToken(installation));
        Assert.Equal(before, await Row(installation));
        Assert.Equal(["installation.Installed"], await Events(installation));
    }

    [Fact]
    public async Task The_installer_may_leave_the_team_and_nothing_changes_for_it()
    {
        var team = acme.Customer.CreateTeam("Left behind");
        var installer = new Person(team.AccountId, "90e1", "member-who-is-gone", PersonRole.Admin, "gone@example.test", "Gone");
        var installation = Acme.NewInstallationId();
        (await acme.Put(Paths.Installation(installation), acme.Vercel.Tokens.ForUser(installer, installation), Requests.Upsert())).Is(HttpStatusCode.OK);

        // Nobody asks for the installer again: whoever administers the team now does everything.
        var admin = acme.Vercel.Tokens.ForUser(team.Admin, installation);
        (await acme.Put(Paths.Installation(installation), admin, Requests.Upsert("new-token"))).Is(HttpStatusCode.OK);
        var resource = (await acme.Post(Paths.Resources(installation), admin, Requests.Provision())).Is(HttpStatusCode.OK);
        (await acme.Post(Paths.Rotate(installation, resource["id"]!.GetValue<string>()), admin)).Is(HttpStatusCode.OK);
        (await acme.Delete(Paths.Installation(installation), admin)).Is(HttpStatusCode.OK);

        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from installation where installation_id = $1 and to_jsonb(installation)::text like $2", installation, $"%{installer.UserId}%"));
    }

    [Fact]
    public async Task The_access_token_is_encrypted_at_rest_and_only_for_its_own_row()
    {
        var (one, other) = (Acme.NewInstallationId(), Acme.NewInstallationId());
        const string Token = "token-that-nobody-may-read";
        (await acme.Put(Paths.Installation(one), acme.Admin(one), Requests.Upsert(Token))).Is(HttpStatusCode.OK);
        (await acme.Put(Paths.Installation(other), acme.Admin(other), Requests.Upsert())).Is(HttpStatusCode.OK);

        Assert.Equal(Token, await AccessToken(one));
        var stored = (await acme.AskAll<byte[]>("select access_token from installation where installation_id = $1", one)).Single();
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Token)));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from installation where to_jsonb(installation)::text like $1", $"%{Token}%"));

        var own = (await acme.AskAll<byte[]>("select access_token from installation where installation_id = $1", other)).Single();
        await acme.Execute("update installation set access_token = $2 where installation_id = $1", other, stored);
        await Assert.ThrowsAnyAsync<Exception>(() => AccessToken(other));

        // The worker goes on with it.
        await acme.Execute("update installation set access_token = $2 where installation_id = $1", other, own);
    }

    [Fact]
    public async Task Many_first_upserts_at_once_install_once()
    {
        var installation = Acme.NewInstallationId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => acme.Put(
            Paths.Installation(installation), acme.Admin(installation), Requests.Upsert($"token-{number}"), Acme.NewKey())));

        Assert.All(answers, answer => answer.Is(HttpStatusCode.OK));
        Assert.Single(await Events(installation), "installation.Installed");
        Assert.StartsWith("token-", await AccessToken(installation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_finalized_is_never_revived()
    {
        var installation = await acme.Install();
        Assert.True((await acme.Delete(Paths.Installation(installation), acme.Admin(installation))).Is(HttpStatusCode.OK)["finalized"]!.GetValue<bool>());

        var refused = await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert());

        Assert.NotNull(refused.IsConflict()["user"]!["message"]);
        Assert.Equal("finalized", await Stage(installation));
        Assert.Empty(await acme.AskAll<byte[]>(
            "select access_token from installation where installation_id = $1 and access_token is not null", installation));
    }

    [Fact]
    public async Task An_installation_that_is_being_uninstalled_cannot_be_installed_again()
    {
        var installation = await acme.Install();
        await acme.Provision(installation);
        (await acme.Delete(Paths.Installation(installation), acme.Admin(installation))).Is(HttpStatusCode.OK);
        var before = await AccessToken(installation);

        var refused = await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert());

        refused.IsConflict();
        Assert.Equal(before, await AccessToken(installation));
    }

    [Theory]
    [InlineData("scopes")]
    [InlineData("acceptedPolicies")]
    [InlineData("credentials")]
    [InlineData("credentials.access_token")]
    [InlineData("credentials.token_type")]
    [InlineData("account")]
    [InlineData("account.url")]
    [InlineData("account.contact.email")]
    public async Task A_field_that_is_missing_or_null_is_refused_and_nothing_is_installed(string field)
    {
        var installation = Acme.NewInstallationId();
        var path = Paths.Installation(installation);

        var missing = (await acme.Put(path, acme.Admin(installation), Requests.Upsert().Without(field))).IsInvalid();
        var isNull = (await acme.Put(path, acme.Admin(installation), Requests.Upsert().With(field, null))).IsInvalid();

        Assert.All([missing, isNull], error => Assert.Contains(
            error["fields"]!.AsArray(), named => named!["key"]!.GetValue<string>().StartsWith(field, StringComparison.Ordinal)));

        Assert.Null(await Stage(installation));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_at_once()
    {
        var installation = Acme.NewInstallationId();
        var body = Requests.Upsert("").Without("acceptedPolicies").With("scopes", new JsonArray("")).With("account.url", "")
            .With("account.contact", new JsonObject { ["name"] = "Blue" });

        var refused = await acme.Put(Paths.Installation(installation), acme.Admin(installation), body);

        refused.NamesFields("acceptedPolicies", "account.contact.email", "account.url", "credentials.access_token", "scopes");
        (await acme.Put(Paths.Installation(installation), acme.Admin(installation), "{}")).NamesFields(
            "acceptedPolicies", "account.url", "credentials.access_token", "credentials.token_type", "scopes");
        Assert.Null(await Stage(installation));
    }

    [Theory]
    [InlineData("scopes", "[]")]
    [InlineData("scopes", "[\"\"]")]
    [InlineData("credentials.token_type", "\"\"")]
    [InlineData("account.url", "\"\"")]
    [InlineData("account.contact", "{\"email\":\"\"}")]
    [InlineData("scopes", "\"read-write:marketplace\"")]
    [InlineData("scopes", "[1]")]
    [InlineData("scopes", "[null]")]
    [InlineData("acceptedPolicies", "[]")]
    [InlineData("acceptedPolicies", "{\"eula\":true}")]
    [InlineData("acceptedPolicies", "{\"eula\":\"yesterday\"}")]
    [InlineData("credentials", "\"token\"")]
    [InlineData("credentials.access_token", "\"\"")]
    [InlineData("credentials.access_token", "7")]
    [InlineData("account.url", "{}")]
    [InlineData("account.name", "7")]
    [InlineData("account.name", "\"a\\u0000b\"")]
    [InlineData("account.contact", "\"team@blue-whale.example\"")]
    public async Task A_field_of_the_wrong_kind_is_refused_and_nothing_is_installed(string field, string json)
    {
        var installation = Acme.NewInstallationId();

        var refused = await acme.Put(
            Paths.Installation(installation), acme.Admin(installation), Requests.Upsert().With(field, JsonNode.Parse(json)), Acme.NewKey());

        var error = refused.IsInvalid();
        Assert.DoesNotContain("token-of-the-installation", error.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(await Stage(installation));
    }

    [Fact]
    public async Task What_is_optional_may_be_absent_and_what_is_not_documented_may_be_there()
    {
        var installation = Acme.NewInstallationId();
        var body = Requests.Upsert().Without("account.name").With("account.contact", null).With("news", new JsonObject { ["a"] = 1 })
            .With("account.slug", "blue").With("credentials.scope", "all").With("acceptedPolicies", new JsonObject());

        (await acme.Put(Paths.Installation(installation), acme.Admin(installation), body)).Is(HttpStatusCode.OK);

        Assert.Equal("active", await Stage(installation));
    }

    [Fact]
    public async Task Only_an_administrator_installs()
    {
        var installation = Acme.NewInstallationId();

        (await acme.Put(Paths.Installation(installation), acme.Viewer(installation), Requests.Upsert())).IsForbidden();
        (await acme.Put(Paths.Installation(installation), acme.System(installation), Requests.Upsert())).IsForbidden();
        (await acme.Put(Paths.Installation(installation), acme.Admin(Acme.NewInstallationId()), Requests.Upsert())).IsForbidden();

        Assert.Null(await Stage(installation));
    }

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);

    private Task<string?> Row(string installation) =>
        acme.Ask<string>("select (to_jsonb(installation) - 'access_token')::text from installation where installation_id = $1", installation);

    private Task<string?> Stage(string installation) =>
        acme.Ask<string>("select stage from installation where installation_id = $1", installation);

    private Task<IReadOnlyList<string>> Events(string installation) =>
        acme.AskAll<string>("select kind from domain_event where installation_id = $1 and kind <> 'installation.CredentialsReplaced' order by event_id", installation);

    private async Task<string> AccessToken(string installation) =>
        acme.Server.Services.GetRequiredService<SecretBox>().UnprotectText(
            (await acme.AskAll<byte[]>("select access_token from installation where installation_id = $1", installation)).Single(),
            "installation", installation);
}
