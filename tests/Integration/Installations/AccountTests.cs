using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Integration.Installations;

/// <summary>People leave, the installation goes on: whom to write to is read through Get Account. Source: contract §D.2, §F, §I.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private Acme acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => acme = await Acme.Open(new AcmeOptions());

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task The_installer_leaves_the_contact_changes_and_the_installation_goes_on()
    {
        var tool = await acme.Provision(await acme.Install());
        var (installation, team) = (tool.Installation, TeamOf(tool.Installation));
        await acme.WorkOff();
        using var hand = new HttpClient { BaseAddress = acme.Vercel.BaseUrl };

        using var changed = await hand.PutAsJsonAsync($"/customer/teams/{team.AccountId}/contact", new { email = "ops@shop.example", name = "Operations" }, Cancel);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var left = await hand.DeleteAsync(new Uri($"/customer/teams/{team.AccountId}/installer", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();

        Assert.Equal(("ops@shop.example", "Operations", team.Name, team.Url), await Known(installation));
        Assert.Equal(1, await Events(installation));
        var renamed = await acme.Customer.Rename(installation, tool.Id, "goes-on", Cancel);
        Assert.True(renamed is { IsSuccess: true, Findings.IsEmpty: true }, renamed.ToString());
        await acme.Live(acme.Now.AddHours(3));
        Assert.NotEqual(team.Admin, TeamOf(installation).Admin);
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task The_account_is_read_after_the_install_and_once_a_day()
    {
        var installation = await acme.Install();
        Assert.Equal(0, Readings(installation));
        await acme.WorkOff();
        Assert.Equal(1, Readings(installation));
        await acme.WorkOff();
        Assert.Equal(1, Readings(installation));

        acme.Customer.ChangeContact(TeamOf(installation).AccountId, new Contact("new@shop.example", Name: null));
        await acme.Live(acme.Now.AddDays(3));
        Assert.Equal(4, Readings(installation));
        Assert.Equal(("new@shop.example", null), await Contact(installation));
        // What has not changed is no news.
        Assert.Equal(1, await Events(installation));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from domain_event where detail::text like '%shop.example%'"));
    }

    [Fact]
    public async Task A_team_that_names_nobody_has_no_contact()
    {
        var installation = await acme.Install();
        acme.Customer.ChangeContact(TeamOf(installation).AccountId, contact: null);
        await acme.WorkOff();

        Assert.Equal((null, null), await Contact(installation));
        Assert.True((await acme.Customer.InstallAgain(installation, Cancel)).IsSuccess);
        (await acme.Get(Paths.Installation(installation), acme.System(installation))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_installation_whose_account_cannot_be_read_delays_nobody_and_is_tried_again()
    {
        var (broken, refused, fine) = (await acme.Install(), await acme.Install(), await acme.Install());
        // For as long as Vercel asks: how fast this machine is makes no difference.
        acme.Vercel.Disturbances.Plan(
            HttpMethod.Get, $"{broken}/account", Disturbance.Fails(503) with { RetryAfter = TimeSpan.FromHours(1) }, times: 2);
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{refused}/account", Disturbance.Fails(403));
        foreach (var installation in new[] { broken, refused, fine })
            acme.Customer.ChangeContact(TeamOf(installation).AccountId, new Contact($"{installation}@shop.example", "Shop"));

        await acme.Work("accounts");
        Assert.Equal(($"{fine}@shop.example", "Shop"), await Contact(fine));
        Assert.Equal(1, Readings(broken));
        await acme.Work("accounts");
        Assert.Equal(1, Readings(broken));

        foreach (var readings in new[] { 2, 3 })
        {
            await acme.Execute("update installation set account_next_attempt_at = '-infinity' where installation_id = $1", broken);
            await acme.Work("accounts");
            Assert.Equal(readings, Readings(broken));
        }

        Assert.Equal(($"{broken}@shop.example", "Shop"), await Contact(broken));
        // A no is asked again the next day.
        Assert.Equal(1, Readings(refused));
        await acme.Live(acme.Now.AddDays(1));
        Assert.Equal(($"{refused}@shop.example", "Shop"), await Contact(refused));
    }

    [Fact]
    public async Task What_changes_while_the_account_is_being_read_is_read_once_more()
    {
        var installation = await acme.Install();
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", new Disturbance { Until = answers.Task });
        var reading = acme.Work("accounts");
        await acme.Eventually(() => acme.Ask<string>("select 'held' from installation where account_attempts = 1"));
        var webhook = new JsonObject
        {
            ["id"] = "wh_1", ["type"] = "marketplace.member.changed", ["createdAt"] = 0,
            ["payload"] = new JsonObject
            {
                ["configuration"] = new JsonObject { ["id"] = installation }, ["installationId"] = installation, ["memberId"] = "mem_1", ["role"] = "NONE",
            },
        };
        Assert.Equal(HttpStatusCode.OK, (await acme.Webhook(webhook.ToJsonString())).Status);
        await acme.Work("webhooks");
        answers.SetResult();
        await reading;

        await acme.Work("accounts");
        Assert.Equal(2, Readings(installation));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    public async Task What_is_registered_while_the_account_is_being_read_is_newer_and_the_account_is_read_once_more(int status)
    {
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", new Disturbance
        {
            Delay = TimeSpan.FromSeconds(1), Refusal = status == 200 ? null : Disturbance.Fails(status).Refusal,
        });
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", Disturbance.Fails(503));
        var reading = acme.Work("accounts");
        await acme.Eventually(() => acme.Ask<string>("select 'held' from installation where account_attempts = 1"));
        var token = acme.Vercel.State.Installations[installation].Tokens[^1].Value;
        (await acme.Put(Paths.Installation(installation), acme.Admin(installation), Requests.Upsert(token, "Humpback"))).Is(HttpStatusCode.OK);
        await reading;

        Assert.Equal(("team@blue-whale.example", "Blue", "Humpback", "https://vercel.com/blue-whale"), await Known(installation));
        Assert.Equal(2, Readings(installation));
        await acme.Execute("update installation set account_next_attempt_at = '-infinity' where installation_id = $1", installation);
        await acme.WorkOff();
        Assert.Equal(TeamOf(installation).Name, (await Known(installation)).Item3);
        Assert.Equal(3, Readings(installation));
        await acme.WorkOff();
        Assert.Equal(3, Readings(installation));
    }

    [Fact]
    public async Task Who_is_on_the_way_out_is_asked_no_more()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Pass(TimeSpan.FromDays(1));
        Assert.True((await acme.Customer.Uninstall(tool.Installation, Cancel)).IsSuccess);
        await acme.WorkOff();
        Assert.Equal(0, Readings(tool.Installation));
    }

    private int Readings(string installation) => acme.Vercel.Calls.Count(call =>
        call.Method == "GET" && call.Path.EndsWith($"{installation}/account", StringComparison.Ordinal));

    private Team TeamOf(string installation) => acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId];

    private Task<long> Events(string installation) => acme.Ask<long>(
        "select count(*) from domain_event where installation_id = $1 and kind = 'installation.AccountChanged'", installation);

    private async Task<(string? Email, string? Name)> Contact(string installation) =>
        (await acme.Ask<string>("select contact_email from installation where installation_id = $1", installation),
            await acme.Ask<string>("select contact_name from installation where installation_id = $1", installation));

    private async Task<(string?, string?, string?, string?)> Known(string installation)
    {
        var (email, name) = await Contact(installation);
        return (email, name, await acme.Ask<string>("select account_name from installation where installation_id = $1", installation),
            await acme.Ask<string>("select account_url from installation where installation_id = $1", installation));
    }
}
