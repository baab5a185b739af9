using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Api;

/// <summary>Vercel's API over HTTP: who calls, what is sent, then one decision on the state.</summary>
internal sealed class VercelApi(
    SimulatorOptions options, VercelStore store, TokenIssuer issuer, Disturbances disturbances, CallLog log, DueWork work, TimeProvider clock)
{
    private const string Prefix = "/v1/installations/";

    /// <summary>The prefix of 2024, which still works.</summary>
    private const string OldPrefix = "/v1/integrations/marketplace/installations/";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var operation in VercelOperations.All)
        {
            var paths = operation.Path.StartsWith(Prefix, StringComparison.Ordinal)
                ? (string[])[operation.Path, OldPrefix + operation.Path[Prefix.Length..]]
                : [operation.Path];
            foreach (var path in paths)
            {
                routes.MapMethods(path, [operation.Method.Method], (RequestDelegate)(http => Serve(operation, http)));
            }
        }
    }

    private async Task Serve(VercelOperation operation, HttpContext http)
    {
        var cancel = http.RequestAborted;
        var started = Stopwatch.GetTimestamp();
        var disturbance = disturbances.Take(
            operation.Method, http.Request.Path, operation.Path, http.Request.RouteValues["installationId"] as string);
        await Task.Delay(disturbance?.Delay ?? TimeSpan.Zero, cancel);
        await (disturbance?.Until ?? Task.CompletedTask).WaitAsync(cancel);

        var (body, answer, findings) = disturbance?.Refusal is { } refusal ? (default, refusal, []) : await Decide(operation, disturbance, http, cancel);
        log.Add(new ApiCall(
            clock.GetUtcNow(), operation.Method.Method, operation.Path, http.Request.Path, answer.Status, body, answer.Body?.ToJsonString(),
            Stopwatch.GetElapsedTime(started)) 
        {
            IsDisturbed = disturbance is not null,
            Findings = findings,
        });
        work.Wake();
        await store.Persist(cancel);
        await Task.Delay(disturbance?.Silence ?? TimeSpan.Zero, cancel);
        if (disturbance is { LosesAnswer: true })
        {
            http.Abort();
            return;
        }

        if (disturbance?.RetryAfter is { } pause)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(pause.TotalSeconds).ToString("0");
        }

        if (answer.ETag is { } tag)
        {
            http.Response.Headers.ETag = tag;
        }

        await answer.ToResult().ExecuteAsync(http);
    }

    private async Task<(JsonElement Body, ApiAnswer Answer, ImmutableList<string> Findings)> Decide(
        VercelOperation operation, Disturbance? disturbance, HttpContext http, CancellationToken cancel)
    {
        ImmutableList<string> findings = [];
        var (body, malformed) = await (operation.Access == Access.ClientSecret
            ? FormBody.ReadThatOrJson(http.Request, cancel)
            : JsonBody.Read(http.Request, cancel));
        var answer = store.Change(state =>
        {
            var (bearer, refusal) = BearerCheck.Check(state, http.Request, operation.Access);
            if (refusal is not null)
            {
                return (state, refusal);
            }

            if (malformed is not null)
            {
                return (state, malformed);
            }

            if (operation.Body is { } schema && SchemaCheck.Faults(schema, body) is { IsEmpty: false } faults)
            {
                return (state, ApiAnswer.BadRequest(string.Join("; ", faults.Take(5))));
            }

            var request = new VercelRequest(state, bearer, body, http.Request, options, issuer, clock.GetUtcNow()) { Disturbance = disturbance };
            var decision = operation.Handle(request);
            // A URL is kept in the logs of everybody on the way.
            var inUrl = bearer is not null && http.Request.QueryString.Value?.Contains(bearer.Token.Value, StringComparison.Ordinal) == true;
            findings = [.. inUrl ? ["the access token stands in the URL"] : ImmutableList<string>.Empty, .. decision.Next.Findings.Skip(state.Findings.Count).Select(finding => finding.Text)];
            return (decision.Next, decision.Answer);
        });
        return (body, answer, findings);
    }
}
