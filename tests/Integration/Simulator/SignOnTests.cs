using System.Buffers.Text;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Microsoft.AspNetCore.WebUtilities;

namespace Marketplace.Integration.Simulator;

/// <summary>Single sign-on from both sides. Source: contract D.10, §E.8, §E.9.</summary>
public sealed class SignOnTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_is_sent_to_the_redirect_login_url_with_a_code_a_state_and_where_it_wants_to_be()
    {
        await using var scene = await Scene.Set();
        scene.Vercel.RedirectLogin = new Uri(scene.Provider.BaseUrl, "/sso/callback?region=eu");

        var asked = await Ask(scene, new JsonObject { ["resource_id"] = "res_1", ["path"] = "billing", ["url"] = "https://acme.example/a?b=c", ["support"] = true });
        var visited = await Visit(scene, $"/customer/installations/{scene.InstallationId}/sso?as=USER&invoice_id=mi_1");

        Assert.StartsWith($"{scene.Provider.BaseUrl}sso/callback?region=eu&mode=sso&", asked.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal(
            ["region=eu", "mode=sso", "resource_id=res_1", "path=billing", "url=https://acme.example/a?b=c", "support=true"],
            Query(asked).Where(parameter => parameter.Key is not ("code" or "state")).Select(parameter => $"{parameter.Key}={parameter.Value}"));
        Assert.Equal("mi_1", Query(visited)["invoice_id"]);
        Assert.DoesNotContain("as", Query(visited).Keys);
        Assert.NotEqual(Query(asked)["code"], Query(visited)["code"]);
    }

    [Theory]
    [InlineData("""{"path": "elsewhere"}""", "path: must be one of")]
    [InlineData("""{"support": "no"}""", "support: must be true")]
    [InlineData("""{"code": "mine"}""", "code: is not a known parameter")]
    public async Task Nobody_is_sent_with_what_the_contract_does_not_know(string body, string expected)
    {
        await using var scene = await Scene.Set();

        var answer = await scene.Http.PostAsJsonAsync(
            $"/customer/installations/{scene.InstallationId}/sso", JsonNode.Parse(body), Cancel);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADMIN", false)]
    [InlineData("USER", true)]
    public async Task A_code_becomes_the_claims_of_the_person_who_carried_it(string role, bool asForm)
    {
        await using var scene = await Scene.Set();
        var code = Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId, role));

        var (status, answer) = await Exchange(scene, Code(code["code"]!, state: code["state"]), asForm);

        Assert.Equal(200, status);
        var claims = Claims((string)answer!["id_token"]!);
        var team = scene.Vercel.State.Teams[scene.AccountId];
        Assert.Equal("id_token", (string?)claims["type"]);
        Assert.Equal(role, (string?)claims["user_role"]);
        Assert.Equal(team.Choose(role).UserId, (string?)claims["user_id"]);
        Assert.Equal($"account:{team.AccountId}:user:{team.Choose(role).GlobalUserId}", (string?)claims["sub"]);
        Assert.Equal(scene.InstallationId, (string?)claims["installation_id"]);
        Assert.Equal("oac_simulated", (string?)claims["aud"]);
        Assert.Equal(team.Choose(role).Email, (string?)claims["user_email"]);
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        await using var scene = await Scene.Set();
        var code = Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!;

        Assert.Equal(200, (await Exchange(scene, Code(code))).Status);

        var (status, answer) = await Exchange(scene, Code(code));
        Assert.Equal(400, status);
        Assert.Equal("invalid_grant", (string?)answer!["error"]!["code"]);
    }

    [Theory]
    [InlineData("audience", "aud")]
    [InlineData("issuer", "iss")]
    [InlineData("no-expiry", "exp")]
    [InlineData("no-installation", "installation_id")]
    public async Task A_fault_makes_the_id_token_of_an_exchange_one_that_nobody_may_accept(string wrong, string claim)
    {
        await using var scene = await Scene.Set();
        var good = await IdToken();
        var fault = await scene.Http.PostAsJsonAsync("/faults", new JsonObject { ["fault"] = "id-token", ["wrong"] = wrong, ["times"] = 1 }, Cancel);
        Assert.Contains(wrong, await fault.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        Assert.NotEqual($"{good[claim]}", $"{(await IdToken())[claim]}");
        Assert.Equal($"{good["aud"]}", $"{(await IdToken())["aud"]}");

        async Task<JsonObject> IdToken() => Claims((string)(await Exchange(
            scene, Code(Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]))).Body!["id_token"]!);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("key")]
    public async Task A_fault_makes_the_signature_of_an_id_token_one_that_nobody_may_accept(string wrong)
    {
        await using var scene = await Scene.Set();
        await scene.Http.PostAsJsonAsync("/faults", new JsonObject { ["fault"] = "id-token", ["wrong"] = wrong }, Cancel);
        var (_, answer) = await Exchange(scene, Code(Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]));
        var token = (string)answer!["id_token"]!;
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!;
        Assert.NotEqual(scene.Vercel.Tokens.CurrentKey.KeyId, (string?)header["kid"]);
        Assert.Equal(wrong == "unsigned", token.EndsWith('.'));
    }

    [Fact]
    public async Task A_code_lives_for_five_minutes_of_virtual_time()
    {
        await using var scene = await Scene.Set();
        var (early, late) = (Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!, Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!);

        await scene.Vercel.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1), Cancel);
        Assert.Equal(200, (await Exchange(scene, Code(early))).Status);

        await scene.Vercel.Advance(TimeSpan.FromMilliseconds(1), Cancel);
        Assert.Equal(400, (await Exchange(scene, Code(late))).Status);
    }

    [Fact]
    public async Task A_code_is_bound_to_its_client_its_state_and_its_address()
    {
        await using var scene = await Scene.Set();
        var code = Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!;

        Assert.Equal(403, (await Exchange(scene, Bent(Code(code), "client_secret", "guessed"))).Status);
        Assert.Equal(403, (await Exchange(scene, Bent(Code(code), "client_id", "oac_other"))).Status);
        Assert.Equal(400, (await Exchange(scene, Code(code, state: "another"))).Status);
        Assert.Equal(400, (await Exchange(scene, Bent(Code(code), "redirect_uri", "https://elsewhere.example/"))).Status);
        Assert.Equal(400, (await Exchange(scene, Bent(Code(code), "grant_type", "password"))).Status);
        Assert.Equal(400, (await Exchange(scene, Code("ssoc_guessed"))).Status);
        Assert.Equal(200, (await Exchange(scene, Bent(Code(code), "redirect_uri", scene.Vercel.RedirectLogin!.AbsoluteUri))).Status);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("client_id")]
    [InlineData("client_secret")]
    [InlineData("grant_type")]
    public async Task An_exchange_needs_each_of_its_fields(string field)
    {
        await using var scene = await Scene.Set();
        var body = Code(Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!);
        body.Remove(field);

        var (status, answer) = await Exchange(scene, body);

        Assert.Equal(400, status);
        Assert.Contains($"{field}: is missing", (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_has_all_five_fields_and_ends_when_the_person_leaves()
    {
        await using var scene = await Scene.Set();
        var (_, first) = await Exchange(scene, Code(Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!));

        var (status, answer) = await Exchange(scene, Refresh((string)first!["refresh_token"]!), asForm: true);

        Assert.Equal(200, status);
        Assert.All((string[])["id_token", "access_token", "token_type", "expires_in", "refresh_token"], field => Assert.NotNull(answer![field]));
        scene.Vercel.Dashboard.InstallerLeaves(scene.AccountId);
        Assert.Equal(403, (await Exchange(scene, Refresh((string)answer!["refresh_token"]!))).Status);
        Assert.Equal(400, (await Exchange(scene, Refresh("ssor_guessed"))).Status);
    }

    [Fact]
    public async Task A_code_of_an_installation_that_is_gone_opens_nothing()
    {
        await using var scene = await Scene.Set();
        var code = Query(scene.Vercel.Dashboard.SignOn(scene.InstallationId))["code"]!;
        scene.Provider.DeleteAnswer = new JsonObject { ["finalized"] = true };
        await scene.Vercel.Dashboard.Uninstall(scene.InstallationId, Cancel);

        Assert.Equal(403, (await Exchange(scene, Code(code))).Status);
        Assert.Equal(404, (int)(await scene.Http.GetAsync($"/sso/integrations/acme/{scene.InstallationId}", Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_provider_sends_a_browser_and_gets_it_back_with_its_query_and_its_own_state()
    {
        await using var scene = await Scene.Set();

        var back = await Visit(scene, $"/sso/integrations/acme/{scene.InstallationId}?state=ours&resource_id=res_1&tab=two&code=forged&mode=forged");

        var query = Query(back);
        Assert.Equal(("ours", "res_1", "two", "sso"), (query["state"], query["resource_id"], query["tab"], query["mode"]));
        Assert.Equal(400, (await Exchange(scene, Code(query["code"]!, state: "another"))).Status);
        Assert.Equal(200, (await Exchange(scene, Code(query["code"]!, state: "ours"))).Status);
    }

    [Fact]
    public async Task The_command_line_s_way_names_team_and_installation_in_its_query()
    {
        await using var scene = await Scene.Set();

        var back = await Visit(scene, $"/api/marketplace/sso?teamId=team_{scene.AccountId}&integrationConfigurationId={scene.InstallationId}&resource_id=res_1");

        Assert.Equal(["mode", "code", "state", "resource_id"], Query(back).Keys);
        Assert.Equal(404, (int)(await scene.Http.GetAsync(
            $"/api/marketplace/sso?teamId=team_other&integrationConfigurationId={scene.InstallationId}", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Only_whoever_has_access_comes_back()
    {
        await using var scene = await Scene.Set();
        var path = $"/sso/integrations/acme/{scene.InstallationId}";
        var viewer = scene.Vercel.State.Teams[scene.AccountId].Viewer;

        Assert.Equal(404, (int)(await scene.Http.GetAsync($"/sso/integrations/other/{scene.InstallationId}", Cancel)).StatusCode);
        Assert.Equal(404, (int)(await scene.Http.GetAsync("/sso/integrations/acme/icfg_unknown", Cancel)).StatusCode);
        Assert.Equal(403, (int)(await scene.Http.GetAsync($"{path}?as=a-stranger", Cancel)).StatusCode);

        scene.Vercel.Dashboard.SignIn(scene.AccountId, viewer.UserId);
        var (_, answer) = await Exchange(scene, Code(Query(await Visit(scene, path))["code"]!));
        Assert.Equal("USER", (string?)Claims((string)answer!["id_token"]!)["user_role"]);
    }

    [Fact]
    public async Task The_link_of_a_notification_signs_on_where_it_says_so()
    {
        await using var scene = await Scene.Set();
        await Notify(scene, "sso:https://acme.example/upgrade?plan=pro");

        var signedOn = Query(scene.Vercel.Dashboard.OpenNotification(scene.InstallationId, scene.ResourceId));
        Assert.Equal("https://acme.example/upgrade?plan=pro", signedOn["url"]);
        Assert.Equal(scene.ResourceId, signedOn["resource_id"]);

        using var opened = await scene.Http.PostAsJsonAsync(
            $"/customer/installations/{scene.InstallationId}/open", new JsonObject { ["href"] = "sso:https://acme.example/logs", ["as"] = "USER" }, Cancel);
        var followed = new Uri((string)(await opened.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["url"]!);
        Assert.Equal("https://acme.example/logs", Query(followed)["url"]);
        Assert.Throws<ArgumentException>(() => scene.Vercel.Dashboard.OpenLink(scene.InstallationId, "javascript:alert(1)"));

        await Notify(scene, "https://acme.example/status");
        Assert.Equal("https://acme.example/status", scene.Vercel.Dashboard.OpenNotification(scene.InstallationId, scene.ResourceId).AbsoluteUri);
    }

    [Fact]
    public async Task Codes_outlive_a_restart_and_stand_in_no_log()
    {
        var file = Path.Combine(Path.GetTempPath(), $"simulator-{Guid.NewGuid():N}.json");
        try
        {
            string code;
            await using (var scene = await Scene.Set(change: options => options with { StateFile = file }))
            {
                code = Query(await Visit(scene, $"/sso/integrations/acme/{scene.InstallationId}"))["code"]!;
                Assert.DoesNotContain(scene.Vercel.Calls, call => call.ToString().Contains(code, StringComparison.Ordinal));
            }

            await using var again = await SimulatorServer.Start(new SimulatorOptions { StateFile = file }, Cancel);
            using var http = new HttpClient { BaseAddress = again.BaseUrl };
            using var answer = await http.PostAsJsonAsync("/v1/integrations/sso/token", Code(code), Cancel);
            Assert.Equal(200, (int)answer.StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<(int, JsonNode?)> Notify(Scene scene, string href) => scene.Call(
        HttpMethod.Patch, $"/resources/{scene.ResourceId}", new JsonObject
        {
            ["notification"] = new JsonObject { ["level"] = "warn", ["title"] = "Nearly full", ["href"] = href },
        });

    private static async Task<Uri> Ask(Scene scene, JsonObject body)
    {
        using var answer = await scene.Http.PostAsJsonAsync($"/customer/installations/{scene.InstallationId}/sso", body, Cancel);
        Assert.Equal(200, (int)answer.StatusCode);
        return new Uri((string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!["url"]!);
    }

    private static async Task<Uri> Visit(Scene scene, string path)
    {
        using var answer = await scene.Http.GetAsync(path, Cancel);
        Assert.Equal(302, (int)answer.StatusCode);
        return answer.Headers.Location!;
    }

    private static async Task<(int Status, JsonNode? Body)> Exchange(Scene scene, JsonObject body, bool asForm = false)
    {
        using HttpContent content = asForm
            ? new FormUrlEncodedContent(body.Select(field => KeyValuePair.Create(field.Key, (string)field.Value!)))
            : JsonContent.Create(body);
        using var answer = await scene.Http.PostAsync("/v1/integrations/sso/token", content, Cancel);
        scene.HoldAgainstTheDescription(answer.RequestMessage!, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel));
    }

    private static JsonObject Code(string code, string? state = null)
    {
        var body = new JsonObject
        {
            ["code"] = code, ["client_id"] = "oac_simulated", ["client_secret"] = "simulated-client-secret", ["grant_type"] = "authorization_code",
        };
        return state is null ? body : Bent(body, "state", state);
    }

    private static JsonObject Refresh(string token) => new()
    {
        ["refresh_token"] = token, ["client_id"] = "oac_simulated", ["client_secret"] = "simulated-client-secret", ["grant_type"] = "refresh_token",
    };

    private static JsonObject Bent(JsonObject body, string field, string value)
    {
        body[field] = value;
        return body;
    }

    private static JsonObject Claims(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    private static Dictionary<string, string> Query(Uri address) =>
        QueryHelpers.ParseQuery(address.Query).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
}
