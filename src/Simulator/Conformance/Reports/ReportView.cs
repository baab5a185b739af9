using System.Collections.Immutable;

namespace Marketplace.Simulator.Conformance.Reports;

// What the report for people shows, in words. Public, because a component's parameters are.

/// <param name="Tone">A class of the style sheet: good, bad, warn or quiet.</param>
public sealed record ReportView(
    string Provider, string Headline, string Tone, IReadOnlyList<(string Label, string Value)> Facts, string? Problem,
    IReadOnlyList<LevelView> Levels, IReadOnlyList<CaseView> Broken, IReadOnlyList<FamilyView> Families)
{
    internal static ReportView Of(ConformanceReport report) => new(
        report.Provider.ToString(), Say(report), report.IsConformant ? "good" : "bad",
        [
            ("Begun", $"{Wire.Text(report.StartedAt)}, by Vercel's clock"),
            ("Took", $"{report.Elapsed.TotalSeconds:0.0} s"),
            ("Seed", $"{report.Seed}"),
            ("Cases", $"{report.Outcomes.Count}"),
        ],
        report.Problem,
        [.. Enum.GetValues<Level>().Select(level => LevelView.Of(report, level))],
        [.. report.Broken.OrderBy(outcome => outcome.Case.Level).Select(outcome => CaseView.Of(report, outcome))],
        [
            .. report.Outcomes
                .GroupBy(outcome => outcome.Case.Family, StringComparer.Ordinal)
                .Select(family => new FamilyView(
                    family.Key, family.Count(outcome => outcome.Verdict is Verdict.Kept), [.. family.Select(outcome => CaseView.Of(report, outcome))])),
        ]);

    private static string Say(ConformanceReport report) => report switch
    {
        { Problem: not null } => "Nothing could be tried.",
        { Ended: { } ended } => $"Not all was tried. {ended}",
        { IsConformant: false } => $"Not conformant. Required rules that are broken: {report.Count<Verdict.Broken>(Level.Required)}.",
        { Broken.IsEmpty: true } => "Conformant: every rule that was seen is kept.",
        _ => $"Conformant. Rules that are broken, none of them required: {report.Broken.Count}.",
    };
}

public sealed record LevelView(string Name, int Kept, int Broken, int NotOffered, int NotObserved, string Tone)
{
    internal static LevelView Of(ConformanceReport report, Level level) => new(
        level.ToString(), report.Count<Verdict.Kept>(level), report.Count<Verdict.Broken>(level), report.Count<Verdict.NotOffered>(level),
        report.Count<Verdict.NotObserved>(level),
        report.Count<Verdict.Broken>(level) == 0 ? "" : level == Level.Required ? "bad" : "warn");
}

public sealed record FamilyView(string Name, int Kept, IReadOnlyList<CaseView> Cases);

/// <param name="Log">The latest calls; a month has thousands.</param>
public sealed record CaseView(
    string Id, string Rule, string Source, Uri? Page, string Level, string Verdict, string Tone,
    IReadOnlyList<(string Label, string Value)> Facts, string? Replay, IReadOnlyList<CallView> Log)
{
    private const int ShownMax = 40;

    internal static CaseView Of(ConformanceReport report, Outcome outcome) => new(
        outcome.Case.Id, outcome.Case.Rule, outcome.Case.Source.Title, outcome.Case.Source.Page, outcome.Case.Level.ToString().ToLowerInvariant(),
        Words(outcome.Verdict),
        outcome.Verdict switch
        {
            Conformance.Verdict.Kept => "good",
            Conformance.Verdict.Broken => outcome.Case.Level == Conformance.Level.Required ? "bad" : "warn",
            _ => "quiet",
        },
        Tell(outcome.Verdict),
        outcome.IsBroken ? report.Replay(outcome) : null,
        [
            .. outcome.Exchanges
                .Select(exchange => (exchange.At, View: new CallView(
                    "Vercel", $"{exchange.Method} {exchange.Url.AbsolutePath}", exchange.Status?.ToString() ?? exchange.Failure ?? "", string.Join("; ", exchange.Findings.Concat(exchange.Remarks)))))
                .Concat(outcome.Calls.Select(call => (call.At, View: new CallView(
                    "provider", $"{call.Method} {call.Path}", $"{call.Status}", string.Join("; ", call.Findings)))))
                .OrderBy(call => call.At)
                .Select(call => call.View)
                .TakeLast(ShownMax),
        ]);

    private static string Words(Conformance.Verdict verdict) => verdict switch
    {
        Conformance.Verdict.Kept => "kept",
        Conformance.Verdict.Broken => "broken",
        Conformance.Verdict.NotOffered => "not offered",
        _ => "not observed",
    };

    private static ImmutableArray<(string Label, string Value)> Tell(Conformance.Verdict verdict) => verdict switch
    {
        Conformance.Verdict.Broken broken => [("Expected", broken.Expected), ("Came", broken.Came)],
        Conformance.Verdict.NotOffered left => [("Left out", left.Endpoint)],
        Conformance.Verdict.NotObserved unseen => [("Why", unseen.Reason)],
        _ => [],
    };
}

public sealed record CallView(string Who, string Call, string Answer, string Findings);
