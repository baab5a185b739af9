using System.Net;
using System.Text.Json.Nodes;
using LanguageExt;
using Marketplace.Core.Connections;
using Marketplace.Integration.Imports;
using Marketplace.Integration.SignOn;
using Marketplace.Integration.Webhooks;
using Marketplace.Shell.Connections;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Microsoft.Extensions.DependencyInjection;
using AccessToken = Marketplace.Jobs.Vercel.AccessToken;

namespace Marketplace.Integration.Connections;

/// <summary>What Vercel says of a connected account after it is connected. Contract §F, <c>integration-configuration.*</c>; §D.13, §E.11.</summary>
[Collection(ImportAcme.Name)]
public sealed class ConnectionWebhookTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_changes_hands_stays_with_the_new_team_when_the_old_team_connects_again()
    {
        var (old, team) = (TeamOf(await acme.Install()), TeamOf(await acme.Install()));
        var moved = await Connect(old);

        acme.Customer.TransferInstallation(moved, team);
        await acme.Vercel.Settle(Cancel);
        await acme.Work("webhooks");

        Assert.Equal(Team.PublicId(team), await Owner(moved));
        var next = await Connect(old);
        Assert.NotEqual(moved, next);
        Assert.Equal(("active", "active"), (await Stage(moved), await Stage(next)));
        Assert.Equal([moved], await Places(team));
        Assert.Equal([next], await Places(old));
        Assert.Equal(moved, await Connect(team));
        Assert.Equal(["connection.Connected", "connection.MovedToTeam", "connection.Reconnected"], await Events(moved));
    }

    [Fact]
    public async Task Whatever_the_order_of_two_hand_overs_the_last_team_has_the_connection()
    {
        foreach (var order in WebhookText.Orders([0, 1]))
        {
            var connection = await Connect(TeamOf(await acme.Install()));
            var (first, second) = ($"first_{connection}", $"second_{connection}");
            string[] said = [Handed(connection, first, acme.Now), Handed(connection, second, acme.Now.AddSeconds(5))];

            await acme.Tell(order.Select(at => said[at]));

            Assert.Equal(Team.PublicId(second), await Owner(connection));
            Assert.Equal([connection], await Places(second));
            Assert.Empty(await Places(first));
        }
    }

    [Fact]
    public async Task A_hand_over_waits_until_the_connection_that_the_new_team_had_has_ended()
    {
        var (old, team) = (TeamOf(await acme.Install()), TeamOf(await acme.Install()));
        var (connection, other, id) = (await Connect(old), await Connect(team), WebhookText.NewId());

        await acme.TellOnce(Handed(connection, team, acme.Now, id));
        Assert.Equal(Team.PublicId(old), await Owner(connection));
        Assert.StartsWith("TeamHasAnother", await acme.Ask<string>("select last_error from webhook where webhook_id = $1 and state = 'pending'", id));

        await acme.TellOnce(Removed(other));
        await acme.Execute("update webhook set next_attempt_at = clock_timestamp() where webhook_id = $1", id);
        await acme.Work("webhooks");

        Assert.Equal(Team.PublicId(team), await Owner(connection));
        Assert.Equal([connection], await Places(team));
    }

    [Fact]
    public async Task A_connection_that_has_ended_is_nobody_elses_afterwards()
    {
        var (old, team) = (TeamOf(await acme.Install()), TeamOf(await acme.Install()));
        var connection = await Connect(old);

        await acme.Tell(Removed(connection), Handed(connection, team, acme.Now));

        Assert.Equal(("ended", Team.PublicId(old)), (await Stage(connection), await Owner(connection)));
        Assert.Empty(await Places(team));
    }

    [Fact]
    public async Task A_connection_whose_end_is_told_before_it_is_there_is_never_made()
    {
        var team = TeamOf(await acme.Install());
        var id = new Core.Installations.InstallationId(Acme.NewInstallationId());
        var account = new ConnectedAccount(id, new AccessToken("secret", "Bearer"), "user_1", Team.PublicId(team));
        await acme.Tell(Removed(id.Value));

        var answer = await acme.Server.Services.GetRequiredService<ConnectionStore>().Connect(account, Cancel);

        Assert.True(answer == new ConnectionRejection.AlreadyEnded(id));
        Assert.Null(await Stage(id.Value));
        Assert.Empty(await Places(team));
    }

    [Fact]
    public async Task A_connection_that_is_made_and_removed_at_the_same_moment_is_over()
    {
        var store = acme.Server.Services.GetRequiredService<ConnectionStore>();
        var ids = Enumerable.Range(0, 10).Select(_ => new Core.Installations.InstallationId(Acme.NewInstallationId())).ToList();
        foreach (var id in ids)
            Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(Removed(id.Value))).Status);

        await Task.WhenAll([
            acme.Work("webhooks"),
            .. ids.Select(id => store.Connect(new ConnectedAccount(id, new AccessToken("secret", "Bearer"), $"user_{id}", Option<string>.None), Cancel))]);
        await acme.Work("webhooks");

        foreach (var id in ids)
            Assert.NotEqual("active", await Stage(id.Value));
    }

    private static string Handed(string connection, string to, DateTimeOffset at, string? id = null) => WebhookText.Of(
        "integration-configuration.transferred", connection, at,
        new JsonObject { ["newTeamId"] = Team.PublicId(to), ["newAccountId"] = to }, id);

    private string Removed(string connection) => WebhookText.Of("integration-configuration.removed", connection, acme.Now, []);

    private string TeamOf(string installation) => acme.Vercel.State.Installations[installation].AccountId;

    private async Task<string> Connect(string team)
    {
        using var browser = new PlainBrowser(acme);
        (await browser.Open(await Consent(browser, team))).Is(HttpStatusCode.OK);
        return Assert.Single(
            acme.Vercel.State.Installations.Values,
            one => one.Kind == InstallationKind.Connectable && one.AccountId == team && one.Stage == InstallationStage.Installed).Id;
    }

    private static async Task<string> Consent(PlainBrowser browser, string team)
    {
        var away = (await browser.Open("/connect")).Is(HttpStatusCode.SeeOther).Location!;
        return (await browser.Open($"{away}&teamId={Uri.EscapeDataString(team)}")).Location!;
    }

    private Task<string?> Stage(string id) => acme.Ask<string>("select stage from connection where installation_id = $1", id);

    private Task<string?> Owner(string id) => acme.Ask<string>("select team_id from connection where installation_id = $1", id);

    private Task<IReadOnlyList<string>> Places(string team) => acme.AskAll<string>(
        "select installation_id from team_installation where account_id = $1 and kind = 'connectable'", Team.PublicId(team));

    private Task<IReadOnlyList<string>> Events(string id) =>
        acme.AskAll<string>("select kind from domain_event where installation_id = $1 order by event_id", id);
}
