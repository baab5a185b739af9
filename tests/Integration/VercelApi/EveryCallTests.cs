using System.Reflection;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Schemas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.VercelApi;

/// <summary>What every call of the client has in common, whatever it is about. Contract §A.2, §D.</summary>
public sealed class EveryCallTests : IAsyncLifetime
{
    private Acme acme = null!;
    private EveryCall calls = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        acme = await Acme.Open(new AcmeOptions
        {
            LogLevel = LogLevel.Trace,
            // So many calls that fail would be an outage.
            VercelLimits = VercelLimits.Default with { RepeatsMax = 0, OutageCallsMin = 10_000 },
        });
        var tool = await acme.Provision(await acme.Install());
        calls = new EveryCall(acme.Server.Services, new InstallationId(tool.Installation), new ResourceId(tool.Id));
    }

    public async ValueTask DisposeAsync() => await acme.DisposeAsync();

    [Fact]
    public void Every_method_of_every_port_is_among_them()
    {
        var methods = EveryCall.Ports.SelectMany(port => port.GetMethods(BindingFlags.Public | BindingFlags.Instance)).Select(method => method.Name);

        Assert.Empty(methods.Except(calls.All.Select(call => call.Name), StringComparer.Ordinal));
    }

    /// <summary>Held against both: the published description, by the watch, and the Simulator's own reading of the contract.</summary>
    [Fact]
    public async Task Every_request_is_as_the_contract_has_it()
    {
        var watched = ContractWatch.Watched;
        foreach (var (name, call) in calls.All)
        {
            var before = acme.Vercel.Calls.Count;
            await call(Cancel);

            // What is not there is 403 or 404 at Vercel's side, and some states forbid it: only the shape counts here.
            foreach (var made in acme.Vercel.Calls.Skip(before))
                Assert.True(Faults(made).ToList() is [], $"{name}: {string.Join("; ", Faults(made))}");
        }

        Assert.True(!ContractWatch.IsPresent || ContractWatch.Watched - watched >= calls.All.Count);
    }

    [Fact]
    public async Task No_token_secret_or_code_is_in_the_log_whatever_comes_of_a_call()
    {
        var token = acme.Vercel.State.Installations.Values.Single().Tokens[0].Value;
        Disturbance?[] fates =
        [
            Disturbance.Fails(500), Disturbance.Fails(401), Disturbance.Fails(422), Disturbance.Fails(404), new() { LosesAnswer = true },
            // 410 last: it takes the token away.
            null, Disturbance.Fails(410),
        ];
        foreach (var fate in fates)
        {
            var rule = fate is null ? null : acme.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = fate });
            foreach (var (_, call) in calls.All)
            {
                var answer = await call(Cancel);
                Assert.DoesNotContain(EveryCall.Mark, answer.ToString(), StringComparison.Ordinal);
            }

            if (rule is not null)
                acme.Vercel.Disturbances.Remove(rule.Id);
        }

        acme.Server.Services.GetRequiredService<ILogger<EveryCallTests>>().LogTrace("Everything is kept");
        Assert.Contains(acme.Server.Log.Lines, line => line.Contains("Everything is kept", StringComparison.Ordinal));
        Assert.All([token, EveryCall.Mark, Acme.ClientSecret], secret =>
            Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_the_contract_does_not_know_is_noticed()
    {
        if (Repository.Contract("vercel-api.openapi.json") is not { } file)
            return;

        var published = new PublishedRequests(System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!);
        Assert.Empty(Faults("PATCH", "/v1/installations/icfg_1", """{"status": "ready", "notification": null, "billingPlan": {"id": "a", "type": "prepayment", "name": "b", "more": 1}}"""));
        Assert.NotEmpty(Faults("PATCH", "/v1/installations/icfg_1", """{"state": "ready"}"""));
        Assert.NotEmpty(Faults("PATCH", "/v1/installations/icfg_1", """{"status": "fine"}"""));
        Assert.NotEmpty(Faults("PATCH", "/v1/installations/icfg_1", """{"externalId": null}"""));
        Assert.NotEmpty(Faults("PUT", "/v1/installations/icfg_1/resources/res_1/secrets", """{"secrets": [{"name": "A", "value": "1", "note": "x"}]}"""));
        Assert.NotEmpty(Faults("PUT", "/v1/installations/icfg_1/resources/res_1/secrets", """{"secrets": [{"name": "A"}]}"""));
        Assert.NotEmpty(Faults("PATCH", "/v1/installations/icfg_1", """{"notification": {"level": "warn", "title": "x", "type": "y"}}"""));
        Assert.NotEmpty(Faults("POST", "/v1/installations/icfg_1", "{}"));
        Assert.NotEmpty(Faults("GET", "/v1/installations/icfg_1/account", "{}"));
        Assert.NotEmpty(Faults("POST", "/v1/installations/icfg_1/billing/invoices/inv_1/actions", """{"action": "refund", "reason": "x", "total": "-1.00"}"""));

        IReadOnlyList<string> Faults(string method, string path, string body) => published.Faults(method, path, "application/json", body);
    }

    private static IEnumerable<SchemaFault> Faults(ApiCall made)
    {
        var operation = VercelOperations.All.Single(known => known.Method.Method == made.Method && known.Path == made.Operation);
        return operation.Body is { } schema && made.Body.ValueKind == JsonValueKind.Object ? SchemaCheck.Faults(schema, made.Body) : [];
    }
}
