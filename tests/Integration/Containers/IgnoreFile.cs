namespace Marketplace.Integration.Containers;

/// <summary>What .dockerignore keeps from the build. Of two lines that are about a file the later one counts.</summary>
internal sealed class IgnoreFile
{
    private readonly List<(string Pattern, bool Keeps)> lines;

    private IgnoreFile(List<(string, bool)> lines) => this.lines = lines;

    public static IgnoreFile Read(string path) => new(
        [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(line => (line.TrimStart('!'), line[0] != '!'))]);

    /// <param name="file">From where .dockerignore is.</param>
    public bool LetsThrough(string file) => lines.FindLast(line => IsAbout(file, line.Pattern)) is not { Keeps: true };

    /// <summary>The patterns that are in use here: everything, a name at any depth, and a path with what is in it.</summary>
    private static bool IsAbout(string file, string pattern) =>
        pattern == "*"
        || (pattern.StartsWith("**/", StringComparison.Ordinal) ? file.Split('/').Contains(pattern[3..]) : file == pattern || file.StartsWith($"{pattern}/", StringComparison.Ordinal));
}
