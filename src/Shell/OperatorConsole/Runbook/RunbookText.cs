using System.Text;
using System.Text.RegularExpressions;

namespace Marketplace.Shell.OperatorConsole.Runbook;

/// <summary>
/// docs/runbook.md, as far as it is written: headings, paragraphs, numbered steps and blocks of code; within them code, emphasis and links. It
/// is part of the program, so that it is there when nothing else is.
/// </summary>
public static partial class RunbookText
{
    private const string Resource = "runbook.md";

    private static readonly Lazy<IReadOnlyList<RunbookBlock>> Read = new(() => Parse(Text()));

    public static IReadOnlyList<RunbookBlock> Blocks => Read.Value;

    /// <summary>The alerts, in their order.</summary>
    public static IEnumerable<RunbookBlock.Heading> Alerts => Blocks.OfType<RunbookBlock.Heading>();

    private static string Text()
    {
        using var stream = typeof(RunbookText).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static List<RunbookBlock> Parse(string text)
    {
        var blocks = new List<RunbookBlock>();
        // The title is that of the page.
        foreach (var part in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var lines = part.Trim('\n');
            blocks.Add(
                lines.StartsWith("## ", StringComparison.Ordinal) ? new RunbookBlock.Heading(lines[3..], RunbookLinks.Anchor(lines[3..]))
                : lines.StartsWith("```", StringComparison.Ordinal) ? new RunbookBlock.Code(lines.Trim('`', '\n'))
                : lines.StartsWith("1. ", StringComparison.Ordinal)
                    ? new RunbookBlock.Steps([.. lines.Split('\n').Select(step => Spans(step[(step.IndexOf(' ', StringComparison.Ordinal) + 1)..]))])
                : new RunbookBlock.Paragraph(Spans(lines.Replace('\n', ' '))));
        }

        return blocks;
    }

    private static List<RunbookSpan> Spans(string text)
    {
        var spans = new List<RunbookSpan>();
        var plain = new StringBuilder();
        var at = 0;
        foreach (Match match in Marked().Matches(text))
        {
            Plain(text[at..match.Index]);
            at = match.Index + match.Length;
            if (match.Groups["code"].Success)
                Add(new RunbookSpan.Code(match.Groups["code"].Value));
            else if (match.Groups["strong"].Success)
                Add(new RunbookSpan.Strong(match.Groups["strong"].Value));
            // What leads to another document leads nowhere from here.
            else if (match.Groups["to"].Value.StartsWith('#'))
                Add(new RunbookSpan.Link(match.Groups["label"].Value, match.Groups["to"].Value));
            else
                Plain(match.Groups["label"].Success ? match.Groups["label"].Value : match.Groups["mild"].Value);
        }

        Plain(text[at..]);
        Flush();
        return spans;

        void Plain(string more) => plain.Append(more);

        void Add(RunbookSpan span)
        {
            Flush();
            spans.Add(span);
        }

        void Flush()
        {
            if (plain.Length > 0)
                spans.Add(new RunbookSpan.Plain(plain.ToString()));
            plain.Clear();
        }
    }

    [GeneratedRegex(@"`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|\*(?<mild>[^*]+)\*|\[(?<label>[^\]]+)\]\((?<to>[^)]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marked();
}

/// <summary>One piece of the runbook.</summary>
public abstract record RunbookBlock
{
    private RunbookBlock() { }

    public sealed record Heading(string Title, string Anchor) : RunbookBlock;

    public sealed record Paragraph(IReadOnlyList<RunbookSpan> Spans) : RunbookBlock;

    public sealed record Steps(IReadOnlyList<IReadOnlyList<RunbookSpan>> All) : RunbookBlock;

    public sealed record Code(string Text) : RunbookBlock;
}

/// <summary>A few words of it.</summary>
public abstract record RunbookSpan
{
    private RunbookSpan() { }

    public sealed record Plain(string Text) : RunbookSpan;

    public sealed record Code(string Text) : RunbookSpan;

    public sealed record Strong(string Text) : RunbookSpan;

    public sealed record Link(string Text, string To) : RunbookSpan;
}
