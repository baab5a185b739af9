using Spectre.Console;

namespace Marketplace.Simulator.Conformance.Reports;

/// <summary>Tells a run while it happens: what is broken at once, and at the end how each family fared.</summary>
internal sealed class ConsoleReport(IAnsiConsole console)
{
    private const int PlainWidth = 160;
    private const int ToldEvery = 50;
    private const int ReplaysTold = 20;

    private int played;

    /// <summary>Colours appear on a terminal only; elsewhere lines are wide enough not to be broken.</summary>
    public static ConsoleReport On(TextWriter output, bool isPlain)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Out = new AnsiConsoleOutput(output),
        });
        if (isPlain)
        {
            console.Profile.Width = PlainWidth;
        }

        return new(console);
    }

    public void Begin(Uri provider, int cases, long seed) =>
        console.MarkupLine($"[bold]{cases} cases against {Markup.Escape(provider.ToString())}[/]  [grey]seed {seed}[/]");

    public void Tell(Outcome outcome)
    {
        played++;
        if (outcome.Verdict is Verdict.Broken broken)
        {
            var color = outcome.Case.Level == Level.Required ? "red" : "yellow";
            console.MarkupLine($"[{color}]broken[/]  {Markup.Escape(outcome.Case.Id)}  [grey]{outcome.Case.Level.ToString().ToLowerInvariant()}[/]");
            Line("rule", outcome.Case.Rule);
            Line("expected", broken.Expected);
            Line("came", broken.Came);
        }

        if (played % ToldEvery == 0)
        {
            console.MarkupLine($"[grey]{played} played[/]");
        }
    }

    public void End(ConformanceReport report)
    {
        if (report.Problem is { } problem)
        {
            console.MarkupLine($"[red]No case could be played.[/] {Markup.Escape(problem)}");
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("family", "kept", "broken", "not offered", "not observed");
        foreach (var family in report.Outcomes.GroupBy(outcome => outcome.Case.Family, StringComparer.Ordinal))
        {
            table.AddRow(
                Markup.Escape(family.Key), Count<Verdict.Kept>(family), Count<Verdict.Broken>(family), Count<Verdict.NotOffered>(family),
                Count<Verdict.NotObserved>(family));
        }

        console.Write(table);
        foreach (var outcome in report.Broken.Take(ReplaysTold))
        {
            console.MarkupLine($"again: {Markup.Escape(report.Replay(outcome))}");
        }

        if (report.Broken.Count > ReplaysTold)
        {
            console.MarkupLine($"[grey]{report.Broken.Count - ReplaysTold} more are broken; each is played again in the same way, by its name after --case.[/]");
        }

        foreach (var reason in report.Outcomes.Select(outcome => outcome.Verdict).OfType<Verdict.NotObserved>().Select(unseen => unseen.Reason).Distinct(StringComparer.Ordinal))
        {
            console.MarkupLine($"[grey]not observed: {Markup.Escape(reason)}[/]");
        }

        if (report.Ended is { } ended)
        {
            console.MarkupLine($"[red]{Markup.Escape(ended)}[/]");
        }

        console.MarkupLine(
            (report.IsConformant ? "[green]Conformant.[/]" : "[red]Not conformant.[/]")
            + $" {Told(report, Level.Required)}; {Told(report, Level.Recommended)}; {Told(report, Level.Informational)}; {report.Elapsed.TotalSeconds:0.0} s.");
    }

    private static string Count<T>(IEnumerable<Outcome> family) where T : Verdict =>
        family.Count(outcome => outcome.Verdict is T) is > 0 and var count ? $"{count}" : "";

    private static string Told(ConformanceReport report, Level level)
    {
        var kept = report.Count<Verdict.Kept>(level);
        return $"{level.ToString().ToLowerInvariant()}: {kept} of {kept + report.Count<Verdict.Broken>(level)} kept";
    }

    private void Line(string label, string text) => console.MarkupLine($"        [grey]{label,-9}[/]{Markup.Escape(text)}");
}
