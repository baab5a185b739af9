using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Jobs.Provisioning;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Repl;

/// <summary>What a command may show within its limits. Rows appear in pieces, so that a caller who reads along need not wait for the last.</summary>
internal sealed class ReplPage(IReplScreen screen, ReplLimits limits)
{
    private const int RowsTogether = 100;
    private const int SentenceCharactersMax = 4_000;

    /// <summary>What a block costs on the wire besides its text.</summary>
    private const int CharactersOfBlock = 50;

    private readonly List<Seq<ReplText>> waiting = [];
    private Option<Seq<ReplText>> header;
    private int rowsLeft = limits.RowsMax;
    private int charactersLeft = limits.CharactersMax;
    private bool hasSaidEnough;

    /// <summary>No further row is shown.</summary>
    public bool IsFull => rowsLeft == 0 || charactersLeft <= 0;

    public int RowsMax => limits.RowsMax;

    public bool HasRowsWaiting => waiting.Count > 0;

    /// <summary>How much of one value is shown.</summary>
    public int CellCharactersMax => limits.CellCharactersMax;

    /// <summary>How much of all that comes is shown.</summary>
    public int CharactersLeft => Math.Max(charactersLeft, 0);

    /// <summary>A sentence that is left out once enough was said.</summary>
    public async ValueTask Mention(CancellationToken cancel, params ReplText[] texts)
    {
        if (charactersLeft > 0)
        {
            await Say(cancel, texts);
        }
        else if (!hasSaidEnough)
        {
            hasSaidEnough = true;
            await Say(cancel, new ReplText("The answer is long enough: what else there is to show is left out.", IsItalic: true));
        }
    }

    /// <summary>A sentence that the customer must see. It is one of few.</summary>
    public async ValueTask Say(CancellationToken cancel, params ReplText[] texts)
    {
        await Flush(cancel);
        var cut = texts.Map(text => text with { Text = Cut(text.Text) }).ToArray();
        Charge(cut);
        await screen.Show(ReplBlock.Sentence(cut), cancel);
    }

    /// <summary>None begins once enough was said.</summary>
    public void BeginTable(Seq<ReplText> columns)
    {
        if (charactersLeft <= 0)
            return;

        Charge(columns);
        header = columns;
    }

    public async ValueTask Add(Seq<ReplText> row, CancellationToken cancel)
    {
        rowsLeft--;
        Charge(row);
        waiting.Add(row);
        if (waiting.Count == RowsTogether)
            await Flush(cancel);
    }

    /// <summary>Shows what waits; a table without rows too.</summary>
    public async ValueTask Flush(CancellationToken cancel)
    {
        if (header.IsNone && waiting.Count == 0)
            return;

        var table = new ReplBlock.Table(header, waiting.ToArray().ToSeq().Strict());
        header = None;
        waiting.Clear();
        await screen.Show(table, cancel);
    }

    private void Charge(IEnumerable<ReplText> texts) => charactersLeft -= CharactersOfBlock + texts.Sum(text => text.Text.Length);

    private static string Cut(string text) => text.Length <= SentenceCharactersMax ? text : $"{text[..SentenceCharactersMax]}…";
}
