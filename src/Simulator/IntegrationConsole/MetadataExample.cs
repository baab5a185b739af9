using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>Values that a customer might fill in.</summary>
internal static class MetadataExample
{
    /// <summary>Texts of the kinds that patterns usually ask for; a pattern cannot be turned round in general.</summary>
    private static readonly ImmutableArray<string> Texts =
    [
        "example", "Example", "example-1", "a", "A", "EXAMPLE", "1", "42", "12345", "123456789012", "1.0.0", "v1", "true", "example.com",
        "user@example.com", "https://example.com", "https://example.com/", "us-east-1", "2027-01-31", "2027-01-31T12:00:00Z", "12:00",
        "00000000-0000-4000-8000-000000000000", "+15555550100", "example/example", "@example", "#102030",
    ];

    /// <summary>None when the customer need not fill it in, or when no value is known.</summary>
    public static JsonNode? Of(MetadataField field) =>
        field.Control.DefaultValue is { } given ? given
        : field.IsHiddenOn(MetadataForm.Create) ? OfRegion(field.Control)
        : field.IsRequired ? Fitting(field)
        : null;

    private static JsonNode? OfRegion(MetadataControl control) =>
        control is MetadataControl.VercelRegion or MetadataControl.MultiVercelRegion ? Candidates(control, placeholder: null).FirstOrDefault() : null;

    private static JsonNode? Fitting(MetadataField field) => Candidates(field.Control, field.Placeholder).FirstOrDefault(candidate => Fits(field, candidate));

    private static bool Fits(MetadataField field, JsonNode candidate)
    {
        var element = JsonSerializer.SerializeToElement(candidate);
        return field.Control.Shapes.All(shape => SchemaCheck.Faults(shape, element).IsEmpty);
    }

    private static IEnumerable<JsonNode> Candidates(MetadataControl control, string? placeholder) => control switch
    {
        MetadataControl.TextInput c => OfText(c.Limits, placeholder).Select(Text),
        MetadataControl.NumberInput c => [JsonValue.Create(Within(c.Limits))],
        MetadataControl.Toggle => [JsonValue.Create(value: false)],
        MetadataControl.Slider c => [new JsonArray(JsonValue.Create(Within(c.Limits)))],
        MetadataControl.Select c => Offered(c.Options).Select(Text),
        MetadataControl.RadioButton c => Offered(c.Options).Select(Text),
        MetadataControl.MultiSelect c => Offered(c.Options).Select(option => new JsonArray(Text(option))),
        MetadataControl.VercelRegion c => OfRegions(c.Regions).Select(Text),
        MetadataControl.MultiVercelRegion c => OfRegions(c.Regions).Select(region => new JsonArray(Text(region))),
        MetadataControl.Domain => new[] { "example.com", "www.example.com" }.Select(Text),
        MetadataControl.GitNamespace => new[] { "example", "example-1" }.Select(Text),
        _ => throw new UnreachableException(control.GetType().Name),
    };

    /// <summary>What the provider shows as an example is likely to be one. Each text is also tried as long, or as short, as it has to be.</summary>
    private static IEnumerable<string> OfText(TextLimits limits, string? placeholder) =>
        Texts.Prepend(placeholder ?? Texts[0]).Select(text => Sized(text, limits));

    private static string Sized(string text, TextLimits limits)
    {
        var longEnough = text.Length < limits.LengthMin ? text.PadRight(limits.LengthMin.Value, char.IsAsciiDigit(text[^1]) ? '0' : 'e') : text;
        return longEnough.Length > limits.LengthMax ? longEnough[..limits.LengthMax.Value] : longEnough;
    }

    /// <summary>The least whole number, where one fits; else what is in the middle.</summary>
    private static decimal Within(NumberLimits limits)
    {
        var (least, most) = (Greater(limits.Minimum, limits.Above), Smaller(limits.Maximum, limits.Below));
        var whole = least is { } from ? Math.Ceiling(from) + (Math.Ceiling(from) == limits.Above ? 1 : 0)
            : most is { } to && to < 1 ? Math.Floor(to) - (Math.Floor(to) == limits.Below ? 1 : 0)
            : 1;
        return whole > most || whole == limits.Below ? (least!.Value + most!.Value) / 2 : whole;
    }

    private static decimal? Greater(decimal? one, decimal? other) => one > other || other is null ? one : other;

    private static decimal? Smaller(decimal? one, decimal? other) => one < other || other is null ? one : other;

    private static IEnumerable<string> Offered(ImmutableArray<MetadataOption> options) =>
        options.Where(option => !option.IsHidden).Select(option => option.Value);

    private static IEnumerable<string> OfRegions(ImmutableArray<string> regions) => regions.IsEmpty ? ["iad1"] : regions;

    private static JsonNode Text(string text) => JsonValue.Create(text);
}
