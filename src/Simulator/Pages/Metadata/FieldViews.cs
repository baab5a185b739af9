using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.Pages.Metadata;

/// <summary>The form of a product, as its schema says, with what is filled in.</summary>
internal static class FieldViews
{
    private const decimal SliderMinimum = 0, SliderMaximum = 100;

    public static IReadOnlyList<FieldView> Of(MetadataSchema schema, MetadataForm form, FilledForm filled) =>
    [
        .. from field in schema.Fields
           where !field.IsHiddenOn(form)
           select new FieldView(
               FilledForm.NameOf(field), field.Label, field.Description, field.IsRequired, field.IsLockedOn(form),
               Control(field, filled.Metadata[field.Key]), filled.Errors.GetValueOrDefault(field.Key)),
    ];

    private static ControlView Control(MetadataField field, JsonNode? value) => field.Control switch
    {
        MetadataControl.TextInput c => Text(field, c.Limits, value),
        MetadataControl.Domain c => Text(field, c.Limits, value),
        MetadataControl.GitNamespace c => Text(field, c.Limits, value),
        MetadataControl.NumberInput c => new ControlView.Number(
            Word(value), field.Placeholder, Number(c.Limits.Minimum ?? c.Limits.Above), Number(c.Limits.Maximum ?? c.Limits.Below)),
        MetadataControl.Toggle => new ControlView.Switch(value?.GetValueKind() == JsonValueKind.True),
        MetadataControl.Slider c => Slider(c.Limits, Words(value)),
        MetadataControl.Select c => new ControlView.Select(Options(c.Options, Words(value)), field.Placeholder),
        MetadataControl.RadioButton c => new ControlView.Radio(Options(c.Options, Words(value))),
        MetadataControl.MultiSelect c => new ControlView.Checks(Options(c.Options, Words(value))),
        MetadataControl.VercelRegion c => new ControlView.Select(Areas(c.Regions, Words(value)), field.Placeholder ?? "Choose a region…"),
        MetadataControl.MultiVercelRegion c => new ControlView.Checks(Areas(c.Regions, Words(value))),
        _ => throw new UnreachableException(field.Control.GetType().Name),
    };

    private static ControlView.Text Text(MetadataField field, TextLimits limits, JsonNode? value) =>
        new(Word(value), field.Placeholder, limits.LengthMin, limits.LengthMax, Whole(limits.Pattern));

    /// <summary>A browser holds the whole text against a pattern, a schema any part of it; and a browser wants each hyphen in a class escaped.</summary>
    private static string? Whole(string? pattern) => pattern is null
        ? null
        : $"{(pattern.StartsWith('^') ? "" : ".*")}(?:{pattern.Replace(@"\-]", "-]", StringComparison.Ordinal).Replace("-]", @"\-]", StringComparison.Ordinal)}){(pattern.EndsWith('$') ? "" : ".*")}";

    private static ControlView.Slider Slider(NumberLimits limits, ImmutableArray<string> values)
    {
        var least = limits.Minimum ?? limits.Above ?? SliderMinimum;
        var most = limits.Maximum ?? limits.Below ?? Math.Max(SliderMaximum, least);
        var step = decimal.IsInteger(least) && decimal.IsInteger(most) ? 1 : (most - least) / 100;
        return new(values.IsEmpty ? [Number(least)!] : values, Number(least)!, Number(most)!, Number(step)!);
    }

    /// <summary>A hidden option is there for whoever has it already.</summary>
    private static List<OptionView> Options(ImmutableArray<MetadataOption> options, ImmutableArray<string> chosen) =>
    [
        .. from option in options
           let isChosen = chosen.Contains(option.Value, StringComparer.Ordinal)
           where isChosen || !option.IsHidden
           select new OptionView(option.Value, option.Label, isChosen),
    ];

    private static List<OptionView> Areas(ImmutableArray<string> regions, ImmutableArray<string> chosen) =>
    [
        .. from region in Regions.Offered(regions).Union(chosen, StringComparer.Ordinal)
           select new OptionView(region, Regions.Label(region), chosen.Contains(region, StringComparer.Ordinal)),
    ];

    private static ImmutableArray<string> Words(JsonNode? value) => value switch
    {
        null => [],
        JsonArray list => [.. list.Select(Word).OfType<string>()],
        _ => Word(value) is { } word ? [word] : [],
    };

    private static string? Word(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => null,
    };

    private static string? Number(decimal? number) => number?.ToString("0.##########", CultureInfo.InvariantCulture);
}
