using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;
using Marketplace.Simulator.Webhooks;
using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Api;

/// <summary><c>/faults</c>: misbehaviour on demand, for whoever tests a provider over HTTP. Rules last until the process ends.</summary>
internal sealed class DisturbanceEndpoints(Disturbances disturbances, WebhookDisturbances webhooks)
{
    private static readonly Schema Seconds = new Number(Minimum: 0, Maximum: 3600);

    /// <summary>What any rule may say of what it hits.</summary>
    private static readonly Field[] Selection =
    [
        Optional("times", new Number(Minimum: 1, Maximum: 1_000_000)),
        Optional("probability", new Number(Minimum: 0, Maximum: 1)),
        Optional("seed", AnyNumber),
    ];

    private static readonly Field[] Calls =
    [
        .. Selection, Optional("method", Choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")), Optional("path", NonEmpty),
    ];

    private static readonly Field[] Deliveries = [.. Selection, Optional("type", NonEmpty)];

    private static readonly Schema NewRule = Either(
        Closed([.. Calls, Required("fault", Choice("delay")), Required("seconds", Seconds)]),
        Closed([.. Calls, Required("fault", Choice("time-out")), Optional("seconds", Seconds)]),
        Closed([.. Calls, Required("fault", Choice("lost-answer"))]),
        Closed(
        [
            .. Calls, Required("fault", Choice("refusal")), Required("status", new Number(Minimum: 400, Maximum: 599)),
            Optional("retryAfterSeconds", Seconds),
        ]),
        Closed([.. Deliveries, Required("fault", Choice("webhook-twice"))]),
        Closed([.. Deliveries, Required("fault", Choice("webhook-late")), Required("seconds", new Number(Minimum: 0, Maximum: 86_400))]),
        Closed([.. Deliveries, Required("fault", Choice("webhook-shuffled"))]));

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/faults", () => TypedResults.Json(new JsonArray(
        [
            .. disturbances.Rules.Select(active => View(active.Rule, active.Hits)),
            .. webhooks.Rules.Select(active => View(active.Rule, active.Hits)),
        ])));
        routes.MapPost("/faults", Add);
        routes.MapDelete("/faults", () =>
        {
            disturbances.Clear();
            webhooks.Clear();
            return TypedResults.NoContent();
        });
        routes.MapDelete("/faults/{id}", (string id) =>
            (disturbances.Remove(id) || webhooks.Remove(id) ? ApiAnswer.NoContent : ApiAnswer.NotFound($"There is no fault {id}.")).ToResult());
    }

    private async Task<IResult> Add(HttpRequest request, CancellationToken cancel)
    {
        var (body, refusal) = await JsonBody.Read(request, cancel);
        if (refusal is not null)
        {
            return refusal.ToResult();
        }

        return SchemaCheck.Faults(NewRule, body) is { IsEmpty: false } faults
            ? ApiAnswer.BadRequest(string.Join("; ", faults)).ToResult()
            : TypedResults.Json(OfWebhooks(body) is { } disturbance
                ? View(webhooks.Add(Rule(disturbance, body)), hits: 0)
                : View(disturbances.Add(Rule(body)), hits: 0));
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
        PathEnd = body.OptionalText("path"),
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
