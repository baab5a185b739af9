using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Pages.Faults;

/// <summary>Switches misbehaviour on and off.</summary>
internal sealed class FaultPages(PageSources sources)
{
    private static readonly ImmutableArray<string> Numbers = ["seconds", "status", "retryAfterSeconds", "times", "probability", "seed"];

    private static readonly ImmutableArray<string> Texts = ["fault", "method", "path", "type"];

    private static readonly ImmutableArray<string> Types =
    [
        "marketplace.invoice.", "marketplace.invoice.paid", "marketplace.invoice.notpaid", "marketplace.invoice.overdue",
        "marketplace.member.changed", "integration-resource.", "integration-configuration.", "deployment.",
    ];

    public Shown Show(Visit visit) => Shown.Of<FaultsPage>(new FaultsView(
        [
            .. sources.Vercel.Faults.Calls.Rules.Select(active => Row(active.Rule, active.Hits)),
            .. sources.Vercel.Faults.Deliveries.Rules.Select(active => Row(active.Rule, active.Hits)),
        ],
        [.. VercelOperations.All.Select(operation => operation.Path).Distinct(StringComparer.Ordinal)], Types));

    /// <summary>The form says the same as a body of <c>POST /faults</c>, and is held against the same description.</summary>
    public Outcome Add(Visit visit)
    {
        var rule = new JsonObject();
        foreach (var name in Texts)
        {
            if (visit.Field(name) is { } text)
            {
                rule[name] = text;
            }
        }

        foreach (var name in Numbers)
        {
            if (visit.Field(name) is { } text)
            {
                rule[name] = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new ArgumentException($"{name}: must be a number", nameof(visit));
            }
        }

        using var body = JsonDocument.Parse(rule.ToJsonString());
        var (added, faults) = sources.Vercel.Faults.Add(body.RootElement);
        return added is null
            ? Outcome.Refused(Navigation.Faults, $"This makes no fault: {string.Join("; ", faults)}")
            : Outcome.Done(Navigation.Faults, "The fault is switched on.");
    }

    public Outcome Remove(Visit visit) => sources.Vercel.Faults.Remove(visit.Route("id"))
        ? Outcome.Done(Navigation.Faults, "The fault is switched off.")
        : throw new KeyNotFoundException($"There is no fault {visit.Route("id")}.");

    public Outcome Clear(Visit visit)
    {
        sources.Vercel.Faults.Clear();
        return Outcome.Done(Navigation.Faults, "All faults are switched off.");
    }

    private static FaultRow Row(DisturbanceRule rule, int hits) => new(
        rule.Id, What(rule.Disturbance), Where(rule), Which(rule.Times, rule.Probability, rule.Seed), Hits(hits, rule.Times));

    private static string Where(DisturbanceRule rule) => (rule.Method, rule.PathEnd) switch
    {
        (null, null) => "every call",
        ({ } method, null) => $"{method}, every path",
        (null, { } path) => $"…{path}",
        ({ } method, { } path) => $"{method} …{path}",
    };

    private static FaultRow Row(WebhookRule rule, int hits) => new(
        rule.Id, What(rule.Disturbance), rule.TypeStart is { } start ? $"{start}…" : "every webhook",
        Which(rule.Times, rule.Probability, rule.Seed), Hits(hits, rule.Times));

    private static string What(Disturbance disturbance) => disturbance switch
    {
        { Refusal: { } refusal } => $"Answered with {refusal.Status}"
            + (disturbance.RetryAfter is { } pause ? $", to be tried again after {Words.Span(pause)}" : ""),
        { Silence.Ticks: > 0 } => $"Done, and silent for {Words.Duration(disturbance.Silence)}",
        { LosesAnswer: true } => "Done, and the answer is lost",
        _ => $"Slower by {Words.Span(disturbance.Delay)}",
    };

    private static string What(WebhookDisturbance disturbance) => disturbance switch
    {
        WebhookDisturbance.Twice => "Webhook comes twice",
        WebhookDisturbance.Late late => $"Webhook comes {Words.Duration(late.By)} late",
        WebhookDisturbance.Shuffled => "Webhooks come in another order",
        _ => throw new UnreachableException(disturbance.GetType().Name),
    };

    private static string Which(int? times, double probability, long seed) =>
        (probability < 1 ? $"{Words.Number((decimal)probability * 100)} % of them, by the seed {seed}" : "each of them")
        + (times is { } most ? $", {Words.Count(most, "time")} at most" : "");

    private static Mark Hits(int hits, int? times) => hits switch
    {
        0 => new("no hit yet", Tones.Quiet),
        _ when hits >= times => new($"{Words.Count(hits, "hit")}, used up", Tones.Quiet),
        _ => new(Words.Count(hits, "hit"), Tones.Warn),
    };
}
