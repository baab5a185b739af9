using System.Text.Json;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.Containers;

/// <summary>What the Dockerfile says, as far as a process without Docker can do as it says.</summary>
internal sealed partial class ImageFile
{
    private readonly List<Stage> stages = [];
    private readonly Dictionary<string, string> arguments = new(StringComparer.Ordinal);

    private ImageFile()
    {
    }

    public IReadOnlyList<Stage> Stages => stages;

    public Stage Last => stages[^1];

    public static ImageFile Read(string path)
    {
        var file = new ImageFile();
        foreach (var line in Continued().Replace(File.ReadAllText(path), " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line[0] != '#')
                file.Add(line.Split(' ', 2)[0], line.Split(' ', 2)[1].Trim());
        }

        return file;
    }

    /// <summary>A stage with all that it has from those that it is made from.</summary>
    public Stage Named(string name) => stages.Single(stage => stage.Name == name);

    /// <param name="arguments">The build's, which win over the file's own.</param>
    public string Fill(string text, IReadOnlyDictionary<string, string> arguments) =>
        Variable().Replace(text, match =>
            arguments.GetValueOrDefault(match.Groups["name"].Value) ?? this.arguments.GetValueOrDefault(match.Groups["name"].Value) ?? match.Value);

    private void Add(string instruction, string rest)
    {
        switch (instruction)
        {
            case "ARG" when rest.Split('=') is [var name, var value]:
                arguments[name] = value;
                break;
            case "FROM":
                var words = rest.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
                stages.Add((stages.Find(stage => stage.Name == words[0]) ?? new Stage { From = words[0] }).As(words.ElementAtOrDefault(2) ?? ""));
                break;
            case "ENV":
                foreach (var pair in rest.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    Last.Environment[pair.Split('=', 2)[0]] = pair.Split('=', 2)[1];
                break;
            case "COPY":
                Last.Copied.Add(rest.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                break;
            case "RUN":
                Last.Run.AddRange(rest.Split("&&", StringSplitOptions.TrimEntries));
                break;
            case "USER":
                Last.User = rest;
                break;
            case "ENTRYPOINT":
                Last.Entrypoint = JsonSerializer.Deserialize<string[]>(rest)!;
                break;
            case "CMD":
                Last.Command = JsonSerializer.Deserialize<string[]>(rest)!;
                break;
            case "HEALTHCHECK":
                Last.Health = JsonSerializer.Deserialize<string[]>(rest[rest.IndexOf('[', StringComparison.Ordinal)..])!;
                break;
            default:
                Assert.Contains(instruction, (string[])["ARG", "WORKDIR", "EXPOSE"]);
                break;
        }
    }

    [GeneratedRegex(@"\\\n", RegexOptions.None, 1000)]
    private static partial Regex Continued();

    [GeneratedRegex(@"\$\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    internal sealed record Stage
    {
        public string Name { get; private init; } = "";

        /// <summary>The image from elsewhere with which it begins.</summary>
        public required string From { get; init; }

        public Dictionary<string, string> Environment { get; private init; } = new(StringComparer.Ordinal);

        public List<string[]> Copied { get; private init; } = [];

        public List<string> Run { get; private init; } = [];

        public string? User { get; set; }

        public string[] Entrypoint { get; set; } = [];

        public string[] Command { get; set; } = [];

        public string[] Health { get; set; } = [];

        public Stage As(string name) => this with
        {
            Name = name, Environment = new(Environment, StringComparer.Ordinal), Copied = [], Run = [],
        };
    }
}
