using System.Text.RegularExpressions;
using Xunit;

namespace Marketplace.Properties;

/// <summary>What Core's READMEs promise is what these laws check.</summary>
public sealed partial class ReadmeLaws
{
    public static TheoryData<string> Concepts =>
        [.. Directory.GetDirectories(Path.Combine(Diagram.RepositoryRoot, "src/Core"))
            .Where(folder => Directory.EnumerateFiles(folder, "*.cs").Any())
            .Select(folder => Path.GetFileName(folder)!)
            .Where(folder => folder is not ("bin" or "obj"))];

    [Theory]
    [MemberData(nameof(Concepts))]
    public void Every_concept_has_a_README_and_the_laws_that_it_names_are_there(string concept)
    {
        var readme = File.ReadAllText(Path.Combine(Diagram.RepositoryRoot, "src/Core", concept, "README.md"));
        var laws = typeof(ReadmeLaws).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var named = LawName().Matches(readme).Select(match => match.Groups["law"].Value).ToArray();
        Assert.NotEmpty(named);
        Assert.All(
            named,
            law => Assert.True(laws.Contains(law), $"{concept}/README.md names {law}, which is no law."));
    }

    [GeneratedRegex(@"`(?<law>\w+Laws\.\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LawName();
}
