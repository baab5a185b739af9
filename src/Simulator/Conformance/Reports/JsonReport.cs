using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Conformance.Reports;

/// <summary>The report for programs: everything that was seen, but no bodies, since they hold secrets.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(ConformanceReport report) => new JsonObject
    {
        ["provider"] = report.Provider.ToString(),
        ["seed"] = report.Seed,
        ["startedAt"] = Wire.Text(report.StartedAt),
        ["elapsedSeconds"] = Math.Round(report.Elapsed.TotalSeconds, 1),
        ["conformant"] = report.IsConformant,
        ["problem"] = report.Problem,
        ["ended"] = report.Ended,
        ["summary"] = new JsonObject(Enum.GetValues<Level>().Select(level => KeyValuePair.Create(Word(level), (JsonNode?)Counts(report, level)))),
        ["cases"] = new JsonArray([.. report.Outcomes.Select(outcome => Of(report, outcome))]),
    }.ToJsonString(Indented);

    private static JsonObject Counts(ConformanceReport report, Level level) => new()
    {
        ["kept"] = report.Count<Verdict.Kept>(level),
        ["broken"] = report.Count<Verdict.Broken>(level),
        ["notOffered"] = report.Count<Verdict.NotOffered>(level),
        ["notObserved"] = report.Count<Verdict.NotObserved>(level),
    };

    private static JsonObject Of(ConformanceReport report, Outcome outcome)
    {
        var json = new JsonObject
        {
            ["id"] = outcome.Case.Id,
            ["rule"] = outcome.Case.Rule,
            ["source"] = new JsonObject { ["title"] = outcome.Case.Source.Title, ["page"] = outcome.Case.Source.Page?.ToString() },
            ["level"] = Word(outcome.Case.Level),
            ["verdict"] = Word(outcome.Verdict),
            ["startedAt"] = Wire.Text(outcome.StartedAt),
            ["elapsedMilliseconds"] = Math.Round(outcome.Elapsed.TotalMilliseconds),
            ["exchanges"] = new JsonArray([.. outcome.Exchanges.Select(exchange => exchange.WithoutAnswer())]),
            ["calls"] = new JsonArray([.. outcome.Calls.Select(call => call.ToJson())]),
        };
        switch (outcome.Verdict)
        {
            case Verdict.Broken broken:
                json["expected"] = broken.Expected;
                json["came"] = broken.Came;
                json["replay"] = report.Replay(outcome);
                break;
            case Verdict.NotOffered left:
                json["endpoint"] = left.Endpoint;
                break;
            case Verdict.NotObserved unseen:
                json["reason"] = unseen.Reason;
                break;
            case Verdict.Kept:
                break;
        }

        return json;
    }

    private static string Word(Level level) => level.ToString().ToLowerInvariant();

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Kept => "kept",
        Verdict.Broken => "broken",
        Verdict.NotOffered => "notOffered",
        Verdict.NotObserved => "notObserved",
        _ => throw new System.Diagnostics.UnreachableException(verdict.GetType().Name),
    };
}
