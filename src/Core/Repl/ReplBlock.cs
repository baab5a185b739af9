using LanguageExt;

namespace Marketplace.Core.Repl;

/// <summary>One piece of what a command answers, as the customer's console shows it. Source: contract §B.2, blocks.</summary>
public abstract record ReplBlock
{
    private ReplBlock() { }

    public sealed record Paragraph(Seq<ReplText> Children) : ReplBlock;

    /// <param name="Header">One text for each column; none when the rows go on where the table before them ended.</param>
    public sealed record Table(Option<Seq<ReplText>> Header, Seq<Seq<ReplText>> Rows) : ReplBlock;

    public static ReplBlock Sentence(params ReadOnlySpan<ReplText> texts) => new Paragraph(texts.ToArray().ToSeq().Strict());

    /// <summary>The same blocks with each table in one piece, however many it came in.</summary>
    public static Seq<ReplBlock> Joined(Seq<ReplBlock> blocks)
    {
        var joined = new List<ReplBlock>();
        foreach (var block in blocks)
        {
            if (block is Table { Header.IsNone: true } more && joined.LastOrDefault() is Table table)
                joined[^1] = table with { Rows = (table.Rows + more.Rows).Strict() };
            else
                joined.Add(block);
        }

        return joined.ToSeq().Strict();
    }
}

/// <summary>A run of text in one look.</summary>
/// <param name="Color">By its CSS name.</param>
/// <param name="Href">Where the text leads.</param>
public sealed record ReplText(
    string Text, Option<string> Color = default, bool IsBold = false, bool IsItalic = false, Option<string> Href = default)
{
    public static implicit operator ReplText(string text) => new(text);
}
