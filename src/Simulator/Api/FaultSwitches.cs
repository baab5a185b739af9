using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.SignOn;
using Marketplace.Simulator.Webhooks;
using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Api;

/// <summary>Misbehaviour that somebody switches on, for calls of Vercel's API and for webhooks. Rules last until the process ends.</summary>
internal sealed record FaultSwitches(Disturbances Calls, WebhookDisturbances Deliveries)
{
    private static readonly Schema Seconds = new Number(Minimum: 0, Maximum: 3600);

    /// <summary>What any rule may say of what it hits.</summary>
    private static readonly Field[] Selection =
    [
        Optional("times", new Number(Minimum: 1, Maximum: 1_000_000)),
        Optional("probability", new Number(Minimum: 0, Maximum: 1)),
        Optional("seed", AnyNumber),
    ];

    private static readonly Field[] OfCalls =
    [
        .. Selection, Optional("method", Choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")), Optional("path", NonEmpty),
    ];

    private static readonly Field[] OfDeliveries = [.. Selection, Optional("type", NonEmpty)];

    private static readonly Schema NewRule = Either(
        Closed([.. OfCalls, Required("fault", Choice("delay")), Required("seconds", Seconds)]),
        Closed([.. OfCalls, Required("fault", Choice("time-out")), Optional("seconds", Seconds)]),
        Closed([.. OfCalls, Required("fault", Choice("lost-answer"))]),
        Closed([.. Selection, Required("fault", Choice("id-token")), Required("wrong", Choice([.. ForgedIdToken.All.Keys]))]),
        Closed(
        [
            .. OfCalls, Required("fault", Choice("refusal")), Required("status", new Number(Minimum: 400, Maximum: 599)),
            Optional("retryAfterSeconds", Seconds),
        ]),
        Closed([.. OfDeliveries, Required("fault", Choice("webhook-twice"))]),
        Closed([.. OfDeliveries, Required("fault", Choice("webhook-late")), Required("seconds", new Number(Minimum: 0, Maximum: 86_400))]),
        Closed([.. OfDeliveries, Required("fault", Choice("webhook-shuffled"))]));

    /// <summary>Every rule in force, with how often it has hit.</summary>
    public JsonArray All => new(
    [
        .. Calls.Rules.Select(active => View(active.Rule, active.Hits)),
        .. Deliveries.Rules.Select(active => View(active.Rule, active.Hits)),
    ]);

    /// <summary>Switches one on, unless it makes no sense.</summary>
    public (JsonObject? Rule, ImmutableList<SchemaFault> Faults) Add(JsonElement rule) =>
        SchemaCheck.Faults(NewRule, rule) is { IsEmpty: false } faults ? (null, faults)
        : OfWebhooks(rule) is { } disturbance ? (View(Deliveries.Add(Rule(disturbance, rule)), hits: 0), [])
        : (View(Calls.Add(Rule(rule)), hits: 0), []);

    /// <summary>Whether there was such a rule.</summary>
    public bool Remove(string ruleId) => Calls.Remove(ruleId) || Deliveries.Remove(ruleId);

    public void Clear()
    {
        Calls.Clear();
        Deliveries.Clear();
    }

    private static WebhookDisturbance? OfWebhooks(JsonElement body) => body.OptionalText("fault") switch
    {
        "webhook-twice" => new WebhookDisturbance.Twice(),
        "webhook-late" => new WebhookDisturbance.Late(Span(body, "seconds")!.Value),
        "webhook-shuffled" => new WebhookDisturbance.Shuffled(),
        _ => null,
    };

    private static WebhookRule Rule(WebhookDisturbance disturbance, JsonElement body) => new(
        disturbance, body.OptionalText("type"), (int?)Number(body, "times"), Number(body, "probability") ?? 1, (long?)Number(body, "seed") ?? 0);

    private static DisturbanceRule Rule(JsonElement body) => new()
    {
        Disturbance = Disturbance(body),
        Method = body.OptionalText("method") is { } method ? HttpMethod.Parse(method) : null,
        PathEnd = body.OptionalText("fault") == "id-token" ? SignOnOperations.ExchangePath : body.OptionalText("path"),
        Times = (int?)Number(body, "times"),
        Probability = Number(body, "probability") ?? 1,
        Seed = (long?)Number(body, "seed") ?? 0,
    };

    private static Disturbance Disturbance(JsonElement body) => body.OptionalText("fault") switch
    {
        "delay" => new() { Delay = Span(body, "seconds")!.Value },
        // Longer than any client waits; a shorter silence still ends in a cut.
        "time-out" => new() { Silence = Span(body, "seconds") ?? TimeSpan.FromHours(1), LosesAnswer = true },
        "lost-answer" => new() { LosesAnswer = true },
        "id-token" => new() { IdToken = ForgedIdToken.All[body.OptionalText("wrong")!] },
        _ => Api.Disturbance.Fails((int)Number(body, "status")!) with { RetryAfter = Span(body, "retryAfterSeconds") },
    };

    private static TimeSpan? Span(JsonElement body, string name) => Number(body, name) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static double? Number(JsonElement body, string name) => body.Optional(name)?.GetDouble();

    private static JsonObject View(DisturbanceRule rule, int hits) => new()
    {
        ["id"] = rule.Id,
        ["method"] = rule.Method?.Method,
        ["path"] = rule.PathEnd,
        ["delaySeconds"] = rule.Disturbance.Delay.TotalSeconds,
        ["silenceSeconds"] = rule.Disturbance.Silence.TotalSeconds,
        ["idToken"] = rule.Disturbance.IdToken is { } bend ? ForgedIdToken.All.First(forged => forged.Value == bend).Key : null,
        ["losesAnswer"] = rule.Disturbance.LosesAnswer,
        ["status"] = rule.Disturbance.Refusal?.Status,
        ["retryAfterSeconds"] = rule.Disturbance.RetryAfter?.TotalSeconds,
        ["times"] = rule.Times,
        ["probability"] = rule.Probability,
        ["seed"] = rule.Seed,
        ["hits"] = hits,
    };

    private static JsonObject View(WebhookRule rule, int hits) => new()
    {
        ["id"] = rule.Id,
        ["webhooks"] = rule.Disturbance.GetType().Name.ToLowerInvariant(),
        ["type"] = rule.TypeStart,
        ["lateSeconds"] = (rule.Disturbance as WebhookDisturbance.Late)?.By.TotalSeconds,
        ["times"] = rule.Times,
        ["probability"] = rule.Probability,
        ["seed"] = rule.Seed,
        ["hits"] = hits,
    };
}
