using System.Text.Json.Nodes;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>Who listens, to what, and by which secrets, is a matter of the configuration.</summary>
public sealed class OutletTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nobody_listens_no_events_are_kept()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        await acme.Provision(await acme.Install());

        Assert.Equal(0, await acme.Ask<long>("select count(*) from provider_event"));
    }

    [Fact]
    public async Task Whoever_wants_to_hear_some_events_alone_hears_those_alone()
    {
        await using var backend = await Backend.Start(Cancel);
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Settings = new Dictionary<string, string>(backend.Settings, StringComparer.Ordinal) { ["Events:Types"] = "resource.provisioned, resource.uninstalled" },
        });
        var tool = await acme.Provision(await acme.Install());
        await acme.Customer.Rename(tool.Installation, tool.Id, "renamed", Cancel);
        await acme.Customer.DeleteResource(tool.Installation, tool.Id, Cancel);
        await acme.WorkOff();

        Assert.Equal(["resource.provisioned", "resource.uninstalled"], backend.TypesOf(tool.Installation));
        Assert.Equal(2, await acme.Ask<long>("select count(*) from provider_event"));
    }

    [Fact]
    public async Task Secrets_are_changed_without_a_break()
    {
        var (old, young) = (Backend.NewSecret(), Backend.NewSecret());
        await using var backend = await Backend.Start(Cancel, [old]);
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Events:Url"] = backend.Url.AbsoluteUri, ["Events:Secrets"] = $"{young},{old}" },
        });

        // It still has the old one, then both, then the new one.
        foreach (var secrets in new string[][] { [old], [old, young], [young] })
        {
            backend.Secrets = secrets;
            var id = await acme.Install();
            await acme.Work("provider-events");
            Assert.Equal(["installation.installed"], backend.TypesOf(id));
        }

        Assert.Empty(backend.Forged);
        backend.Secrets = [Backend.NewSecret()];
        await acme.Install();
        await acme.Work("provider-events");
        Assert.Single(backend.Forged);
    }
}
