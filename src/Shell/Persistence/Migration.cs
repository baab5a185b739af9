using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Marketplace.Shell.Persistence;

/// <summary>One numbered step of the schema, from an embedded file <c>Persistence/Migrations/NNN_name.sql</c>.</summary>
internal sealed partial record Migration(int Number, string Name, string Sql)
{
    /// <summary>Of the text with plain line ends, so that a checkout's line ends do not matter.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>
    /// Which migration a program has to know to go on after this one. Most only add, and every older program goes on; one that takes
    /// something away says in its first line whom it leaves behind: <c>-- needs: 074</c>.
    /// </summary>
    public int? Needs => NeedsLine().Match(Sql) is { Success: true } match ? int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary>All that this binary has, in order. A number may be left out, but is never used twice.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Load();

    public override string ToString() => $"{Number:000}_{Name}";

    private static List<Migration> Load()
    {
        var assembly = typeof(Migration).Assembly;
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (FileName().Match(resource) is { Success: true } match)
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
                migrations.Add(new Migration(
                    int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture),
                    match.Groups["name"].Value,
                    reader.ReadToEnd().ReplaceLineEndings("\n")));
            }
        }

        migrations.Sort((a, b) => a.Number.CompareTo(b.Number));
        foreach (var (before, after) in migrations.Zip(migrations.Skip(1)))
        {
            if (before.Number == after.Number)
            {
                throw new InvalidOperationException($"There are two migrations of one number: {before} and {after}.");
            }
        }

        return migrations;
    }

    [GeneratedRegex(@"\.Persistence\.Migrations\.(?<number>[0-9]{3})_(?<name>[a-z0-9_]+)\.sql\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\A-- needs: (?<number>[0-9]{3})\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NeedsLine();
}
