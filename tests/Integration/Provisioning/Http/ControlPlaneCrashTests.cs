using System.Net;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>The server is killed between the question and the outcome: SIGKILL, as when a machine is lost.</summary>
public sealed class ControlPlaneCrashTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_asked_before_the_server_was_killed_is_asked_again_and_made_once()
    {
        await using var backroom = await Backroom.Open(Cancel);
        await using var catalogue = await SoldByHttp.Write(Cancel);
        await using var server = await RealServer.Start(Now, catalogue.Path, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HttpProvisioner__Url"] = backroom.Url.AbsoluteUri, ["HttpProvisioner__Secrets"] = backroom.Secrets[0],
        });
        var installation = await server.Install();
        backroom.Plan("provision", "doomed", new Mood.Waits(new TaskCompletionSource()));

        var asking = server.Customer.Provision(installation, "acme-tools", "doomed", "pro", [], Cancel);
        await RealTime.Until(() => Task.FromResult(backroom.Questions.Count == 1), "the control plane is asked");
        await server.Kill();
        await asking;

        await server.Start();
        await server.Database.LeasesAreOver();
        await server.CaughtUp();

        var asked = backroom.Questions.Where(question => question.Type == "provision").ToList();
        Assert.Equal(2, asked.Count);
        Assert.Equal(asked[0].Operation, asked[1].Operation);
        Assert.Equal(1, backroom.MadeCount);
        Assert.Equal("ready", await server.Ask("select status from resource where resource_id = $1", asked[0].Resource));
    }

    [Fact]
    public async Task What_was_told_before_the_server_was_killed_has_its_effect()
    {
        await using var backroom = await Backroom.Open(Cancel);
        await using var catalogue = await SoldByHttp.Write(Cancel);
        await using var server = await RealServer.Start(Now, catalogue.Path, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HttpProvisioner__Url"] = backroom.Url.AbsoluteUri, ["HttpProvisioner__Secrets"] = backroom.Secrets[0],
        });
        backroom.Plan("provision", "told", Mood.Pending, Mood.Broken);
        Assert.True((await server.Customer.Provision(await server.Install(), "acme-tools", "told", "pro", [], Cancel)).IsSuccess);
        var asked = backroom.Last("provision");

        using (var http = new HttpClient { BaseAddress = server.Vercel.Provider })
        using (var request = HttpAcme.Outcome(asked, HttpAcme.Named(asked, Backroom.Done("key-before-the-end")), backroom.Secrets[0]))
        using (var told = await http.SendAsync(request, Cancel))
            Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        await server.KillAndStart();
        await server.CaughtUp();

        Assert.Equal("key-before-the-end", Assert.Single(Assert.Single(server.Vercel.State.Installations[asked.Installation].Resources.Values).Secrets).Value);
        Assert.Single(backroom.Questions, question => question.Type == "provision");
    }
}
