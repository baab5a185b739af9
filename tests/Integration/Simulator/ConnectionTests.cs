using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Marketplace.Simulator.Installations;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketplace.Integration.Simulator;

/// <summary>Installations of the second kind, made by OAuth. Source: contract D.13.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_that_asks_for_an_account_comes_back_with_a_code_that_becomes_a_token()
    {
        await using var scene = await Scene.Set();
        var redirect = Uri.EscapeDataString(scene.Vercel.ConnectAccount!.AbsoluteUri);

        var back = await Visit(scene, $"/oauth/authorize?client_id=oac_simulated&response_type=code&state=ours&redirect_uri={redirect}&teamId=team_{scene.AccountId}&as=USER");

        Assert.StartsWith(scene.Vercel.ConnectAccount!.AbsoluteUri, back.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal("ours", Query(back)["state"]);
        var (status, answer) = await Exchange(scene, Query(back)["code"]!);
        Assert.Equal(200, status);
        Assert.Equal(
            ("Bearer", $"team_{scene.AccountId}", scene.Vercel.State.Teams[scene.AccountId].Viewer.GlobalUserId),
            ((string?)answer!["token_type"], (string?)answer["team_id"], (string?)answer["user_id"]));
        var installation = scene.Vercel.State.Installations[(string)answer["installation_id"]!];
        Assert.Equal((InstallationKind.Connectable, (string?)answer["access_token"]), (installation.Kind, installation.Tokens[^1].Value));
    }

    [Fact]
    public async Task A_connected_account_is_independent_of_a_native_installation_of_the_same_team()
    {
        await using var scene = await Scene.Set();
        var project = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop");
        var (id, token) = await Connect(scene);

        Assert.NotEqual(scene.InstallationId, id);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, $"/v9/projects/{project.Id}", token: token)).Status);
        Assert.Equal(403, (await scene.Call(HttpMethod.Get, $"/v1/installations/{id}/account", token: token)).Status);
        Assert.Equal(403, (await scene.Call(HttpMethod.Get, "/account", token: token)).Status);
        Assert.Equal(403, (await scene.Call(HttpMethod.Post, $"/v1/installations/{id}/billing", Bodies.Billing(Scene.Start), token)).Status);

        scene.Vercel.Dashboard.DisconnectAccount(id);

        Assert.Equal(403, (await scene.Call(HttpMethod.Get, $"/v9/projects/{project.Id}", token: token)).Status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, "/account")).Status);
        await scene.Vercel.Settle(Cancel);
        var removed = JsonNode.Parse(scene.Provider.Webhooks.Last().Body)!;
        Assert.Equal(("integration-configuration.removed", id), ((string?)removed["type"], (string?)removed["payload"]!["installationId"]));
    }

    [Fact]
    public async Task An_account_has_one_of_each_kind()
    {
        await using var scene = await Scene.Set();
        var project = scene.Vercel.Dashboard.CreateProject(scene.AccountId, "shop");
        var (first, old) = await Connect(scene);

        var (second, fresh) = await Connect(scene);

        Assert.Equal(first, second);
        Assert.Equal(401, (await scene.Call(HttpMethod.Get, $"/v9/projects/{project.Id}", token: old)).Status);
        Assert.Equal(200, (await scene.Call(HttpMethod.Get, $"/v9/projects/{project.Id}", token: fresh)).Status);
        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Vercel.Dashboard.Install(scene.AccountId, Cancel));

        scene.Vercel.Dashboard.DisconnectAccount(first);
        Assert.NotEqual(first, (await Connect(scene)).Id);
    }

    [Fact]
    public async Task A_personal_account_has_no_team()
    {
        await using var scene = await Scene.Set();
        var account = scene.Vercel.Dashboard.CreatePersonalAccount("Pat");

        var (_, answer) = await Exchange(scene, Query(scene.Vercel.Dashboard.ConnectAccount(account.AccountId))["code"]!);

        Assert.True(answer!.AsObject().ContainsKey("team_id"));
        Assert.Null(answer["team_id"]);
    }

    [Fact]
    public async Task A_code_is_good_once_for_five_minutes_and_for_its_client_and_address()
    {
        await using var scene = await Scene.Set();
        var code = Code(scene);

        Assert.Equal(403, (await Exchange(scene, code, form => form["client_secret"] = "guessed")).Status);
        Assert.Equal(403, (await Exchange(scene, code, form => form["client_id"] = "oac_other")).Status);
        Assert.Equal(400, (await Exchange(scene, code, form => form["redirect_uri"] = "https://elsewhere.example/")).Status);
        Assert.Equal(400, (await Exchange(scene, "code_guessed")).Status);
        Assert.Equal(200, (await Exchange(scene, code)).Status);
        Assert.Equal(400, (await Exchange(scene, code)).Status);

        var late = Code(scene);
        await scene.Vercel.Advance(TimeSpan.FromMinutes(5), Cancel);
        Assert.Equal(400, (await Exchange(scene, late)).Status);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("client_id")]
    [InlineData("client_secret")]
    [InlineData("redirect_uri")]
    public async Task An_exchange_needs_each_of_its_fields(string field)
    {
        await using var scene = await Scene.Set();

        var (status, answer) = await Exchange(scene, Code(scene), form => form.Remove(field));

        Assert.Equal(400, status);
        Assert.Contains($"{field}: is missing", (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exchange_is_a_form()
    {
        await using var scene = await Scene.Set();

        using var answer = await scene.Http.PostAsJsonAsync("/v2/oauth/access_token", Fields(scene, Code(scene)), Cancel);

        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/oauth/authorize?client_id=oac_other", 404)]
    [InlineData("/oauth/authorize", 400)]
    [InlineData("/oauth/authorize?client_id=oac_simulated&redirect_uri=https://elsewhere.example/", 400)]
    [InlineData("/oauth/authorize?client_id=oac_simulated&response_type=token", 400)]
    [InlineData("/oauth/authorize?client_id=oac_simulated&teamId=team_unknown", 404)]
    [InlineData("/oauth/authorize?client_id=oac_simulated&as=a-stranger", 403)]
    [InlineData("/integrations/other/new", 404)]
    public async Task Nobody_is_sent_where_he_should_not_go(string path, int expected)
    {
        await using var scene = await Scene.Set();

        Assert.Equal(expected, (int)(await scene.Http.GetAsync(path, Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_marketplace_leads_to_the_redirect_url_as_well()
    {
        await using var scene = await Scene.Set();

        Assert.Equal(200, (await Exchange(scene, Query(await Visit(scene, "/integrations/acme/new"))["code"]!)).Status);
    }

    [Fact]
    public async Task Connected_accounts_outlive_a_restart_with_the_same_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():N}.json");
        try
        {
            string id;
            await using (var scene = await Scene.Set(change: options => options with { StateFile = file }))
            {
                (id, _) = await Connect(scene);
            }

            await using var again = await SimulatorServer.Start(new SimulatorOptions { StateFile = file }, Cancel);
            Assert.Equal(InstallationKind.Connectable, again.State.Installations[id].Kind);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Code(Scene scene) => Query(scene.Vercel.Dashboard.ConnectAccount(scene.AccountId))["code"]!;

    private static async Task<(string Id, string Token)> Connect(Scene scene)
    {
        var (status, answer) = await Exchange(scene, Code(scene));
        Assert.Equal(200, status);
        return ((string)answer!["installation_id"]!, (string)answer["access_token"]!);
    }

    private static Dictionary<string, string> Fields(Scene scene, string code) => new(StringComparer.Ordinal)
    {
        ["code"] = code,
        ["client_id"] = "oac_simulated",
        ["client_secret"] = "simulated-client-secret",
        ["redirect_uri"] = scene.Vercel.ConnectAccount!.AbsoluteUri,
    };

    private static async Task<(int Status, JsonNode? Body)> Exchange(Scene scene, string code, Action<Dictionary<string, string>>? bend = null)
    {
        var fields = Fields(scene, code);
        bend?.Invoke(fields);
        using var answer = await scene.Http.PostAsync("/v2/oauth/access_token", new FormUrlEncodedContent(fields), Cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel));
    }

    private static async Task<Uri> Visit(Scene scene, string path)
    {
        using var answer = await scene.Http.GetAsync(path, Cancel);
        Assert.Equal(302, (int)answer.StatusCode);
        return answer.Headers.Location!;
    }

    private static Dictionary<string, string> Query(Uri address) =>
        QueryHelpers.ParseQuery(address.Query).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
}
