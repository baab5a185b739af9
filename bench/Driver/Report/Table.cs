namespace Marketplace.Driver.Report;

/// <summary>A Markdown table whose columns stand in line.</summary>
/// <param name="heads">One that begins with <c>&gt;</c> is of numbers, which stand to the right.</param>
internal sealed class Table(params string[] heads)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add(cells);

    public IEnumerable<string> Lines()
    {
        var titles = heads.Select(head => head.TrimStart('>')).ToArray();
        var widths = titles.Select((title, column) => Math.Max(3, rows.Append(titles).Max(row => row[column].Length))).ToArray();
        yield return Line(titles);
        yield return $"|{string.Join('|', widths.Select((width, column) =>
            IsNumber(column) ? $"{new string('-', width + 1)}:" : new string('-', width + 2)))}|";
        foreach (var row in rows)
            yield return Line(row);

        string Line(string[] cells) => $"| {string.Join(" | ", cells.Select((cell, column) =>
            IsNumber(column) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column])))} |";
    }

    private bool IsNumber(int column) => heads[column].StartsWith('>');
}
