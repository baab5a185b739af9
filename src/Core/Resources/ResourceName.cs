using LanguageExt;
using Marketplace.Core.Products;

namespace Marketplace.Core.Resources;

/// <summary>What a resource may be called: 1 to 128 letters, digits, hyphens and underscores. Source: contract §C.2.</summary>
/// <remarks>A product may ask for more, such as 50 characters that begin with a letter.</remarks>
public static class ResourceName
{
    public const int LengthMax = 128;

    public static Validation<FieldError, string> Parse(Option<string> name, Option<TextLimits> ofProduct) =>
        name.Match<Validation<FieldError, string>>(
            Some: text =>
                text.Length is < 1 or > LengthMax ? Wrong($"The name must have 1 to {LengthMax} characters.")
                : !text.All(IsAllowed) ? Wrong("The name can have letters, digits, hyphens and underscores.")
                : ofProduct.Bind(limits => limits.Complaint("The name", text)).Match<Validation<FieldError, string>>(Wrong, () => text),
            None: () => Wrong("A name is required."));

    /// <summary>What something could be called that has a name elsewhere. A product may still ask for more.</summary>
    public static string Suggest(string elsewhere) =>
        elsewhere.Length == 0
            ? "imported"
            : new string(elsewhere.Take(LengthMax).Select(letter => IsAllowed(letter) ? letter : '-').ToArray());

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    private static Validation<FieldError, string> Wrong(string message) => new FieldError("name", message);
}
