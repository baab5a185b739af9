using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Demo;

/// <summary>
/// The gateway before the provider's own API: asks whether a key is good that a customer shows, and reports the calls. It is no part of the
/// contract with Vercel, but one of the provider's programs.
/// </summary>
/// <param name="key">Of the provider's own: it may verify and report, and nothing else.</param>
internal sealed class Gateway(Uri provider, string key) : IDisposable
{
    private readonly HttpClient http = new()
    {
        BaseAddress = provider,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>What it is told of a key, in one line: whether it is let in, by which plan, and what is left.</summary>
    public async Task<string> Show(string shown, CancellationToken cancel)
    {
        var told = await Post("provider/v1/keys/verify", new JsonObject { ["key"] = shown }, cancel);
        var balance = told.TryGetProperty("balance", out var left)
            ? $", {left.GetProperty("amount").GetString()} left: {left.GetProperty("standing").GetString()}"
            : "";
        return told.GetProperty("valid").GetBoolean()
            ? $"good, plan {told.GetProperty("billingPlanId").GetString()}{balance}"
            : $"refused, {told.GetProperty("reason").GetString()}{balance}";
    }

    /// <summary>How many calls a customer has made, as one event.</summary>
    public async Task Report(string installationId, string resourceId, int calls, DateTimeOffset at, CancellationToken cancel)
    {
        var used = new JsonObject
        {
            ["id"] = $"{resourceId}-{Wire.Text(at)}", ["source"] = "gateway", ["installation"] = installationId, ["resource"] = resourceId,
            ["metric"] = "calls", ["quantity"] = calls, ["time"] = Wire.Text(at),
        };
        var outcome = await Post("provider/v1/usage/events", new JsonObject { ["events"] = new JsonArray(used) }, cancel);
        if (outcome.GetProperty("accepted").GetInt32() != 1)
            throw new DemoFailureException("the calls are counted", "one event accepted", outcome.GetRawText());
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> Post(string path, JsonObject body, CancellationToken cancel)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement
            : throw new DemoFailureException($"POST /{path} succeeds", "200", $"{(int)answer.StatusCode} {text}");
    }
}
