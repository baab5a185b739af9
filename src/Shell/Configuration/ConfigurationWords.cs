using System.CommandLine;

namespace Marketplace.Shell.Configuration;

/// <summary>What no command has taken of the command line, and so is configuration: a key and its value, in one word or in two.</summary>
internal static class ConfigurationWords
{
    /// <summary>The keys that have no parts. Any other word is a slip of the keyboard, and a command must not run without what it meant.</summary>
    private static readonly HashSet<string> Undivided = new(StringComparer.OrdinalIgnoreCase)
    {
        "PublicUrl", "urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "shutdownTimeoutSeconds", "AllowedHosts",
    };

    /// <exception cref="StartRefusedException">Something is neither an option nor a key.</exception>
    public static string[] Of(ParseResult parsed)
    {
        var words = parsed.UnmatchedTokens;
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            var key = word.Split('=')[0];
            if (!key.StartsWith("--", StringComparison.Ordinal) && key == word)
                throw Refused(Takes(parsed, word));
            if (!key.Contains(':', StringComparison.Ordinal) && !Undivided.Contains(key.TrimStart('-', '/')))
                throw Refused($"There is no option {key}, and no configuration key of that name.");
            if (key == word && ++index == words.Count)
                throw Refused($"{word} has no value.");
        }

        return [.. words];

        StartRefusedException Refused(string why) => new($"{why} See {Name(parsed)}--help.");
    }

    private static string Takes(ParseResult parsed, string word) =>
        parsed.CommandResult.Command is RootCommand ? $"There is no command \"{word}\"." : $"{Name(parsed)}takes no \"{word}\".";

    /// <summary>The command as it was typed, with a space after it.</summary>
    public static string Name(ParseResult parsed)
    {
        var name = "";
        for (var at = parsed.CommandResult; at is { Command: not RootCommand }; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            name = $"{at.Command.Name} {name}";
        return name;
    }
}
