using System.Net;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.VercelApi;

/// <summary>
/// 410: the installation is over for Vercel, and nothing is ever sent with its token again. 401: the token is not taken, and what is to be
/// told waits for another one. Contract §A.2.
/// </summary>
public sealed class RetiredTokenTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IVercel Client => acme.Server.Services.GetRequiredService<IVercel>();

    [Fact]
    public async Task An_installation_that_is_gone_for_Vercel_loses_its_token_at_once_and_nothing_is_sent_any_more()
    {
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", Disturbance.Fails(410));

        Assert.IsType<VercelAnswer<Account>.Gone>(await Client.GetAccount(new InstallationId(installation), Cancel));
        var sent = CallsOf(installation);
        Assert.IsType<VercelAnswer<Account>.Gone>(await Client.GetAccount(new InstallationId(installation), Cancel));

        Assert.Equal(sent, CallsOf(installation));
        Assert.False(await HasToken(installation));
        Assert.Equal(1, await acme.Ask<int>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'installation.TokenRetired'", installation));
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(installation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_token_from_Vercel_brings_an_installation_back()
    {
        var installation = await acme.Install();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, $"{installation}/account", Disturbance.Fails(410));
        await Client.GetAccount(new InstallationId(installation), Cancel);

        var renewed = await acme.Customer.InstallAgain(installation, Cancel);

        Assert.True(renewed.IsSuccess, renewed.ToString());
        Assert.IsType<VercelAnswer<Account>.Accepted>(await Client.GetAccount(new InstallationId(installation), Cancel));
    }

    [Fact]
    public async Task A_deployment_that_is_gone_does_not_end_the_installation()
    {
        var installation = await acme.Install();
        var deployments = acme.Server.Services.GetRequiredService<IVercelDeployments>();
        acme.Vercel.Disturbances.Plan(HttpMethod.Get, "/v9/projects/prj_1", Disturbance.Fails(410));

        await deployments.GetProject(new InstallationId(installation), new ProjectId("prj_1"), Cancel);

        Assert.True(await HasToken(installation));
    }

    [Fact]
    public async Task Work_of_an_installation_without_a_token_comes_to_an_end()
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Pass(TimeSpan.FromHours(3));
        await acme.Work();
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", Disturbance.Fails(410));
        acme.Pass(TimeSpan.FromHours(2));

        await acme.Work();
        var sent = CallsOf(tool.Installation);
        acme.Pass(TimeSpan.FromHours(2));
        await acme.Work();

        // Each hour is on record as one that could not be told, and none of it has left.
        Assert.Equal(sent, CallsOf(tool.Installation));
        Assert.Equal(0, await acme.Ask<int>(
            "select count(*) from usage_slot where installation_id = $1 and state not in ('confirmed', 'refused', 'superseded', 'dead')", tool.Installation));

        await acme.Customer.Uninstall(tool.Installation, Cancel);
        acme.Pass(TimeSpan.FromHours(25));
        await acme.Work();
        Assert.Equal("finalized", await acme.Ask<string>("select stage::text from installation where installation_id = $1", tool.Installation));
        Assert.Equal(sent, CallsOf(tool.Installation));
    }

    [Fact]
    public async Task Usage_that_a_refused_token_kept_back_is_told_with_the_next_one()
    {
        var tool = await acme.Provision(await acme.Install());
        await acme.Work();
        Revoke(tool.Installation);
        acme.Pass(TimeSpan.FromHours(2));

        await acme.Work("usage");
        Assert.Equal(0, await acme.Ask<int>(
            "select count(*) from usage_slot where installation_id = $1 and state in ('refused', 'dead')", tool.Installation));
        Assert.Contains(acme.Server.Log.Lines, line =>
            line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("does not accept its token", StringComparison.Ordinal)
            && line.Contains(tool.Installation, StringComparison.Ordinal));

        await acme.Customer.InstallAgain(tool.Installation, Cancel);
        await acme.Work();
        Assert.Equal(0, await acme.Ask<int>(
            "select count(*) from usage_slot where installation_id = $1 and state not in ('confirmed', 'superseded')", tool.Installation));
        Assert.Contains(acme.Vercel.Calls, call => call.Path.EndsWith($"{tool.Installation}/billing", StringComparison.Ordinal) && call.Status == 201);
    }

    [Fact]
    public async Task Whoever_pays_while_the_token_is_refused_may_try_again()
    {
        var installation = await acme.Install();
        Revoke(installation);

        Assert.IsType<VercelAnswer<VercelResource>.TokenRefused>(
            await Client.GetResource(new InstallationId(installation), new ResourceId("res_1"), Cancel));
        Assert.True(await HasToken(installation));
    }

    private void Revoke(string installation) =>
        acme.Vercel.Change(state => state.With(state.Installations[installation] with
        {
            Tokens = state.Installations[installation].Tokens.ConvertAll(token => token with { RevokedAt = acme.Now }),
        }));

    private Task<bool> HasToken(string installation) =>
        acme.Ask<bool>("select access_token is not null from installation where installation_id = $1", installation);

    private int CallsOf(string installation) =>
        acme.Vercel.Calls.Count(call => call.Path.Contains(installation, StringComparison.Ordinal));
}
