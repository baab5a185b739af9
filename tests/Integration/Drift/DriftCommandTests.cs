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
        Assert.Contains("No drift: 1 resources of 1 installations", text, StringComparison.Ordinal);

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
        Assert.Contains("2 differences.", text, StringComparison.Ordinal);
    }
}
