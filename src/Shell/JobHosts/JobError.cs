using System.Text.RegularExpressions;
using Marketplace.Shell.Redaction;

namespace Marketplace.Shell.JobHosts;

/// <summary>What history says of a fault. The log has the rest.</summary>
internal static partial class JobError
{
    private const int CharactersMax = 1_000;

    private const string Hidden = "…";

    /// <summary>The exception and what caused it; whatever looks like a secret is left out, because every operator may read it.</summary>
    public static string Of(Exception fault)
    {
        var parts = new List<string>();
        for (var one = fault; one is not null; one = one.InnerException)
            parts.Add($"{one.GetType().Name}: {Open(one.Message)}");
        var text = string.Join(" ← ", parts).Replace('\0', '�');
        return Whole(text.Length <= CharactersMax ? text : $"{text[..(char.IsHighSurrogate(text[CharactersMax - 1]) ? CharactersMax - 1 : CharactersMax)]}…");
    }

    private static string Open(string message) => Secretive().Replace(SecretsInText.Hide(UserInfo().Replace(message, $"://{Hidden}@"), Hidden), Hidden);

    /// <summary>Half of a pair is no character, and PostgreSQL takes none.</summary>
    private static string Whole(string text) => string.Concat(text.EnumerateRunes());

    /// <summary>What a URL has before its host.</summary>
    [GeneratedRegex(@"://[^/\s@]*@", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();

    /// <summary>A long word with digits in it: a token, a key, a hash; or what stands behind a name that a fault of a sign-in or a cipher has.</summary>
    [GeneratedRegex(
        @"(?<![\w.+/=~-])(?=[\w.+/=~-]*\d)[\w.+/=~-]{40,}|(?<=\b(key|code)""?\s*[=:]\s*)\S+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secretive();
}
