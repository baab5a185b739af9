using System.Diagnostics;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Spectre.Console;

namespace Marketplace.Simulator.Demo;

/// <summary>Tells the demo while it happens: each step, what was called, what came back, and when.</summary>
internal sealed class Transcript(IAnsiConsole console, TimeProvider clock)
{
    private const int PlainWidth = 140;
    private const int ErrorShownMax = 1000;
    private const int NameShownMax = 18;

    private readonly long started = Stopwatch.GetTimestamp();
    private int steps;
    private int checks;

    public int Steps => steps;

    public int Checks => checks;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    /// <summary>Colours appear on a terminal only; elsewhere lines are wide enough not to be broken.</summary>
    public static Transcript OnConsole(TimeProvider clock)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        if (!Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null)
        {
            return new(AnsiConsole.Create(new AnsiConsoleSettings()), clock);
        }

        return Plain(Console.Out, clock);
    }

    public static Transcript Plain(TextWriter output, TimeProvider clock)
    {
        var plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        plain.Profile.Width = PlainWidth;
        return new(plain, clock);
    }

    /// <summary>A long name that can still be told from others.</summary>
    public static string Cut(string name) => name.Length > NameShownMax ? name[..(NameShownMax - 1)] + "…" : name;

    public void Title(string text) => console.Write(new Markup($"[bold]{Markup.Escape(text)}[/]\n"));

    public void Step(string title)
    {
        steps++;
        console.WriteLine();
        var when = $"{clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC, after {Elapsed.TotalSeconds:0.0} s";
        console.Write(new Markup($"[bold blue]{steps,2}  {Markup.Escape(title)}[/]  [grey]{when}[/]\n"));
    }

    /// <summary>A call of Vercel's at the provider.</summary>
    public void Called(Exchange exchange) => Call(
        "Vercel -> provider", exchange.Method, Uri.UnescapeDataString(exchange.Url.PathAndQuery), exchange.Status?.ToString() ?? exchange.Failure!,
        exchange.IsSuccess, exchange.Elapsed);

    /// <summary>Calls of the provider's at Vercel; the same ones are told together.</summary>
    public void CalledBack(IEnumerable<ApiCall> calls)
    {
        foreach (var same in calls.GroupBy(call => (call.Method, call.Operation, call.Status)))
        {
            var (method, operation, status) = same.Key;
            var path = same.Count() == 1
                ? same.First().Path
                : $"{operation.Replace("{installationId}", "…", StringComparison.Ordinal)}  ({same.Count()} times)";
            Call("provider -> Vercel", method, path, $"{status}", status is >= 200 and < 300, elapsed: null);
        }
    }

    public void Fact(string label, string value) =>
        console.Write(new Markup($"    [grey]{Markup.Escape(label),-22}[/] {Markup.Escape(value)}\n"));

    public void Table(string[] headings, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Minimal };
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Markup($"[grey]{Markup.Escape(heading)}[/]")));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        console.Write(new Padder(table, new Padding(3, 0, 0, 0)));
    }

    /// <summary>Holds a fact against what it should be, and ends the demo when it is not so.</summary>
    public void Check(string what, bool holds, string expected, string came)
    {
        if (!holds)
        {
            throw new DemoFailureException(what, expected, came);
        }

        checks++;
        console.Write(new Markup($"    [green]ok[/]  {Markup.Escape(what)}\n"));
    }

    public void Check<T>(string what, T expected, T came) =>
        Check(what, EqualityComparer<T>.Default.Equals(expected, came), expected?.ToString() ?? "nothing", came?.ToString() ?? "nothing");

    /// <summary>That a call succeeded, and in the documented shape.</summary>
    public void CheckAnswer(Exchange exchange)
    {
        if (exchange.IsSuccess && exchange.Findings.IsEmpty)
        {
            checks++;
            return;
        }

        // A refusal holds no secrets, and says best what is wrong.
        var body = exchange.Body.Length > ErrorShownMax ? exchange.Body[..ErrorShownMax] + "…" : exchange.Body;
        var came = exchange.IsSuccess ? string.Join("; ", exchange.Findings) : $"{exchange} {body}";
        throw new DemoFailureException(
            $"{exchange.Operation} succeeds", "a documented success with a body of the documented shape", came);
    }

    public void Done() => console.Write(new Markup(
        $"\n[bold green]Every step went as the contract says:[/] {steps} steps, {checks} checks, {Elapsed.TotalSeconds:0.0} seconds.\n"));

    public void Failed(DemoFailureException failure) => Failed(failure.Message, failure.Expected, failure.Came);

    public void Failed(string what, string expected, string came) => console.Write(new Markup(
        $"    [red]not so[/]  {Markup.Escape(what)}\n            expected: {Markup.Escape(expected)}\n            came:     {Markup.Escape(came)}\n"));

    public void Aside(string text) => console.Write(new Markup($"    [grey]{Markup.Escape(text)}[/]\n"));

    /// <summary>Only the segments that are ids are as long as that.</summary>
    private static string CutIds(string path)
    {
        var parts = path.Split('?', 2);
        var segments = parts[0].Split('/').Select(segment => segment.Contains('_', StringComparison.Ordinal) ? Cut(segment) : segment);
        var cut = string.Join('/', segments);
        return parts.Length == 1 ? cut : $"{cut}?{parts[1]}";
    }

    private void Call(string direction, string method, string path, string status, bool isSuccess, TimeSpan? elapsed)
    {
        var colour = isSuccess ? "green" : "yellow";
        var time = elapsed is { } span ? $"{span.TotalMilliseconds,6:0} ms" : "";
        console.Write(new Markup(
            $"    [grey]{direction}[/]  {method,-6} {Markup.Escape(CutIds(path))}  [{colour}]{Markup.Escape(status)}[/] [grey]{time}[/]\n"));
    }
}
