using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Products;

/// <summary>Whether a value is one that a field takes.</summary>
internal static class MetadataFit
{
    /// <summary>What is wrong with the value, for the customer to read; none when nothing is.</summary>
    internal static Option<string> Complaint(MetadataField field, MetadataValue value) => field.Control switch
    {
        MetadataControl.TextInput c => OfText(field, value, text => c.Limits.Complaint(field.Label, text)),
        MetadataControl.NumberInput c => value is MetadataValue.Number number
            ? Limits(field, number.Value, c.Limits)
            : $"{field.Label} must be a number.",
        MetadataControl.Toggle => When(value is not MetadataValue.Flag, $"{field.Label} must be true or false."),
        MetadataControl.Slider c => OfNumbers(field, value, number => Limits(field, number, c.Limits)),
        MetadataControl.Select c => OfText(field, value, text => Choice(field, text, c.Options)),
        MetadataControl.RadioButton c => OfText(field, value, text => Choice(field, text, c.Options)),
        MetadataControl.MultiSelect c => OfTexts(field, value, text => Choice(field, text, c.Options)),
        MetadataControl.VercelRegion c => OfText(field, value, text => Region(field, text, c.Regions)),
        MetadataControl.MultiVercelRegion c => OfTexts(field, value, text => Region(field, text, c.Regions)),
        MetadataControl.Domain => OfText(field, value, text =>
            When(!IsDomain(text), $"{field.Label} must be a domain such as example.com.")),
        MetadataControl.GitNamespace => OfText(field, value, text =>
            When(text.Any(char.IsWhiteSpace), $"{field.Label} must be a Git namespace such as acme.")),
        _ => throw new UnreachableException(field.Control.GetType().Name),
    };

    /// <summary>A form sends an empty text for what was left empty.</summary>
    private static Option<string> OfText(MetadataField field, MetadataValue value, Func<string, Option<string>> complaint) =>
        value switch
        {
            MetadataValue.Text { Value: "" } => Presence(field, count: 0),
            MetadataValue.Text text => complaint(text.Value),
            _ => $"{field.Label} must be text.",
        };

    /// <summary>An empty list of JSON says nothing of its kind, so it is as good a list of texts as of numbers.</summary>
    private static Option<string> OfTexts(MetadataField field, MetadataValue value, Func<string, Option<string>> complaint) =>
        value switch
        {
            MetadataValue.Texts texts => Presence(field, texts.Values.Count) || First(texts.Values, complaint),
            MetadataValue.Numbers { Values.IsEmpty: true } => Presence(field, count: 0),
            _ => $"{field.Label} must be a list of texts.",
        };

    private static Option<string> OfNumbers(MetadataField field, MetadataValue value, Func<decimal, Option<string>> complaint) =>
        value switch
        {
            MetadataValue.Numbers numbers => Presence(field, numbers.Values.Count) || First(numbers.Values, complaint),
            MetadataValue.Texts { Values.IsEmpty: true } => Presence(field, count: 0),
            _ => $"{field.Label} must be a list of numbers.",
        };

    private static Option<string> First<T>(Seq<T> values, Func<T, Option<string>> complaint) =>
        values.Map(complaint).Find(found => found.IsSome).Bind(identity);

    private static Option<string> Presence(MetadataField field, int count) =>
        When(field.Required && count == 0, $"{field.Label} is required.");

    private static Option<string> Limits(MetadataField field, decimal number, NumberLimits limits) =>
        limits.Min.Filter(min => number < min).Map(min => $"{field.Label} must be at least {min}.")
        || limits.Max.Filter(max => number > max).Map(max => $"{field.Label} must be at most {max}.")
        || limits.ExclusiveMin.Filter(min => number <= min).Map(min => $"{field.Label} must be more than {min}.")
        || limits.ExclusiveMax.Filter(max => number >= max).Map(max => $"{field.Label} must be less than {max}.");

    private static Option<string> Choice(MetadataField field, string text, Seq<string> options) =>
        When(!options.Exists(option => option == text), $"{field.Label} must be one of {string.Join(", ", options)}.");

    private static Option<string> Region(MetadataField field, string text, Seq<string> regions) =>
        regions.IsEmpty
            ? When(!IsRegion(text), $"{field.Label} must be a Vercel region such as iad1.")
            : Choice(field, text, regions);

    /// <summary>An airport and a number. Vercel adds regions, so there is no list to hold it against.</summary>
    internal static bool IsRegion(string text) =>
        text.Length >= 4 && text[..3].All(char.IsAsciiLetterLower) && text[3..].All(char.IsAsciiDigit);

    private static bool IsDomain(string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns && text.Trim('.').Contains('.', StringComparison.Ordinal);

    private static Option<string> When(bool wrong, string complaint) => wrong ? Some(complaint) : None;
}
