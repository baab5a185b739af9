using System.CommandLine;
using System.Text.RegularExpressions;
using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Marketplace.Integration.Documents;

/// <summary>What the documents name is there: commands, routes, configuration keys, and the places to which they lead.</summary>
[Collection(SharedAcme.Name)]
public sealed partial class DocumentationTests(Acme acme)
{
    private static readonly CommandLine Line = Shell.Program.Commands();

    public static TheoryData<string> Documents =>
        [.. Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories)
            .Append(Repository.File("README.md")).Append(Repository.File("CONTRIBUTING.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_that_is_shown_is_a_command_line_that_works(string document)
    {
        var text = Read(document);
        Assert.All(
            Typed().Matches(text).Select(match => match.Groups["words"].Value).Where(words => words.Split(' ')[0] is not ("demo" or "bench")),
            words =>
            {
                if (words.Split(' ')[0] is "simulator" or "conformance")
                {
                    Assert.Empty(Marketplace.Simulator.CommandLine.Commands.All().Parse(Shown(words)).Errors);
                    return;
                }

                var parsed = Parse(words);
                Assert.True(parsed.Errors.Count == 0, $"{document}: {words}: {string.Join(' ', parsed.Errors)}");
                Assert.Equal(parsed.UnmatchedTokens, ConfigurationWords.Of(parsed));
            });
        // What is only mentioned may leave out what the command needs.
        Assert.All(Inline().Matches(text).Select(match => match.Groups["words"].Value).Where(IsCommand), words =>
        {
            var parsed = Parse(words);
            Assert.True(
                parsed.CommandResult.Command is OperatorCommand && parsed.UnmatchedTokens.Count == 0
                && !parsed.Errors.Any(error => error.Message.StartsWith("There is no option", StringComparison.Ordinal)),
                $"{document}: {words}");
        });
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_route_that_is_shown_is_a_route_of_the_server(string document)
    {
        var routes = acme.Server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => (Method: method, Parts: Parts(route.RoutePattern.RawText!))))
            .ToList();
        var text = Read(document);
        var shown = Routes().Matches(text).Select(match => (Method: (string?)match.Groups["method"].Value, Path: match.Groups["path"].Value))
            .Concat(Addresses().Matches(text).Select(match => (Method: (string?)null, Path: match.Groups["path"].Value)));
        Assert.All(shown, one => Assert.True(
            routes.Exists(route => (one.Method is null || route.Method == one.Method) && Fits(route.Parts, Parts(one.Path))),
            $"{document}: {one.Method} {one.Path}"));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_configuration_key_that_is_named_is_one(string document) =>
        Assert.Empty(Keys().Matches(Read(document)).Select(match => match.Value).Except(KeysAsked));

    [Fact]
    public void Every_configuration_key_is_documented()
    {
        var text = Read("docs/configuration.md");

        Assert.DoesNotContain(KeysAsked, key => !text.Contains($"`{key}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_to_a_file_and_to_a_heading_in_it(string document)
    {
        var folder = Path.GetDirectoryName(Repository.File(document))!;
        Assert.All(Links().Matches(Read(document)).Select(match => match.Groups["to"].Value).Where(to => !to.Contains(':')), to =>
        {
            var (file, heading) = to.Split('#') is [var before, var after] ? (before, after) : (to, null);
            var path = file.Length == 0 ? Repository.File(document) : Path.GetFullPath(file, folder);
            Assert.True(Path.Exists(path), $"{document}: {to}");
            if (heading is not null)
                Assert.Contains(heading, Headings().Matches(File.ReadAllText(path)).Select(match => Anchor(match.Groups["title"].Value)));
        });
    }

    /// <summary>All that a configuration is asked for where everything optional is there, as environment variables spell it.</summary>
    internal static IReadOnlySet<string> KeysAsked { get; } = SettingsSource.Examine(
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Clock:Url"] = "http://127.0.0.1:9", ["Invoices:Test"] = "paid", ["DataProtection:Certificate"] = "none.pfx", ["DataProtection:FormerCertificates"] = "none.pfx",
                })
                .Build(),
            new Production())
        .Asked.Select(SettingsReader.Spell).ToHashSet(StringComparer.Ordinal);

    private static string Read(string document) => File.ReadAllText(Repository.File(document));

    /// <summary>Up to what a shell keeps for itself.</summary>
    private static ParseResult Parse(string words) => Line.Parse(Shown(words));

    private static string[] Shown(string words) =>
        [.. Words().Matches(words).Select(word => word.Value.Trim('\'', '"')).TakeWhile(word => word is not ("#" or ">" or "|" or "\\"))];

    /// <summary>Two words at least, of which the first is a command: one alone may mean anything.</summary>
    private static bool IsCommand(string words) =>
        words.Split(' ') is [var first, _, ..] && Line.Root.Subcommands.Any(command => command.Name == first);

    private static string[] Parts(string path) => path.Trim('/').Split('/');

    private static bool Fits(string[] route, string[] shown) =>
        route.Length == shown.Length && route.Zip(shown, (expected, named) => expected.StartsWith('{') || expected == named).All(same => same);

    /// <summary>As GitHub makes it.</summary>
    private static string Anchor(string title) =>
        string.Concat(title.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"(?:^|`)(?:dotnet Marketplace\.Shell\.dll|\./run) (?<words>[a-z][^`\n\[\]]*)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Typed();

    [GeneratedRegex(@"`(?<words>[a-z]+ [^`\n]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inline();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""", RegexOptions.None, 1000)]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(?<method>GET|POST|PUT|PATCH|DELETE)\s+(?<path>/provider/[^\s`""?|,]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Routes();

    [GeneratedRegex(@"http://127\.0\.0\.1:8080(?<path>/[^\s`""'?|,>)]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Addresses();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+__[A-Za-z]+\b", RegexOptions.None, 1000)]
    private static partial Regex Keys();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"^#+ (?<title>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Headings();

    private sealed class Production : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Production";

        public string ApplicationName { get; set; } = "Marketplace";

        public string ContentRootPath { get; set; } = Repository.Root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
