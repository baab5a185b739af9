using System.Net;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Installations;

/// <summary>A team has at most one active native installation, whoever of it comes and whenever. Source: contract §E.1, §E.6.</summary>
[Collection(SharedAcme.Name)]
public sealed class TeamTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_installation_of_the_same_team_is_a_conflict_and_leaves_nothing_behind()
    {
        var (team, first) = await Team();
        var second = Acme.NewInstallationId();

        var refused = await Install(team, second);

        Assert.NotEmpty(refused.IsConflict()["user"]!["message"]!.GetValue<string>());
        Assert.Null(await Stage(second));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from billing_schedule where installation_id = $1", second));
        Assert.Equal("active", await Stage(first));
        (await acme.Get(Paths.Installation(first), acme.System(first))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_team_is_the_tokens_account_whoever_of_the_team_installs()
    {
        var (team, _) = await Team();
        var colleague = new Person(team.AccountId, "c0de", "c01e", PersonRole.Admin, "cole@example.test", "Cole");
        var (second, third) = (Acme.NewInstallationId(), Acme.NewInstallationId());

        (await acme.Put(
            Paths.Installation(second), acme.Vercel.Tokens.ForUser(colleague, second), Requests.Upsert(name: "Another name"))).IsConflict();
        // The same body from another team is another team's.
        (await acme.Put(Paths.Installation(third), acme.Admin(third), Requests.Upsert(name: team.Name))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_pending_uninstall_does_not_count_and_the_reinstall_starts_from_nothing()
    {
        var (team, old) = await Team();
        var tool = await acme.Provision(old);
        (await acme.Delete(Paths.Installation(old), acme.Vercel.Tokens.ForUser(team.Admin, old))).Is(HttpStatusCode.OK);
        Assert.Equal("uninstalling", await Stage(old));
        var fresh = Acme.NewInstallationId();

        (await Install(team, fresh, "fresh-token")).Is(HttpStatusCode.OK);

        Assert.Equal(("uninstalling", "active"), (await Stage(old), await Stage(fresh)));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from resource where installation_id = $1", fresh));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from balance_entry where installation_id = $1", fresh));
        var vercel = acme.Vercel.Tokens.ForSystem(team.AccountId, fresh);
        (await acme.Get(Paths.Resource(fresh, tool.Id), vercel)).IsUnknown();
        // The free plan allows one resource of an installation: what the old one had does not count here.
        (await acme.Post(
            Paths.Resources(fresh), acme.Vercel.Tokens.ForUser(team.Admin, fresh), Requests.Provision("again", plan: "free"))).Is(HttpStatusCode.OK);
        // And the place is taken again.
        (await Install(team, Acme.NewInstallationId())).IsConflict();
    }

    [Fact]
    public async Task A_finalized_installation_does_not_count_either_and_its_id_stays_dead()
    {
        var (team, old) = await Team();
        (await acme.Delete(Paths.Installation(old), acme.Vercel.Tokens.ForUser(team.Admin, old))).Is(HttpStatusCode.OK);
        Assert.Equal("finalized", await Stage(old));
        var fresh = Acme.NewInstallationId();
        (await Install(team, fresh)).Is(HttpStatusCode.OK);

        (await Install(team, old)).IsConflict();

        Assert.Equal(("finalized", "active"), (await Stage(old), await Stage(fresh)));
        Assert.Equal(fresh, await ActiveOf(team.AccountId));
    }

    [Fact]
    public async Task An_old_installation_that_ends_later_leaves_the_new_one_its_place()
    {
        var (team, old) = await Team();
        await acme.Provision(old, plan: "free");
        (await acme.Delete(Paths.Installation(old), acme.Vercel.Tokens.ForUser(team.Admin, old))).Is(HttpStatusCode.OK);
        var fresh = Acme.NewInstallationId();
        (await Install(team, fresh)).Is(HttpStatusCode.OK);

        (await acme.Delete(Paths.Installation(old), acme.Vercel.Tokens.ForSystem(team.AccountId, old))).Is(HttpStatusCode.OK);

        Assert.Equal(fresh, await ActiveOf(team.AccountId));
        (await Install(team, Acme.NewInstallationId())).IsConflict();
    }

    [Fact]
    public async Task Of_two_first_installs_at_the_same_moment_one_wins_and_the_other_is_a_conflict()
    {
        for (var round = 0; round < 5; round++)
        {
            var team = acme.Customer.CreateTeam($"Race {round}");
            var ids = Enumerable.Range(0, 6).Select(_ => Acme.NewInstallationId()).ToArray();

            var answers = await Task.WhenAll(ids.Select(id => Install(team, id)));

            Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.IsConflict());
            Assert.Equal(1, await acme.Ask<long>("select count(*) from installation where account_id = $1", team.AccountId));
        }
    }

    [Fact]
    public async Task An_install_in_the_middle_of_an_uninstall_is_answered_and_one_is_active_at_most()
    {
        for (var round = 0; round < 5; round++)
        {
            var (team, old) = await Team();
            var (one, other) = (Acme.NewInstallationId(), Acme.NewInstallationId());

            var answers = await Task.WhenAll(
                acme.Delete(Paths.Installation(old), acme.Vercel.Tokens.ForUser(team.Admin, old), key: Acme.NewKey()),
                Install(team, one), Install(team, other), Install(team, old));

            Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict, answer.ToString()));
            var active = await acme.AskAll<string>("select installation_id from installation where account_id = $1 and stage = 'active'", team.AccountId);
            Assert.InRange(active.Count, 0, 1);
            Assert.Equal(active.SingleOrDefault(), await ActiveOf(team.AccountId));
        }
    }

    [Fact]
    public async Task The_refusal_is_repeated_with_its_key_and_a_new_key_asks_anew()
    {
        var (team, first) = await Team();
        var (second, key) = (Acme.NewInstallationId(), Acme.NewKey());
        var token = acme.Vercel.Tokens.ForUser(team.Admin, second);
        var refused = await acme.Put(Paths.Installation(second), token, Requests.Upsert(), key);
        refused.IsConflict();
        (await acme.Delete(Paths.Installation(first), acme.Vercel.Tokens.ForUser(team.Admin, first))).Is(HttpStatusCode.OK);

        Assert.Equal(refused.Bytes, (await acme.Put(Paths.Installation(second), token, Requests.Upsert(), key)).Bytes);
        (await acme.Put(Paths.Installation(second), token, Requests.Upsert(), Acme.NewKey())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_installation_whose_token_names_another_team_moves_there_when_that_team_has_none()
    {
        var (team, installation) = await Team();
        var (full, _) = await Team();
        var empty = acme.Customer.CreateTeam("Empty");

        (await Install(full, installation)).IsConflict();
        Assert.Equal(team.AccountId, await acme.Ask<string>("select account_id from installation where installation_id = $1", installation));

        (await Install(empty, installation)).Is(HttpStatusCode.OK);
        Assert.Equal(installation, await ActiveOf(empty.AccountId));
        Assert.Null(await ActiveOf(team.AccountId));
        (await Install(team, Acme.NewInstallationId())).Is(HttpStatusCode.OK);
    }

    private async Task<(Team Team, string Installation)> Team()
    {
        var team = acme.Customer.CreateTeam($"Team {Guid.NewGuid().ToString("N")[..8]}");
        var (installation, installed) = await acme.Customer.Install(team.AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        return (team, installation);
    }

    private Task<Answer> Install(Team team, string installation, string token = "token-of-the-installation") =>
        acme.Put(
            Paths.Installation(installation), acme.Vercel.Tokens.ForUser(team.Admin, installation), Requests.Upsert(token), Acme.NewKey());

    private Task<string?> Stage(string installation) =>
        acme.Ask<string>("select stage from installation where installation_id = $1", installation);

    private Task<string?> ActiveOf(string account) =>
        acme.Ask<string>("select installation_id from team_installation where account_id = $1", account);
}
