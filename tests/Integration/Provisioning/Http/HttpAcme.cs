using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Provisioning.Http;
using Marketplace.Shell.Resources;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>Acme with a control plane of its own, which makes what <c>acme-tools</c> sells.</summary>
internal sealed class HttpAcme : IAsyncDisposable
{
    /// <summary>Where the server says that it is reached.</summary>
    public const string PublicUrl = "https://marketplace.acme.example";

    private HttpAcme(Acme acme, Backroom backroom) => (Acme, Backroom) = (acme, backroom);

    public Acme Acme { get; }

    public Backroom Backroom { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="limits">A question that fails is the worker's to repeat, unless the test says otherwise, so that it sees each.</param>
    public static async Task<HttpAcme> Open(ControlPlaneLimits? limits = null, params (string Key, string Value)[] settings)
    {
        var backroom = await Backroom.Open(Cancel);
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HttpProvisioner:Url"] = backroom.Url.AbsoluteUri,
            ["HttpProvisioner:Secrets"] = string.Join(',', backroom.Secrets),
            ["PublicUrl"] = PublicUrl,
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        return new HttpAcme(
            await Acme.Open(new AcmeOptions
            {
                Adapt = SoldByHttp.Adapt, Settings = all, ControlPlaneLimits = limits ?? ControlPlaneLimits.Default with { RepeatsMax = 0 },
            }),
            backroom);
    }

    /// <summary>A resource whose first answer was none, or pending, so that Vercel was told to wait.</summary>
    public async Task<(string Installation, string Id)> Pending(string name, params Mood[] moods)
    {
        Backroom.Plan("provision", name, moods);
        var installation = await Acme.Install();
        var exchange = await Acme.Customer.Provision(installation, "acme-tools", name, "pro", [], Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        var json = JsonNode.Parse(exchange.Body)!;
        Assert.Equal("pending", (string)json["status"]!);
        return (installation, (string)json["id"]!);
    }

    public Task Suspend(Provisioned tool, string reason) => Change(tool, (writes, fulfilment, resource) => ResourceSuspension.Suspend(
        writes, fulfilment, new(tool.Installation), resource, SuspensionCause.Provider, reason, Actor.Worker("test"), Acme.Now));

    public Task Resume(Provisioned tool) => Change(tool, (writes, fulfilment, resource) => ResourceSuspension.Resume(
        writes, fulfilment, new(tool.Installation), resource, SuspensionCause.Provider, Actor.Worker("test"), Acme.Now));

    private async Task Change(Provisioned tool, Action<Writes, Fulfilment, Resource> change)
    {
        var services = Acme.Server.Services;
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        var resource = await ResourceRows.LoadForUpdate(transaction, new(tool.Installation), new(tool.Id), Cancel);
        var writes = new Writes();
        change(writes, services.GetRequiredService<Fulfilment>(), resource!);
        await writes.Commit(transaction, Cancel);
    }

    /// <summary>What Vercel has of a resource now.</summary>
    public Marketplace.Simulator.Resources.Resource AtVercel(string installation, string id) => Acme.Vercel.State.Installations[installation].Resources[id];

    public async Task<string?> LastError(string id) =>
        await Acme.Ask<string>("select last_error from operation where resource_id = $1 order by sequence desc limit 1", id);

    /// <summary>The control plane tells an outcome.</summary>
    public Task<Answer> Tell(Question of, string outcome) => Tell(of.Installation, of.Operation, Named(of, outcome));

    /// <param name="at">When it is sent; now when absent.</param>
    public Task<Answer> Tell(string installation, string operation, string body, string? secret = null, DateTimeOffset? at = null) =>
        Acme.Send(Outcome(installation, operation, body, secret ?? Backroom.Secrets[0], at));

    public static HttpRequestMessage Outcome(Question of, string body, string secret) => Outcome(of.Installation, of.Operation, body, secret, at: null);

    private static HttpRequestMessage Outcome(string installation, string operation, string body, string secret, DateTimeOffset? at)
    {
        var seconds = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, $"/control-plane/v1/operations/{installation}/{Uri.EscapeDataString(operation)}/outcome")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", "msg_1");
        request.Headers.Add("webhook-timestamp", $"{seconds}");
        request.Headers.Add("webhook-signature", Backroom.Sign(secret, "msg_1", seconds, body));
        return request;
    }

    /// <summary>An outcome with the names of the operation in it.</summary>
    public static string Named(Question of, string outcome)
    {
        var json = JsonNode.Parse(outcome)!.AsObject();
        json.Insert(0, "operationId", of.Operation);
        json.Insert(0, "installationId", of.Installation);
        return json.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        await Acme.DisposeAsync();
        await Backroom.DisposeAsync();
    }
}
