using System.Xml.Linq;
using Xunit;

namespace Marketplace.Properties.Purity;

/// <summary>Which project may know which: Core knows nobody, and nobody but tests knows the Simulator.</summary>
public sealed class References
{
    private static readonly string[] OfTests = ["tests", "bench"];

    [Theory]
    [InlineData("src/Core")]
    [InlineData("src/Jobs", "Core")]
    [InlineData("src/Shell", "Jobs")]
    [InlineData("src/Simulator")]
    [InlineData("tests/Properties", "Core")]
    public void A_project_knows_these_and_no_others(string folder, params string[] known) =>
        Assert.Equal(known, ProjectsKnownTo(Projects.Single(project => project.StartsWith(folder + "/", StringComparison.Ordinal))));

    [Theory]
    [InlineData("Shell")]
    [InlineData("Simulator")]
    public void Only_tests_know(string project) =>
        Assert.All(
            Projects.Where(other => ProjectsKnownTo(other).Contains(project, StringComparer.Ordinal)),
            other => Assert.Contains(other.Split('/')[0], OfTests));

    [Fact]
    public void Core_depends_on_LanguageExt_and_is_watched_by_analyzers()
    {
        var core = Read("src/Core/Core.csproj");
        var packages = core.Descendants("PackageReference").ToLookup(
            package => (string?)package.Attribute("PrivateAssets") == "all", package => (string?)package.Attribute("Include"));
        Assert.Equal(["LanguageExt.Core"], packages[false]);
        Assert.Equal(["Microsoft.CodeAnalysis.BannedApiAnalyzers"], packages[true]);
        Assert.Equal(["BannedSymbols.txt"], core.Descendants("AdditionalFiles").Select(file => (string?)file.Attribute("Include")));
        Assert.Empty(core.Descendants("FrameworkReference"));
    }

    private static IReadOnlyList<string> Projects { get; } =
    [
        .. Directory.EnumerateFiles(Diagram.RepositoryRoot, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Diagram.RepositoryRoot, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.StartsWith('.'))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] ProjectsKnownTo(string project) =>
    [
        .. Read(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string?)reference.Attribute("Include") ?? "")),
    ];

    private static XDocument Read(string project) => XDocument.Load(Path.Combine(Diagram.RepositoryRoot, project));
}
