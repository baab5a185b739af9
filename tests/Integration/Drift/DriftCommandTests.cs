using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;

namespace Marketplace.Integration.Drift;

/// <summary>The report as an operator runs it.</summary>
public sealed class DriftCommandTests
{
    [Fact]
    public async Task The_exit_code_says_whether_anything_drifts()
    {
        await using var server = await RealServer.Start(Acme.Start);
        var installation = await server.Install();
        var provisioned = await server.Provision(installation, "db", Acme.NewKey());
        Assert.True(provisioned.IsSuccess, provisioned.ToString());

        var (code, text) = await server.Drift();
        Assert.True(code == 0, text);
        Assert.Contains("No drift: 1 resource of 1 installation is the same", text, StringComparison.Ordinal);

        await server.Database.Execute(
            """
            insert into resource (installation_id, resource_id, product_id, name, metadata, status, created_at)
            select installation_id, 'res_by_hand', product_id, name, metadata, status, created_at from resource
            """,
            TestContext.Current.CancellationToken);
        (code, text) = await server.Drift();
        Assert.True(code == 2, text);
        Assert.Contains($"res_by_hand of {installation}: postgres does not have it.", text, StringComparison.Ordinal);
        Assert.Contains($"res_by_hand of {installation}: Vercel does not know it.", text, StringComparison.Ordinal);
        Assert.Contains($"To mend it: resync {installation} --resource res_by_hand --import", text, StringComparison.Ordinal);
        Assert.Contains("2 differences.", text, StringComparison.Ordinal);

        (code, var output, var errors) = await server.Run("drift", "--installation", installation, "--json");
        Assert.True(code == 2, errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["unknown_to_vercel", "not_made"], lines.SkipLast(1).Select(line => line["kind"]!.GetValue<string>()));
        Assert.Equal(2, lines[^1]["differences"]!.GetValue<int>());
        Assert.Equal(2, await Kept());

        // What everybody's report finds at its end is kept with the rest.
        await server.Database.Execute("delete from drift_result", TestContext.Current.CancellationToken);
        (code, _) = await server.Drift();
        Assert.Equal(2, code);
        Assert.Equal(2, await Kept());
        (code, _, errors) = await server.Run("drift", "--installation", "icfg_none");
        Assert.True(code == 2 && errors.Contains("no installation", StringComparison.Ordinal), errors);

        async Task<int> Kept()
        {
            await using var command = server.Database.DataSource.CreateCommand(
                "select differences from drift_result where installation_id = $1 and actor like 'operator:%' and jsonb_array_length(findings) = differences");
            command.Parameters.AddWithValue(installation);
            return (int?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) ?? 0;
        }
    }
}
