using System.Collections.Immutable;
using System.Diagnostics;

namespace Marketplace.Simulator.Demo;

/// <summary>How the server is started, and with which settings.</summary>
internal sealed record ServerCommand(ImmutableList<string> Words, ImmutableDictionary<string, string> Environment)
{
    /// <summary>A single text is split at its spaces, but not inside quotes.</summary>
    public static ImmutableList<string> Split(IReadOnlyList<string> given)
    {
        if (given.Count != 1)
        {
            return [.. given];
        }

        var words = ImmutableList.CreateBuilder<string>();
        var word = new System.Text.StringBuilder();
        char? quote = null;
        foreach (var letter in given[0])
        {
            if (letter == quote)
            {
                quote = null;
            }
            else if (quote is null && letter is '"' or '\'')
            {
                quote = letter;
            }
            else if (quote is null && letter == ' ')
            {
                End();
            }
            else
            {
                word.Append(letter);
            }
        }

        End();
        return words.ToImmutable();

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    public ProcessStartInfo ToStartInfo(string[] more)
    {
        var info = new ProcessStartInfo(Words[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var word in Words.Skip(1).Concat(more))
        {
            info.ArgumentList.Add(word);
        }

        foreach (var (key, value) in Environment)
        {
            info.Environment[key] = value;
        }

        return info;
    }

    /// <summary>Without the environment, which holds secrets.</summary>
    public override string ToString() => string.Join(' ', Words);
}
