using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>What a command has shown, as a person reads it.</summary>
internal sealed class Shown : IReplScreen
{
    private readonly Lock gate = new();
    private readonly List<ReplBlock> blocks = [];

    /// <summary>As it came.</summary>
    public IReadOnlyList<ReplBlock> Pieces
    {
        get
        {
            lock (gate)
                return [.. blocks];
        }
    }

    public IReadOnlyList<ReplBlock> Blocks => [.. ReplBlock.Joined(Pieces.ToSeq().Strict())];

    public IReadOnlyList<string> Paragraphs => [.. Blocks.OfType<ReplBlock.Paragraph>().Select(paragraph => Text(paragraph.Children))];

    public IReadOnlyList<ReplBlock.Table> Tables => [.. Blocks.OfType<ReplBlock.Table>()];

    /// <summary>The only row of the only table, its values with bars between them.</summary>
    public string Row => string.Join('|', Assert.Single(Assert.Single(Tables).Rows).Select(value => value.Text));

    /// <summary>The SQLSTATE of the error that ended it.</summary>
    public string Error
    {
        get
        {
            var error = Assert.Single(Paragraphs, text => text.StartsWith("ERROR:", StringComparison.Ordinal));
            return error[(error.LastIndexOf('(') + 1)..].TrimEnd(')');
        }
    }

    public ValueTask Show(ReplBlock block, CancellationToken cancel)
    {
        lock (gate)
            blocks.Add(block);
        return ValueTask.CompletedTask;
    }

    public override string ToString() =>
        string.Join('\n', Blocks.Select(block => block switch
        {
            ReplBlock.Paragraph paragraph => Text(paragraph.Children),
            ReplBlock.Table table => string.Join('\n', table.Header.ToSeq().Concat(table.Rows).Select(row => string.Join('|', row.Select(text => text.Text)))),
            _ => throw new System.Diagnostics.UnreachableException(),
        }));

    private static string Text(Seq<ReplText> children) => string.Concat(children.Select(child => child.Text));
}
