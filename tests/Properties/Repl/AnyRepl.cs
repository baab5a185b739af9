using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Repl;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Repl;

/// <summary>What a console may show, and what is typed into it.</summary>
internal static class AnyRepl
{
    private static readonly Gen<ReplText> Text =
        from text in Gen.Elements("id", "1", "", "NULL")
        from color in Gen.Elements(None, Some("red"))
        from isBold in Gen.Elements(true, false)
        select new ReplText(text, color, isBold);

    private static readonly Gen<Seq<ReplText>> Texts = Text.ListOf().Select(texts => texts.ToSeq().Strict());

    private static readonly Gen<Seq<Seq<ReplText>>> Rows = Texts.ListOf().Select(rows => rows.ToSeq().Strict());

    public static readonly Gen<ReplBlock> Sentence = Texts.Select(texts => (ReplBlock)new ReplBlock.Paragraph(texts));

    /// <summary>One with a header: a piece without is none.</summary>
    public static readonly Gen<ReplBlock.Table> WholeTable =
        from header in Texts from rows in Rows select new ReplBlock.Table(Some(header), rows);

    private static readonly Gen<ReplBlock> Piece = Rows.Select(rows => (ReplBlock)new ReplBlock.Table(None, rows));

    /// <summary>Pieces too that have no table before them.</summary>
    public static readonly Gen<Seq<ReplBlock>> Blocks =
        Gen.OneOf(Sentence, WholeTable.Select(table => (ReplBlock)table), Piece).ListOf().Select(blocks => blocks.ToSeq().Strict());

    public static ReplCommand Command(string input, bool isReadOnly) =>
        ReplCommand.Parse(input, isReadOnly).Match(command => command, wrong => throw new InvalidOperationException($"{wrong}"));
}
