using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Marketplace.Simulator.CommandLine;

/// <summary>What somebody types to play a case again: what he typed, but for what the report adds and what is nobody's business.</summary>
internal static class ReplayCommand
{
    private static readonly ImmutableHashSet<string> LeftOut =
        ImmutableHashSet.Create(StringComparer.Ordinal, "--case", "--seed", "--now", "--report", "--client-secret", "--strict", "--replay-with");

    /// <summary><c>./run conformance</c> adds these by itself when it starts our own server.</summary>
    private static readonly ImmutableHashSet<string> OfOwnServer = ImmutableHashSet.Create(StringComparer.Ordinal, "--server", "--settings");

    public static string Of(ParseResult given, bool isOwnServer) => string.Join(' ', given.CommandResult.Children
        .OfType<OptionResult>()
        .Where(option => !option.Implicit && !LeftOut.Contains(option.Option.Name) && !(isOwnServer && OfOwnServer.Contains(option.Option.Name)))
        .SelectMany(option => option.Tokens.Select(token => token.Value).Prepend(option.Option.Name))
        .Select(Quoted)
        .Prepend("./run conformance"));

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || "-_./:=@,+%".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
