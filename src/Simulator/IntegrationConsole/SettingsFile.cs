using System.Collections.Immutable;
using System.Text.Json;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>The file that stands for the console: JSON, in which comments and closing commas are allowed.</summary>
internal static class SettingsFile
{
    public static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="InvalidDataException">Everything that is wrong with the file, a line each, for a person to mend.</exception>
    public static IntegrationSettings Read(string path)
    {
        var (settings, problems) = Parse(TextOf(path));
        return problems.IsEmpty
            ? settings
            : throw new InvalidDataException(string.Join(Environment.NewLine, problems.Select(problem => problem.Of(path))));
    }

    /// <summary>The settings, which are good only when there is no problem.</summary>
    public static (IntegrationSettings Settings, ImmutableList<SettingsProblem> Problems) Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            var problems = new List<SettingsProblem>();
            var settings = SettingsJson.Root(document.RootElement, new SettingsLines(text), problems, SettingsReader.Read);
            return (settings, [.. problems.OrderBy(problem => problem.Line)]);
        }
        catch (JsonException malformed)
        {
            // Editors count from one, the parser from zero. What the parser says beyond the place may quote the file.
            return (new IntegrationSettings(), [
                new((int)(malformed.LineNumber ?? 0) + 1, "",
                    $"is not JSON at character {(malformed.BytePositionInLine ?? 0) + 1} of this line: look for a missing comma, quote or bracket there or just before"),
            ]);
        }
    }

    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"There is no settings file {path}: give the path of one, or begin one with: ./run simulator --new-settings {path}", missing);
        }
        catch (Exception barred) when (barred is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The settings file {path} cannot be read: {barred.Message}", barred);
        }
    }
}

/// <summary>What is wrong at one place of the settings. It never carries a value: that may be the secret.</summary>
/// <param name="Path">Such as <c>products[0].metadataSchema</c>; empty for the whole.</param>
/// <param name="Reason">What is wrong, what was expected, and what to do where that does not follow.</param>
internal sealed record SettingsProblem(int Line, string Path, string Reason)
{
    /// <summary>In the form that editors lead from to the place.</summary>
    public string Of(string file) => $"{file}:{Line}: {(Path.Length == 0 ? "the file" : Path)} {Reason}{(Reason.EndsWith('?') ? "" : ".")}";

    public override string ToString() => $"line {Line}: {(Path.Length == 0 ? "the file" : Path)} {Reason}";
}
