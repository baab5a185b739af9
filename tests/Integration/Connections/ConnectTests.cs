using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Imports;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.Connections;
using Marketplace.Shell.Persistence;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Connections;

/// <summary>How a customer connects an account at Vercel with one at the provider. Contract §D.13, §E.1.</summary>
[Collection(ImportAcme.Name)]
public sealed class ConnectTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connected_account_stands_beside_the_native_installation_of_its_team()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);

        var done = await Connect(browser, TeamOf(native));

        Assert.Equal("Your account is connected", done.Is(HttpStatusCode.OK).Title);
        var connected = Connected(native);
        Assert.NotEqual(native, connected.Id);
        Assert.Equal(("active", connected.Tokens[^1].Value), (await Stage(connected.Id), await Token(connected.Id)));
        Assert.Equal("active", await acme.Ask<string>("select stage from installation where installation_id = $1", native));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from installation where installation_id = $1", connected.Id));
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(connected.Tokens[^1].Value, StringComparison.Ordinal));
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(acme.Vercel.State.ConnectionCodes[^1].Value, StringComparison.Ordinal));

        // Nothing of the Marketplace is done for it.
        acme.Pass(TimeSpan.FromHours(2));
        var calls = acme.Vercel.Calls.Count;
        await acme.Work();
        Assert.DoesNotContain(acme.Vercel.Calls.Skip(calls), call => call.Path.Contains(connected.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connecting_once_more_is_the_same_connection_with_another_token()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);
        var first = Connected(native);

        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);

        var again = Connected(native);
        Assert.Equal(first.Id, again.Id);
        Assert.NotEqual(first.Tokens[^1].Value, again.Tokens[^1].Value);
        Assert.Equal(again.Tokens[^1].Value, await Token(again.Id));
        Assert.Equal(["connection.Connected"], await Events(again.Id));
    }

    [Fact]
    public async Task A_connection_that_is_removed_at_Vercel_ends_here_and_the_next_one_is_another()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);
        var removed = Connected(native);

        acme.Customer.DisconnectAccount(removed.Id);
        await acme.Vercel.Settle(Cancel);
        await acme.Work("webhooks");
        Assert.Equal("ended", await Stage(removed.Id));
        Assert.Equal(0, await acme.Ask<int>("select count(*) from connection where installation_id = $1 and access_token is not null", removed.Id));
        Assert.Equal("active", await acme.Ask<string>("select stage from installation where installation_id = $1", native));

        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);
        var next = Connected(native);
        Assert.NotEqual(removed.Id, next.Id);
        Assert.Equal(("ended", "active"), (await Stage(removed.Id), await Stage(next.Id)));
    }

    [Fact]
    public async Task Another_id_for_the_same_team_ends_the_former_and_the_database_holds_one_active_of_each_kind()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);
        var former = Connected(native);
        // The word of its end was lost on the way.
        acme.Vercel.Webhook = null;
        acme.Customer.DisconnectAccount(former.Id);
        await acme.Vercel.Settle(Cancel);
        acme.Vercel.Webhook = new Uri(acme.Server.Http.BaseAddress!, "/webhooks/vercel");

        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);

        var next = Connected(native);
        Assert.Equal(("ended", "active"), (await Stage(former.Id), await Stage(next.Id)));
        Assert.Equal(["connection.Connected", "connection.Ended"], await Events(former.Id));
        Assert.Equal(1, await acme.Ask<int>(
            "select count(*) from team_installation where kind = 'connectable' and installation_id in ($1, $2)", former.Id, next.Id));
        await Assert.ThrowsAsync<PostgresException>(() => acme.Execute(
            "insert into team_installation (account_id, kind, installation_id) select account_id, kind, 'icfg_two' from team_installation where installation_id = $1", next.Id));
    }

    [Fact]
    public async Task Two_browsers_that_connect_one_team_at_the_same_moment_leave_one_active_connection()
    {
        var native = await acme.Install();
        var browsers = Enumerable.Range(0, 6).Select(_ => new PlainBrowser(acme)).ToList();

        var pages = await Task.WhenAll(browsers.Select(browser => Connect(browser, TeamOf(native))));

        Assert.All(pages, page => page.Is(HttpStatusCode.OK));
        Assert.Equal("active", await Stage(Connected(native).Id));
        Assert.Equal(1, await acme.Ask<int>(
            "select count(*) from connection where team_id = (select team_id from connection where installation_id = $1) and stage = 'active'", Connected(native).Id));
        browsers.ForEach(browser => browser.Dispose());
    }

    [Fact]
    public async Task A_state_comes_back_once_to_the_browser_that_left_with_it_before_it_is_old()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        using var other = new PlainBrowser(acme);

        var callback = await Consent(browser, TeamOf(native));
        (await other.Open(callback)).Is(HttpStatusCode.Forbidden);
        await Consent(other, TeamOf(native));
        (await other.Open(callback)).Is(HttpStatusCode.Forbidden);
        (await browser.Open(callback)).Is(HttpStatusCode.OK);
        (await browser.Open(callback)).Is(HttpStatusCode.Forbidden);

        callback = await Consent(browser, TeamOf(native));
        acme.Pass(TimeSpan.FromMinutes(30));
        (await browser.Open(callback)).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Whoever_begins_at_Vercel_says_yes_on_our_page_before_anything_is_connected()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        using var other = new PlainBrowser(acme);
        var callback = acme.Customer.ConnectAccount(TeamOf(native));

        var page = (await browser.Open(callback)).Is(HttpStatusCode.OK);
        Assert.Equal("Connect your Vercel account", page.Title);
        Assert.DoesNotContain(acme.Vercel.State.Installations.Values, one => one.Kind == InstallationKind.Connectable && one.AccountId == TeamOf(native));
        (await other.Submit(page, "/confirm")).Is(HttpStatusCode.Forbidden);

        (await browser.Submit(page, "/confirm")).Is(HttpStatusCode.OK);
        Assert.Equal("active", await Stage(Connected(native).Id));
    }

    [Theory]
    [InlineData("{vercel}/integrations/acme/done?x=1", true)]
    [InlineData("https://evil.example/", false)]
    [InlineData("{vercel}.evil.example/", false)]
    [InlineData("//evil.example", false)]
    public async Task The_customer_goes_on_at_Vercel_and_nowhere_else(string next, bool isVercel)
    {
        var native = await acme.Install();
        var address = next.Replace("{vercel}", acme.Vercel.BaseUrl.ToString().TrimEnd('/'), StringComparison.Ordinal);
        using var browser = new PlainBrowser(acme);

        var callback = await Consent(browser, TeamOf(native));
        var done = await browser.Open($"{callback}&next={Uri.EscapeDataString(address)}");

        Assert.Equal(isVercel ? address : null, done.Is(isVercel ? HttpStatusCode.SeeOther : HttpStatusCode.OK).Location);
    }

    [Fact]
    public async Task What_Vercel_does_not_take_connects_nothing()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        (await browser.Open("/connect/callback?state=x")).Is(HttpStatusCode.BadRequest);
        (await browser.Open("/connect/callback?error=access_denied&state=x")).Is(HttpStatusCode.Forbidden);

        var callback = await Consent(browser, TeamOf(native));
        (await browser.Open(callback.Replace("code=", "code=not-", StringComparison.Ordinal))).Is(HttpStatusCode.BadRequest);
        callback = await Consent(browser, TeamOf(native));
        (await browser.Open($"{callback}&configurationId=icfg_another")).Is(HttpStatusCode.Forbidden);
        callback = await Consent(browser, TeamOf(native));
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, "/v2/oauth/access_token", Disturbance.Fails(500), times: 10);
        (await browser.Open(callback)).Is(HttpStatusCode.ServiceUnavailable);
        acme.Vercel.Disturbances.Clear();

        Assert.Equal(0, await acme.Ask<int>("select count(*) from connection where team_id = $1", Team.PublicId(TeamOf(native))));
    }

    [Fact]
    public async Task The_provider_sees_who_has_connected()
    {
        var native = await acme.Install();
        using var browser = new PlainBrowser(acme);
        (await Connect(browser, TeamOf(native))).Is(HttpStatusCode.OK);
        var key = await acme.NewProviderKey("connections:read");

        var all = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (await acme.Provide(HttpMethod.Get, $"/connections?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}", key)).Is(HttpStatusCode.OK);
            all.AddRange(page["connections"]!.AsArray().Select(one => one!));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        var ours = Assert.Single(all, one => one["installationId"]!.GetValue<string>() == Connected(native).Id);
        Assert.Equal(
            ("connectable", "active", Team.PublicId(TeamOf(native))),
            (ours["kind"]!.GetValue<string>(), ours["status"]!.GetValue<string>(), ours["teamId"]!.GetValue<string>()));
        Assert.DoesNotContain(all, one => one["installationId"]!.GetValue<string>() == native);
        (await acme.Provide(HttpMethod.Get, "/connections", await acme.NewProviderKey("billing:read"))).IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
    }

    private string TeamOf(string installation) => acme.Vercel.State.Installations[installation].AccountId;

    private Installation Connected(string native) => Assert.Single(
        acme.Vercel.State.Installations.Values,
        one => one.Kind == InstallationKind.Connectable && one.AccountId == TeamOf(native) && one.Stage == InstallationStage.Installed);

    /// <summary>Leaves for Vercel, chooses the team there, and says with what the browser is sent back.</summary>
    private static async Task<string> Consent(PlainBrowser browser, string team)
    {
        var away = (await browser.Open("/connect")).Is(HttpStatusCode.SeeOther).Location!;
        Assert.Contains("/integrations/", away, StringComparison.Ordinal);
        return (await browser.Open($"{away}&teamId={Uri.EscapeDataString(team)}")).Location!;
    }

    private static async Task<PlainPage> Connect(PlainBrowser browser, string team) => await browser.Open(await Consent(browser, team));

    private Task<string?> Stage(string id) => acme.Ask<string>("select stage from connection where installation_id = $1", id);

    private Task<IReadOnlyList<string>> Events(string id) =>
        acme.AskAll<string>("select kind from domain_event where installation_id = $1 order by event_id", id);

    private async Task<string?> Token(string id)
    {
        await using var connection = await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        return await ConnectionRows.AccessToken(
            connection, acme.Server.Services.GetRequiredService<SecretBox>(), new Core.Installations.InstallationId(id), Cancel);
    }
}
