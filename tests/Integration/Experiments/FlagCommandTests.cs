using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Experiments;

/// <summary>Flags as an operator sets them.</summary>
public sealed class FlagCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_at_the_machine_sets_lists_archives_and_deletes_flags_and_Vercel_hears_of_it()
    {
        await using var server = await RealServer.Start(Acme.Start);
        var installation = await server.Install();
        Assert.True((await server.Customer.Provision(installation, "acme-keys", "key", "free", [], Cancel)).IsSuccess);
        var resource = Assert.Single(server.Vercel.State.Installations[installation].Resources).Key;

        var (code, output, errors) = await server.Run("flags", "set", installation, resource, "new-checkout", "--value", "true", "--name", "New checkout");
        Assert.True(code == 0, errors);
        Assert.Equal("New checkout", JsonNode.Parse(output)!["name"]!.GetValue<string>());
        await server.CaughtUp();
        Assert.Equal("New checkout", Items()["new-checkout"].Name);
        (_, output, _) = await server.Run("flags", "list", installation, resource, "--json");
        Assert.True(JsonNode.Parse(output)!["flags"]![0]!["isAtVercel"]!.GetValue<bool>());
        (_, output, _) = await server.Run("flags", "list", installation, resource);
        Assert.Contains("new-checkout  flag  new-checkout  true  Vercel has it", output, StringComparison.Ordinal);

        Assert.Equal(0, (await server.Run("flags", "archive", installation, resource, "new-checkout")).Code);
        Assert.Equal(0, (await server.Run("flags", "sync", installation, resource)).Code);
        await server.CaughtUp();
        Assert.True(Items()["new-checkout"].IsArchived);

        Assert.Equal(0, (await server.Run("flags", "delete", installation, resource, "new-checkout")).Code);
        await server.CaughtUp();
        Assert.Empty(Items());

        (code, _, errors) = await server.Run("flags", "archive", installation, resource, "nothing");
        Assert.Equal(2, code);
        Assert.Contains("nothing", errors, StringComparison.Ordinal);
        Assert.Equal(2, (await server.Run("flags", "set", installation, resource, "wrong", "--value", "{")).Code);

        IReadOnlyDictionary<string, Marketplace.Simulator.Experimentation.ExperimentationItem> Items() =>
            server.Vercel.State.Installations[installation].Resources[resource].ExperimentationItems;
    }
}
