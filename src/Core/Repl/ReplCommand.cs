using LanguageExt;

namespace Marketplace.Core.Repl;

/// <summary>What somebody typed into the console of a resource. It may hold secrets: it is never printed. Source: contract §B.2.</summary>
public sealed record ReplCommand
{
    /// <summary>Longer than what anybody types; a script is run with the product's own tools.</summary>
    public const int InputCharactersMax = 65_536;

    private ReplCommand(string input, bool isReadOnly)
    {
        Input = input;
        IsReadOnly = isReadOnly;
    }

    /// <summary>In the language of the product, such as SQL; may be blank.</summary>
    public string Input { get; }

    /// <summary>Must not change anything, whatever it says.</summary>
    public bool IsReadOnly { get; }

    public static Validation<FieldError, ReplCommand> Parse(Option<string> input, bool isReadOnly) =>
        input.Match<Validation<FieldError, ReplCommand>>(
            Some: text =>
                text.Length > InputCharactersMax ? Wrong($"Keep a command under {InputCharactersMax} characters.")
                : text.Contains('\0', StringComparison.Ordinal) ? Wrong("Leave the character U+0000 out.")
                : new ReplCommand(text, isReadOnly),
            None: () => Wrong("A command is required."));

    public override string ToString() => $"{Input.Length} characters{(IsReadOnly ? ", only to read" : "")}";

    private static FieldError Wrong(string message) => new("input", message);
}
