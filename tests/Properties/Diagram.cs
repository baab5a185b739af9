using System.Text.RegularExpressions;

namespace Marketplace.Properties;

/// <summary>The state diagrams of Core's READMEs, read back, so that a picture cannot lie.</summary>
internal static partial class Diagram
{
    /// <summary>Every arrow between two states; birth and death (<c>[*]</c>) are left out.</summary>
    public static IReadOnlyCollection<(string From, string To)> MovesIn(string readme) =>
    [
        .. Arrow().Matches(File.ReadAllText(Path.Combine(RepositoryRoot, readme)))
            .Select(arrow => (arrow.Groups["from"].Value, arrow.Groups["to"].Value))
            .Distinct()
            .Order(),
    ];

    public static string RepositoryRoot { get; } = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    private static string FindRoot(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Marketplace.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex(@"^\s*(?<from>\w+) --> (?<to>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Arrow();
}
