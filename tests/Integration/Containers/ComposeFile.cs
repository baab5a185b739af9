using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Marketplace.Integration.Containers;

/// <summary>What docker-compose.yml says, with its variables filled in as Docker does it.</summary>
internal sealed partial class ComposeFile
{
    private readonly Dictionary<object, object> document;

    private ComposeFile(Dictionary<object, object> document) => this.document = document;

    public IReadOnlyDictionary<string, ComposeService> Services => Map(document["services"]).ToDictionary(
        service => service.Key, service => new ComposeService(service.Key, Map(service.Value)), StringComparer.Ordinal);

    /// <summary>By its name, the file that holds it.</summary>
    public IReadOnlyDictionary<string, string> Secrets => Map(document["secrets"]).ToDictionary(
        secret => secret.Key, secret => (string)Map(secret.Value)["file"], StringComparer.Ordinal);

    public static ComposeFile Read(string path, IReadOnlyDictionary<string, string> variables)
    {
        var filled = Variable().Replace(File.ReadAllText(path), match =>
            variables.GetValueOrDefault(match.Groups["name"].Value) is { Length: > 0 } value ? value : match.Groups["otherwise"].Value);
        Assert.DoesNotContain("${", filled, StringComparison.Ordinal);
        return Parse(filled);
    }

    public static ComposeFile Parse(string text) =>
        new(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(new StringReader(text)))));

    /// <summary>A file of variables, as <c>--env-file</c> takes it.</summary>
    public static Dictionary<string, string> Variables(string path) => File.ReadLines(path)
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    internal static Dictionary<string, object> Map(object? value) =>
        value is null or "" ? [] : ((Dictionary<object, object>)value).ToDictionary(pair => (string)pair.Key, pair => pair.Value, StringComparer.Ordinal);

    [GeneratedRegex(@"\$\{(?<name>\w+)(:-(?<otherwise>[^}]*))?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}

/// <summary>One service of it.</summary>
internal sealed record ComposeService(string Name, IReadOnlyDictionary<string, object> Parts)
{
    public string? Target => Text(ComposeFile.Map(Parts.GetValueOrDefault("build")), "target");

    public string[] Command => [.. List("command").Cast<string>()];

    public string[] Profiles => [.. List("profiles").Cast<string>()];

    public IReadOnlyDictionary<string, string> Environment =>
        ComposeFile.Map(Parts.GetValueOrDefault("environment")).ToDictionary(pair => pair.Key, pair => pair.Value as string ?? "", StringComparer.Ordinal);

    /// <summary>What has to be so of which service before this one starts.</summary>
    public IReadOnlyDictionary<string, string> DependsOn =>
        ComposeFile.Map(Parts.GetValueOrDefault("depends_on")).ToDictionary(pair => pair.Key, pair => Text(ComposeFile.Map(pair.Value), "condition")!, StringComparer.Ordinal);

    /// <summary>The words of its health check; none where it has none.</summary>
    public string[] Health => ComposeFile.Map(Parts.GetValueOrDefault("healthcheck")).GetValueOrDefault("test") is List<object> words
        ? [.. words.Cast<string>().Skip(1)]
        : [];

    /// <summary>By the name of the file in /run/secrets, the name of the secret.</summary>
    public IReadOnlyDictionary<string, string> Secrets => List("secrets").ToDictionary(
        secret => secret as string ?? Text(ComposeFile.Map(secret), "target")!,
        secret => secret as string ?? Text(ComposeFile.Map(secret), "source")!,
        StringComparer.Ordinal);

    /// <summary>By its path in the container, the path of a file beside docker-compose.yml.</summary>
    public IReadOnlyDictionary<string, string> Files => List("volumes").Cast<string>()
        .Where(volume => volume[0] == '.')
        .Select(volume => volume.Split(':'))
        .ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);

    /// <summary>By its port on the machine, its own.</summary>
    public IReadOnlyDictionary<string, string> Ports => List("ports").Cast<string>()
        .Select(port => port.Split(':')[^2..])
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    public TimeSpan StopGracePeriod => Text(Parts, "stop_grace_period") is { } text ? TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'))) : TimeSpan.FromSeconds(10);

    public string? Text(string key) => Text(Parts, key);

    public IReadOnlyList<object> List(string key) => Parts.GetValueOrDefault(key) as List<object> ?? [];

    private static string? Text(IReadOnlyDictionary<string, object> parts, string key) => parts.GetValueOrDefault(key) as string;
}
