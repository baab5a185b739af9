using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Integration.OpenApi;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Tokens;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Integration;

/// <summary>What a customer does, and what Vercel calls.</summary>
public sealed partial class Acme
{
    /// <summary>A new team installs.</summary>
    internal async Task<string> Install()
    {
        var team = Customer.CreateTeam($"Team {Guid.NewGuid().ToString("N")[..8]}");
        var (installation, installed) = await Customer.Install(team.AccountId, Cancel);
        Assert.True(installed is { IsSuccess: true, Findings.IsEmpty: true }, installed.ToString());
        return installation;
    }

    /// <summary>Provisions, and expects that it can be done at once.</summary>
    internal async Task<Provisioned> Provision(
        string installation, string name = "tool", string plan = "pro", string product = "acme-tools", JsonObject? metadata = null)
    {
        var exchange = await Customer.Provision(installation, product, name, plan, metadata ?? [], Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        var provisioned = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        Assert.Equal("ready", provisioned.Status);
        return provisioned;
    }

    /// <summary>From now on no invoice of the customer can be charged.</summary>
    internal void CardFails(string installation) => Pays(installation, PaymentBehaviour.NeverPays);

    /// <summary>The customer has given another one: the next attempt succeeds.</summary>
    internal void CardWorks(string installation) => Pays(installation, PaymentBehaviour.Pays);

    private void Pays(string installation, PaymentBehaviour behaviour) =>
        Vercel.Change(state => state.With(state.Installations[installation] with { Payment = behaviour }));

    public static string NewInstallationId() => $"icfg_{Guid.NewGuid().ToString("N")[..24]}";

    public static string NewKey() => Guid.NewGuid().ToString();

    /// <summary>As an administrator of the installation's team.</summary>
    public TokenDraft Admin(string installation) =>
        Vercel.Tokens.ForUser(TeamOf(installation)?.Admin ?? Somebody(installation), installation);

    /// <summary>As somebody of the team who may only look.</summary>
    public TokenDraft Viewer(string installation) =>
        Vercel.Tokens.ForUser(TeamOf(installation)?.Viewer ?? Somebody(installation) with { Role = PersonRole.User }, installation);

    /// <summary>As Vercel itself.</summary>
    public TokenDraft System(string installation) =>
        Vercel.Tokens.ForSystem(TeamOf(installation)?.AccountId ?? Somebody(installation).AccountId, installation);

    internal Task<Answer> Put(string path, TokenDraft token, object? body, string? key = null) =>
        Call(HttpMethod.Put, path, token, body, key);

    internal Task<Answer> Post(string path, TokenDraft token, object? body = null, string? key = null, CancellationToken? patience = null) =>
        Call(HttpMethod.Post, path, token, body, key, patience);

    internal Task<Answer> Patch(string path, TokenDraft token, object? body, string? key = null) =>
        Call(HttpMethod.Patch, path, token, body, key);

    internal Task<Answer> Delete(string path, TokenDraft token, object? body = null, string? key = null) =>
        Call(HttpMethod.Delete, path, token, body, key);

    internal Task<Answer> Get(string path, TokenDraft token) => Call(HttpMethod.Get, path, token);

    /// <param name="body">JSON, or text that is sent as it is.</param>
    internal Task<Answer> Call(
        HttpMethod method, string path, TokenDraft token, object? body = null, string? key = null, CancellationToken? patience = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Vercel.Tokens.Sign(token));
        request.Headers.Add("X-Vercel-Auth", token.Claims.ContainsKey("user_role") ? "user" : "system");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (body is not null)
            request.Content = new StringContent(body as string ?? ((JsonNode)body).ToJsonString(), Encoding.UTF8, "application/json");
        return Send(request, patience);
    }

    internal async Task<Answer> Send(HttpRequestMessage request, CancellationToken? patience = null)
    {
        using (request)
        {
            using var response = await Server.Http.SendAsync(request, patience ?? Cancel);
            return await Read(request, response);
        }
    }

    /// <summary>Whatever the test is about: what the server answers is what it describes.</summary>
    internal static async Task<Answer> Read(HttpRequestMessage request, HttpResponseMessage response)
    {
        var answer = await Answer.Of(response, Cancel);
        var (method, path) = (request.Method.Method, request.RequestUri!.AbsolutePath);
        string[] faults = [.. PartnerApiDocument.Faults(method, path, answer), .. ProviderApiDocument.Document.Faults(method, path, answer)];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
        return answer;
    }

    /// <summary>A webhook as Vercel would sign it.</summary>
    internal Task<Answer> Webhook(string body) => Webhook(body, WebhookDelivery.Sign(body, ClientSecret));

    internal Task<Answer> Webhook(string body, string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/vercel")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (signature is not null)
            request.Headers.Add("x-vercel-signature", signature);
        return Send(request);
    }

    /// <summary>Of a team that the simulator knows nothing of: one for each installation, because a team has one.</summary>
    private static Person Somebody(string installation) =>
        new(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(installation)), "def456", "user_1", PersonRole.Admin, "ada@example.test", "Ada");

    private Team? TeamOf(string installation) =>
        Vercel.State.Installations.TryGetValue(installation, out var known) ? Vercel.State.Teams[known.AccountId] : null;
}

/// <summary>What a customer got.</summary>
internal sealed record Provisioned(string Installation, JsonNode Json)
{
    public string Id => Json["id"]!.GetValue<string>();

    public string Status => Json["status"]!.GetValue<string>();

    public string Path => Paths.Resource(Installation, Id);

    public string Secret(string name = "ACME_KEY") => Secrets(Json["secrets"]!)[name];

    public static Dictionary<string, string> Secrets(JsonNode secrets) =>
        secrets.AsArray().ToDictionary(secret => secret!["name"]!.GetValue<string>(), secret => secret!["value"]!.GetValue<string>(), StringComparer.Ordinal);

    public override string ToString() => $"{Id} of {Installation}";
}

/// <summary>The paths of the Partner API.</summary>
internal static class Paths
{
    public static string Installation(string installation) => $"/v1/installations/{installation}";

    public static string Resources(string installation) => $"{Installation(installation)}/resources";

    public static string Resource(string installation, string resource) => $"{Resources(installation)}/{resource}";

    public static string Purchase(string installation) => $"{Installation(installation)}/billing/provision";

    public static string Repl(string installation, string resource) => $"{Resource(installation, resource)}/repl";

    public static string Rotate(string installation, string resource) => $"{Resource(installation, resource)}/secrets/rotate";
}
