using System.Text;

namespace Marketplace.Integration.Statements;

/// <summary>Comma-separated values as another program reads them. Source: RFC 4180.</summary>
internal sealed class CsvTable
{
    private readonly IReadOnlyList<string> columns;

    private CsvTable(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyDictionary<string, string>> rows) => (this.columns, Rows) = (columns, rows);

    public IReadOnlyList<IReadOnlyDictionary<string, string>> Rows { get; }

    public static CsvTable Read(string text)
    {
        var records = Records(text);
        var names = records[0];
        Assert.All(records, record => Assert.Equal(names.Count, record.Count));
        return new CsvTable(
            names,
            [.. records.Skip(1).Select(record => names.Zip(record, (name, cell) => (name, cell)).ToDictionary(one => one.name, one => one.cell, StringComparer.Ordinal))]);
    }

    /// <summary>The rows of a kind, each as the values of a column.</summary>
    public IEnumerable<string> Of(string kind, string column)
    {
        Assert.Contains(column, columns);
        return Rows.Where(row => row["kind"] == kind).Select(row => row[column]);
    }

    private static List<IReadOnlyList<string>> Records(string text)
    {
        var (records, record, cell, quoted) = (new List<IReadOnlyList<string>>(), new List<string>(), new StringBuilder(), false);
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"' when quoted && at + 1 < text.Length && text[at + 1] == '"':
                    cell.Append(text[at++]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    record.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\r' when !quoted:
                    Assert.Equal('\n', text[++at]);
                    records.Add([.. record, cell.ToString()]);
                    record.Clear();
                    cell.Clear();
                    break;
                case var other:
                    cell.Append(other);
                    break;
            }
        }

        Assert.True(!quoted && record.Count == 0 && cell.Length == 0, "The last row ends like the others.");
        return records;
    }
}
