using System.Globalization;
using System.Xml.Linq;

namespace Marketplace.Simulator.Conformance.Reports;

/// <summary>
/// The report for the machines that run a build. Only a required rule that is broken is a failure; every other one that was not kept is
/// skipped, and says why, so that a build turns red exactly when the command's exit code does.
/// </summary>
internal static class JUnitReport
{
    public static string Of(ConformanceReport report)
    {
        var suites = report.Outcomes.GroupBy(outcome => outcome.Case.Family, StringComparer.Ordinal).Select(family => Suite(report, family.Key, [.. family]));
        var root = new XElement(
            "testsuites", new XAttribute("name", $"Conformance of {report.Provider}"), new XAttribute("time", Seconds(report.Elapsed)),
            Counts(report.Outcomes), suites);
        if (report.Problem is { } problem)
        {
            root.Add(new XElement(
                "testsuite", new XAttribute("name", "survey"), new XAttribute("tests", 1), new XAttribute("failures", 1),
                new XElement(
                    "testcase", new XAttribute("classname", "survey"), new XAttribute("name", "The provider can be tried at all."),
                    new XElement("failure", new XAttribute("type", "required"), new XAttribute("message", Clean(problem))))));
        }

        return new XDocument(new XDeclaration("1.0", "utf-8", standalone: null), root).Declaration + "\n" + root + "\n";
    }

    private static XElement Suite(ConformanceReport report, string family, IReadOnlyCollection<Outcome> outcomes) => new(
        "testsuite", new XAttribute("name", family), Counts(outcomes),
        new XAttribute("time", Seconds(TimeSpan.FromTicks(outcomes.Sum(outcome => outcome.Elapsed.Ticks)))),
        outcomes.Select(outcome => Case(report, outcome)));

    private static XElement Case(ConformanceReport report, Outcome outcome) => new(
        "testcase", new XAttribute("classname", outcome.Case.Family), new XAttribute("name", Clean($"{outcome.Case.Id}: {outcome.Case.Rule}")),
        new XAttribute("time", Seconds(outcome.Elapsed)), Result(report, outcome));

    private static XElement? Result(ConformanceReport report, Outcome outcome) => outcome.Verdict switch
    {
        Verdict.Broken broken when outcome.Case.Level == Level.Required => new(
            "failure", new XAttribute("type", "required"), new XAttribute("message", Clean($"Expected: {broken.Expected}. Came: {broken.Came}.")),
            Clean($"Source: {outcome.Case.Source.Title} {outcome.Case.Source.Page}\nAgain: {report.Replay(outcome)}")),
        Verdict.Broken broken => Skipped(
            $"{outcome.Case.Level}, and broken. Expected: {broken.Expected}. Came: {broken.Came}. Again: {report.Replay(outcome)}"),
        Verdict.NotOffered left => Skipped($"Not offered: {left.Endpoint}."),
        Verdict.NotObserved unseen => Skipped($"Not observed: {unseen.Reason}"),
        _ => null,
    };

    private static XElement Skipped(string message) => new("skipped", new XAttribute("message", Clean(message)));

    private static IEnumerable<XAttribute> Counts(IReadOnlyCollection<Outcome> outcomes)
    {
        var failures = outcomes.Count(outcome => outcome is { IsBroken: true, Case.Level: Level.Required });
        return
        [
            new("tests", outcomes.Count),
            new("failures", failures),
            new("errors", 0),
            new("skipped", outcomes.Count(outcome => outcome.Verdict is not Verdict.Kept) - failures),
        ];
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>XML has no place for most control characters, and a provider may answer with any.</summary>
    private static string Clean(string text) => string.Concat(text.Where(letter => letter >= ' ' || letter is '\n' or '\t'));
}
