using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static Marketplace.Integration.Webhooks.WebhookText;

namespace Marketplace.Integration.Webhooks;

/// <summary>What happens to an installation on Vercel's side. Source: contract §F, <c>integration-configuration.*</c>; §E.5, §E.11.</summary>
public sealed class ConfigurationWebhookTests(Acme acme) : IClassFixture<Acme>
{
    private const string Transferred = "integration-configuration.transferred";

    [Fact]
    public async Task An_installation_that_is_removed_without_a_word_to_us_stops_is_billed_and_ends()
    {
        await using var own = await Acme.Open(new());
        var resource = await own.Provision(await own.Install());
        var key = resource.Secret();
        own.Pass(TimeSpan.FromHours(1));
        await own.Work();

        await own.Tell(Of("integration-configuration.removed", resource.Installation, own.Now, []));
        Assert.Equal("uninstalling", await Stage(own, resource.Installation));
        await own.Work();

        Assert.Equal("finalized", await Stage(own, resource.Installation));
        Assert.False(own.Workshop.Opens(key));
        Assert.Equal(1, await own.Ask<long>("select count(*) from installation where installation_id = $1 and access_token is null", resource.Installation));
        Assert.True(await own.Ask<long>("select count(*) from invoice where installation_id = $1", resource.Installation) > 0);
        Assert.Equal(
            1, await own.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = 'installation.UninstallRequested'", resource.Installation));
    }

    [Fact]
    public async Task An_installation_with_nothing_to_bill_ends_with_the_word_that_it_is_removed()
    {
        var installation = await acme.Install();

        await acme.Tell(Of("integration-configuration.removed", installation, acme.Now, []));

        Assert.Equal("finalized", await Stage(installation));
    }

    [Fact]
    public async Task The_word_that_it_is_removed_changes_nothing_about_one_that_has_ended_or_is_unknown()
    {
        var (installation, id) = (await acme.Install(), NewId());
        await acme.Delete(Paths.Installation(installation), acme.System(installation));
        var events = await Events(installation);

        await acme.Tell(Of("integration-configuration.removed", installation, acme.Now, []));
        await acme.Tell(Of("integration-configuration.removed", Acme.NewInstallationId(), acme.Now, [], id));

        Assert.Equal(events, await Events(installation));
        Assert.Equal("we know of no such installation", await acme.Ask<string>("select last_error from webhook where webhook_id = $1", id));
    }

    [Fact]
    public async Task An_installation_that_changes_hands_keeps_id_data_and_token_and_lets_the_old_team_install_anew()
    {
        var resource = await acme.Provision(await acme.Install());
        var (old, team) = (await Account(resource.Installation), NewTeam());
        await SignOn(resource.Installation);
        await BeginImport(resource.Installation);

        await acme.Tell(Handed(resource.Installation, old, team, acme.Now));

        Assert.Equal(team, await Account(resource.Installation));
        Assert.Equal("active", await Stage(resource.Installation));
        Assert.True(acme.Workshop.Opens(resource.Secret()));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from customer_session where installation_id = $1", resource.Installation));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from import_session where installation_id = $1", resource.Installation));
        Assert.Equal([team], await acme.AskAll<string>("select account_id from team_installation where installation_id = $1", resource.Installation));
        Assert.Equal(HttpStatusCode.OK, (await InstallFor(old)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await InstallFor(team)).Status);
    }

    [Fact]
    public async Task Whatever_the_order_of_two_hand_overs_the_last_team_has_it()
    {
        foreach (var order in Orders([0, 1]))
        {
            var installation = await acme.Install();
            var (first, second) = (NewTeam(), NewTeam());
            string[] said =
            [
                Handed(installation, await Account(installation), first, acme.Now),
                Handed(installation, first, second, acme.Now.AddSeconds(5)),
            ];

            await acme.Tell(order.Select(at => said[at]));

            Assert.Equal(second, await Account(installation));
            Assert.Equal([second], await acme.AskAll<string>("select account_id from team_installation where installation_id = $1", installation));
        }
    }

    [Fact]
    public async Task A_hand_over_waits_until_what_the_new_team_had_is_gone()
    {
        var (installation, other, id) = (await acme.Install(), await acme.Install(), NewId());
        var (old, team) = (await Account(installation), await Account(other));

        await acme.TellOnce(Handed(installation, old, team, acme.Now, id));
        Assert.Equal(old, await Account(installation));
        Assert.StartsWith("TeamHasAnother", await acme.Ask<string>("select last_error from webhook where webhook_id = $1 and state = 'pending'", id));

        await acme.TellOnce(Of("integration-configuration.removed", other, acme.Now, []));
        await acme.Execute("update webhook set next_attempt_at = clock_timestamp() where webhook_id = $1", id);
        await acme.Work("webhooks");

        Assert.Equal(team, await Account(installation));
        Assert.Equal([installation], await acme.AskAll<string>("select installation_id from team_installation where account_id = $1", team));
    }

    [Fact]
    public async Task A_hand_over_that_was_told_before_the_new_team_registered_takes_nothing_back()
    {
        var installation = await acme.Install();
        var (old, first, second) = (await Account(installation), NewTeam(), NewTeam());
        var late = Handed(installation, old, first, acme.Now);
        acme.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await InstallFor(second, installation)).Status);

        await acme.Tell(late);

        Assert.Equal(second, await Account(installation));
    }

    [Fact]
    public async Task The_scopes_that_the_team_agreed_to_last_are_kept()
    {
        foreach (var order in Orders([0, 1]))
        {
            var installation = await acme.Install();
            string[] said = [Scopes(installation, acme.Now, "read:one"), Scopes(installation, acme.Now.AddSeconds(1), "read:one", "write:two")];

            await acme.Tell(order.Select(at => said[at]));

            Assert.Equal("read:one write:two", await acme.Ask<string>("select array_to_string(scopes, ' ') from installation where installation_id = $1", installation));
        }
    }

    [Fact]
    public async Task That_a_team_opened_more_projects_is_on_record_once()
    {
        var installation = await acme.Install();

        await acme.Tell(Of(
            "integration-configuration.permission-upgraded", installation, acme.Now,
            new JsonObject { ["configuration"] = new JsonObject { ["projectSelection"] = "selected", ["projects"] = new JsonArray("prj_1") } }));

        Assert.Equal(
            ["selected"],
            await acme.AskAll<string>("select detail ->> 'projectSelection' from domain_event where installation_id = $1 and kind = 'installation.PermissionUpgraded'", installation));
    }

    private static string Handed(string installation, string from, string to, DateTimeOffset at, string? id = null) => Of(
        Transferred, installation, at,
        new JsonObject
        {
            ["previousTeamId"] = $"team_{from}", ["previousAccountId"] = from, ["newTeamId"] = $"team_{to}", ["newAccountId"] = to,
        },
        id);

    private static string Scopes(string installation, DateTimeOffset at, params string[] scopes) => Of(
        "integration-configuration.scope-change-confirmed", installation, at,
        new JsonObject { ["configuration"] = new JsonObject { ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]) } });

    /// <summary>As an administrator of that team.</summary>
    private Task<Answer> InstallFor(string team, string? installation = null)
    {
        var id = installation ?? Acme.NewInstallationId();
        var person = new Marketplace.Simulator.Tokens.Person(
            team, "def456", "user_9", Marketplace.Simulator.Tokens.PersonRole.Admin, "bob@example.test", "Bob");
        return acme.Put(Paths.Installation(id), acme.Vercel.Tokens.ForUser(person, id), new JsonObject
        {
            ["scopes"] = new JsonArray("read-write:marketplace"),
            ["acceptedPolicies"] = new JsonObject(),
            ["credentials"] = new JsonObject { ["access_token"] = $"token-{id}", ["token_type"] = "Bearer" },
            ["account"] = new JsonObject { ["url"] = "https://vercel.example.test/team" },
        });
    }

    [Fact]
    public async Task With_an_installation_end_the_imports_under_way_and_what_customers_signed_in_with()
    {
        var (removed, uninstalled) = (await acme.Install(), await acme.Install());
        await BeginImport(removed);
        await BeginImport(uninstalled);

        await acme.Tell(Of("integration-configuration.removed", removed, acme.Now, []));
        await acme.Delete($"/v1/installations/{uninstalled}", acme.Admin(uninstalled));

        Assert.Equal(0, await acme.Ask<long>("select count(*) from import_session where installation_id in ($1, $2)", removed, uninstalled));
    }

    private Task BeginImport(string installation) => acme.Execute(
        """
        insert into import_session (installation_id, session_hash, state_hash, state, sign_in, return_url, started_at)
        values ($1, $2, $2, $2, $2, 'https://vercel.com/', $3)
        """,
        installation, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32), acme.Now);

    private Task SignOn(string installation) => acme.Execute(
        """
        insert into customer_session (installation_id, session_hash, user_id, role, started_at, seen_at) values ($1, $2, 'user_1', 'admin', $3, $3)
        """,
        installation, RandomNumberGenerator.GetBytes(32), acme.Now);

    private static string NewTeam() => Guid.NewGuid().ToString("N")[..24];

    private Task<string?> Stage(string installation) => Stage(acme, installation);

    private static Task<string?> Stage(Acme of, string installation) => of.Ask<string>("select stage from installation where installation_id = $1", installation);

    private async Task<string> Account(string installation) =>
        (await acme.Ask<string>("select account_id from installation where installation_id = $1", installation))!;

    private Task<long> Events(string installation) =>
        acme.Ask<long>("select count(*) from domain_event where installation_id = $1", installation);
}
