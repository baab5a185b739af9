using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Repl;

internal sealed record ReplCommandWire(string? Input = null, bool? ReadOnly = null)
{
    /// <summary>Logs print records, and a command may hold secrets.</summary>
    public override string ToString() => nameof(ReplCommandWire);
}

/// <summary>A paragraph has children; a table has rows and, unless they go on from a table before, a header. Source: contract §B.2.</summary>
internal sealed record ReplBlockWire(string Type, ReplTextWire[]? Children, ReplTextWire[]? Header, ReplTextWire[][]? Rows)
{
    public static ReplBlockWire Of(ReplBlock block) =>
        block switch
        {
            ReplBlock.Paragraph paragraph => new("paragraph", Texts(paragraph.Children), null, null),
            ReplBlock.Table table => new(
                "table", null, table.Header.MatchUnsafe<ReplTextWire[]?>(Texts, () => null), [.. table.Rows.Select(Texts)]),
            _ => throw new UnreachableException(block.GetType().Name),
        };

    private static ReplTextWire[] Texts(Seq<ReplText> texts) => [.. texts.Select(ReplTextWire.Of)];
}

internal sealed record ReplTextWire(string Type, string Text, string? Color, bool? Bold, bool? Italic, string? Href)
{
    public static ReplTextWire Of(ReplText text) => new(
        "text", text.Text, text.Color.OrNull(), text.IsBold ? true : null, text.IsItalic ? true : null, text.Href.OrNull());
}
