using System.Text.Json.Nodes;

namespace Marketplace.Integration.Secrets;

/// <summary>Old secrets work exactly as long as was asked, and are then gone from everywhere. Contract §E.7.</summary>
public sealed class SecretExpiryTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_secrets_work_until_their_time_and_are_erased_then()
    {
        var tool = await acme.Provision(await acme.Install(), "simple");
        var next = await Rotate(tool, 2);

        await acme.Live(acme.Now.AddHours(2).AddSeconds(-1));
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.True(acme.Workshop.Opens(next));
        Assert.Equal(2, await Kept(tool));

        await acme.Live(acme.Now.AddSeconds(1));
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        Assert.True(acme.Workshop.Opens(next));
        Assert.Equal(1, await Kept(tool));
    }

    [Fact]
    public async Task Rotations_that_overlap_end_each_generation_at_its_own_time_and_a_later_one_may_only_shorten()
    {
        var tool = await acme.Provision(await acme.Install(), "overlapping");
        var start = acme.Now;
        var second = await Rotate(tool, 3);
        acme.Pass(TimeSpan.FromHours(1));
        // Asked at one o'clock, so to speak: the second ends at nine; the first still ends at three, not at nine.
        var third = await Rotate(tool, 8);
        acme.Pass(TimeSpan.FromHours(1));

        await acme.Live(start.AddHours(3));
        Assert.Equal([false, true, true], Open(tool.Secret(), second, third));

        // A leak: everything older ends at once.
        var fourth = await Rotate(tool, 0);
        await acme.WorkOff();
        Assert.Equal([false, false, false, true], Open(tool.Secret(), second, third, fourth));
        Assert.Equal(1, await Kept(tool));
        Assert.Equal(4, await acme.Ask<long>("select count(*) from secret_generation where resource_id = $1", tool.Id));
    }

    [Fact]
    public async Task A_provisioner_that_cannot_end_them_yet_is_asked_again_and_the_values_stay_until_then()
    {
        var tool = await acme.Provision(await acme.Install(), "busy");
        acme.Workshop.Plan("ExpireSecrets", "busy", new WorkshopEvent.Fails());
        await Rotate(tool, 1);
        acme.Pass(TimeSpan.FromHours(1));

        await acme.Work("secret-expiry", "operations");
        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(2, await Kept(tool));

        await acme.WorkOff();
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(1, await Kept(tool));
    }

    [Fact]
    public async Task Asking_side_by_side_ends_a_generation_once()
    {
        var tool = await acme.Provision(await acme.Install(), "twice");
        await Rotate(tool, 1);
        acme.Pass(TimeSpan.FromHours(1));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => acme.Work("secret-expiry", "operations")));

        Assert.Equal(1, acme.Workshop.Calls("ExpireSecrets", tool.Id));
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from domain_event where resource_id = $1 and kind = 'secrets.Ended'", tool.Id));
    }

    [Fact]
    public async Task With_its_resource_every_generation_is_gone()
    {
        var tool = await acme.Provision(await acme.Install(), "whole");
        var next = await Rotate(tool, 700);
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await acme.WorkOff();

        Assert.Equal([false, false], Open(tool.Secret(), next));
        Assert.Equal(0, await Kept(tool));
        acme.Pass(TimeSpan.FromHours(701));
        await acme.Work("secret-expiry", "operations");
        Assert.Equal(0, acme.Workshop.Calls("ExpireSecrets", tool.Id));
    }

    private async Task<string> Rotate(Provisioned tool, double hours)
    {
        var rotated = await acme.Customer.Rotate(tool.Installation, tool.Id, hours, Cancel);
        Assert.True(rotated is { IsSuccess: true, Findings.IsEmpty: true }, rotated.ToString());
        return Provisioned.Secrets(JsonNode.Parse(rotated.Body)!["secrets"]!)["ACME_KEY"];
    }

    private IEnumerable<bool> Open(params string[] keys) => keys.Select(acme.Workshop.Opens);

    private Task<long> Kept(Provisioned tool) =>
        acme.Ask<long>("select count(*) from secret_generation where resource_id = $1 and secrets is not null", tool.Id);
}
