using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Simulator;

public sealed class BearerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_opens_its_own_installation_and_no_other()
    {
        await using var scene = await Scene.Set();
        var other = scene.Vercel.Dashboard.CreateTeam("Red Fox");
        var (otherId, _) = await scene.Vercel.Dashboard.Install(other.AccountId, Cancel);

        Assert.Equal(200, (await scene.Call(HttpMethod.Get, "/account")).Status);
        Assert.Equal(403, (await scene.Call(HttpMethod.Get, $"/v1/installations/{otherId}/account")).Status);
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, "/v1/installations/icfg_unknown/account")).Status);
        Assert.Equal(401, (await scene.Call(HttpMethod.Get, "/account", token: "guessed")).Status);
    }

    [Fact]
    public async Task A_rotated_token_works_beside_the_old_one_until_that_is_revoked()
    {
        await using var scene = await Scene.Set();
        var old = scene.Installation.Tokens[0].Value;

        var (status, answer) = await scene.Call(HttpMethod.Post, "/credentials/rotate", Secret());
        var fresh = (string)answer!["access_token"]!;
        Assert.Equal(200, status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, "/account", token: old)).Status);

        var revoke = Secret();
        revoke["token"] = old;
        Assert.False((bool)(await scene.Call(HttpMethod.Post, "/credentials/revoke", revoke, fresh)).Body!["already_revoked"]!);
        Assert.True((bool)(await scene.Call(HttpMethod.Post, "/credentials/revoke", revoke, fresh)).Body!["already_revoked"]!);
        Assert.Equal(401, (await scene.Call(HttpMethod.Get, "/account", token: old)).Status);

        var last = Secret();
        last["token"] = fresh;
        Assert.Equal(409, (await scene.Call(HttpMethod.Post, "/credentials/revoke", last, fresh)).Status);
    }

    [Fact]
    public async Task Every_operation_of_an_installation_is_there_by_the_long_prefix_too()
    {
        await using var scene = await Scene.Set();
        const string Prefix = "/v1/installations/";

        foreach (var operation in VercelOperations.All.Where(operation => operation.Path.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var path = Regex.Replace(
                operation.Path.Replace(Prefix, "/v1/integrations/marketplace/installations/", StringComparison.Ordinal), "{[^}]*}", "unknown",
                RegexOptions.None, TimeSpan.FromSeconds(1));

            // Not there would be a 404 as well, but without a token nobody learns what there is.
            Assert.Equal(401, (await scene.Call(operation.Method, path, token: "guessed")).Status);
        }

        Assert.Equal(200, (await scene.Call(HttpMethod.Get, $"/v1/integrations/marketplace/installations/{scene.InstallationId}/account")).Status);
    }

    [Fact]
    public async Task The_client_secret_must_be_right()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(403, (await scene.Call(
            HttpMethod.Post, "/credentials/rotate", new JsonObject { ["client_secret"] = "guessed" })).Status);
    }

    [Fact]
    public async Task The_token_dies_with_the_installation()
    {
        await using var scene = await Scene.Set();
        var token = scene.Installation.Tokens[0].Value;

        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, "/account", token: token)).Status);
        Assert.Equal(204, (await scene.Call(HttpMethod.Post, "/billing/finalize", token: token)).Status);

        Assert.Equal(410, (await scene.Call(HttpMethod.Get, "/account", token: token)).Status);
        Assert.Equal(410, (await scene.Call(HttpMethod.Get, "/billing/invoices/mi_1", token: token)).Status);
    }

    [Fact]
    public async Task A_member_is_known_by_the_id_in_this_integration()
    {
        await using var scene = await Scene.Set();
        var admin = scene.Vercel.State.Teams[scene.AccountId].Admin;

        var (_, member) = await scene.Call(HttpMethod.Get, $"/member/{admin.UserId}");

        Assert.Equal("ADMIN", (string?)member!["role"]);
        Assert.Equal(404, (await scene.Call(HttpMethod.Get, $"/member/{admin.GlobalUserId}")).Status);
    }

    private static JsonObject Secret() => new() { ["client_secret"] = "simulated-client-secret", ["client_id"] = "oac_simulated" };
}
