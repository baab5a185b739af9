using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Integration.VercelApi;
using Marketplace.Simulator;
using Marketplace.Simulator.Installations;

namespace Marketplace.Integration.Simulator;

/// <summary>Vercel's side with one customer, whose installation has one resource on the plan <c>pro</c>.</summary>
internal sealed class Scene : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly HttpClient http;

    private Scene(SimulatorServer vercel, TinyProvider provider)
    {
        Vercel = vercel;
        Provider = provider;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = vercel.BaseUrl };
    }

    /// <summary>Vercel's side as anybody reaches it, who follows no redirect.</summary>
    public HttpClient Http => http;

    public SimulatorServer Vercel { get; }

    public TinyProvider Provider { get; }

    public string AccountId { get; private set; } = "";

    public string InstallationId { get; private set; } = "";

    public string ResourceId { get; private set; } = "";

    public Installation Installation => Vercel.State.Installations[InstallationId];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Scene> Set(string plan = "pro", Func<SimulatorOptions, SimulatorOptions>? change = null)
    {
        var options = new SimulatorOptions { Now = Start, StepTimeout = TimeSpan.FromSeconds(2) };
        var scene = new Scene(
            await SimulatorServer.Start(change is null ? options : change(options), Cancel), await TinyProvider.Start(Cancel));
        scene.Vercel.Provider = scene.Provider.BaseUrl;
        scene.Vercel.Webhook = scene.Provider.WebhookUrl;
        scene.Vercel.ConnectAccount = new Uri(scene.Provider.BaseUrl, "/connect/callback");
        scene.Vercel.ImportResource = new Uri(scene.Provider.BaseUrl, "/import");
        scene.Vercel.RedirectLogin = new Uri(scene.Provider.BaseUrl, "/sso/callback");
        scene.AccountId = scene.Vercel.Dashboard.CreateTeam("Blue Whale").AccountId;
        (scene.InstallationId, var installed) = await scene.Vercel.Dashboard.Install(scene.AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        var provisioned = await scene.Vercel.Dashboard.Provision(
            scene.InstallationId, "acme-postgres", "db", plan, new JsonObject { ["region"] = "iad1" }, Cancel);
        Assert.True(provisioned.IsSuccess, provisioned.ToString());
        scene.ResourceId = provisioned.Json!.Value.GetProperty("id").GetString()!;
        return scene;
    }

    /// <summary>Calls Vercel's API as the provider does.</summary>
    /// <param name="path">Below the installation, or a whole path.</param>
    public async Task<(int Status, JsonNode? Body)> Call(HttpMethod method, string path, JsonNode? body = null, string? token = null)
    {
        using var request = Request(method, path, body, token);
        using var response = await http.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        HoldAgainstTheDescription(request, (int)response.StatusCode, text);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Whatever a test is about, Vercel's side answers as it is published, unless it was made to misbehave.</summary>
    public void HoldAgainstTheDescription(HttpRequestMessage request, int status, string body)
    {
        var path = new Uri(Vercel.BaseUrl, request.RequestUri!).AbsolutePath;
        if (Vercel.Calls.LastOrDefault(call => call.Path == path) is not { IsDisturbed: true })
        {
            Assert.Empty(ContractWatch.AnswerFaults(request.Method.Method, path, status, body));
        }
    }

    public HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body = null, string? token = null)
    {
        var whole = Regex.IsMatch(path, "^/v[0-9]+/", RegexOptions.None, TimeSpan.FromSeconds(1)) ? path : $"/v1/installations/{InstallationId}{path}";
        var request = new HttpRequestMessage(method, whole);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Installation.Tokens[^1].Value);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        return request;
    }

    /// <summary>An hour passes, and the provider sends its running totals.</summary>
    public async Task Hour(bool withData = true)
    {
        await Vercel.Advance(TimeSpan.FromHours(1), Cancel);
        if (withData)
        {
            var (status, body) = await Call(HttpMethod.Post, "/billing", Bodies.Billing(Vercel.Clock.GetUtcNow(), ResourceId));
            Assert.True(status == 201, body?.ToJsonString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Vercel.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
