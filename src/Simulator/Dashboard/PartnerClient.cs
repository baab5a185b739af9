using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Calls the provider's Partner API as Vercel does, and holds every answer against the contract.</summary>
internal sealed class PartnerClient(HttpClient http, VercelStore store, TokenIssuer issuer, CallLog log, TimeProvider clock)
{
    public Uri? Provider { get; set; }

    public Uri RequireProvider() => Provider ?? throw new InvalidOperationException("The provider's base URL is not set.");

    public async Task<Exchange> Call(PartnerCall call, CancellationToken cancel)
    {
        var exchange = (await Send(call, cancel)) with { Sent = call.Body?.ToJsonString() };
        log.Add(exchange);
        return exchange;
    }

    private async Task<Exchange> Send(PartnerCall call, CancellationToken cancel)
    {
        var url = new Uri(RequireProvider().ToString().TrimEnd('/') + call.Path);
        var key = call.IsRead ? null : call.IdempotencyKey ?? store.Identify("key", call.Operation, call.Subject).Uuid;
        var at = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(call.HangsUpAfter ?? call.Timeout);
        try
        {
            using var request = Request(call, url, key);
            using var response = await http.SendAsync(request, timeout.Token);
            if (call.HangsUpAfter is not null)
            {
                return Unanswered("the caller hung up");
            }

            var (body, remark) = await AnswerText.Read(response, timeout.Token);
            var elapsed = Stopwatch.GetElapsedTime(started);
            return new(
                call.Operation, call.Method.Method, url, key, at, (int)response.StatusCode, body, Failure: null, elapsed,
                Findings(call, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body))
            {
                Remarks = remark is null ? [] : [remark],
            };
        }
        catch (HttpRequestException broken)
        {
            return Unanswered(call.HangsUpAfter is null ? broken.HttpRequestError.ToString() : "the caller hung up");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Unanswered(call.HangsUpAfter is null ? $"no answer within {call.Timeout.TotalSeconds:0} s" : "the caller hung up");
        }

        Exchange Unanswered(string failure) =>
            new(call.Operation, call.Method.Method, url, key, at, Status: null, Body: "", failure,
                Stopwatch.GetElapsedTime(started), []);
    }

    private HttpRequestMessage Request(PartnerCall call, Uri url, string? key)
    {
        var request = new HttpRequestMessage(call.Method, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Sign(call.Token));
        request.Headers.Add("X-Vercel-Auth", call.Token.Claims.ContainsKey("user_id") ? "user" : "system");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (call.Body is not null)
        {
            request.Content = new StringContent(call.Body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        call.Bend?.Invoke(request);
        return request;
    }

    private static ImmutableList<string> Findings(PartnerCall call, int status, string? mediaType, string body)
    {
        if (!call.Answers.TryGetValue(status, out var schema))
        {
            return status is >= 200 and < 300 or >= 400 and < 500
                ? [$"{status} is not documented for {call.Operation}"]
                : [$"{status} is no answer of the contract"];
        }

        if (schema is null)
        {
            return [];
        }

        // The one answer that may come line by line, a block in each. Source: contract §B.2.
        if (mediaType == "application/jsonl" && call.Operation == PartnerCalls.Repl)
        {
            body = $"[{string.Join(',', body.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}]";
        }
        else if (mediaType is not ("application/json" or "application/problem+json"))
        {
            return [$"the answer is {mediaType ?? "of no type"}, not application/json"];
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return SchemaCheck.Faults(schema, document.RootElement).ConvertAll(fault => fault.ToString());
        }
        catch (JsonException)
        {
            return ["the answer is not JSON"];
        }
    }
}
