using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>A metadata schema as the console takes it. Source: contract §C.5.</summary>
internal static class MetadataSchemaReader
{
    private static readonly Dictionary<string, Func<SettingsJson, MetadataControl?>> Controls = new(StringComparer.Ordinal)
    {
        ["input"] = json => json.Choice("type", InputTypes!)?.Invoke(json),
        ["toggle"] = json => new MetadataControl.Toggle(Typed(json, "boolean").FlagOrNone("default")),
        ["slider"] = ReadSlider,
        ["select"] = json => new MetadataControl.Select(ReadOptions(Typed(json, "string"), isRequired: true), ReadTextLimits(json), json.TextOrNone("default")),
        ["radio-button"] = json =>
            new MetadataControl.RadioButton(ReadOptions(Typed(json, "string"), isRequired: true), ReadTextLimits(json), json.TextOrNone("default")),
        ["multi-select"] = ReadMultiSelect,
        ["vercel-region"] = json =>
            new MetadataControl.VercelRegion(Typed(json, "string").TextsOrNone("enum") ?? [], ReadTextLimits(json), json.TextOrNone("default")),
        ["multi-vercel-region"] = ReadMultiVercelRegion,
        ["domain"] = json => new MetadataControl.Domain(ReadTextLimits(Typed(json, "string")), json.TextOrNone("default")),
        ["git-namespace"] = json => new MetadataControl.GitNamespace(ReadTextLimits(Typed(json, "string")), json.TextOrNone("default")),
    };

    private static readonly Dictionary<string, Func<SettingsJson, MetadataControl>> InputTypes = new(StringComparer.Ordinal)
    {
        ["string"] = json => new MetadataControl.TextInput(ReadTextLimits(json), json.TextOrNone("default")),
        ["number"] = json => new MetadataControl.NumberInput(ReadNumberLimits(json), json.NumberOrNone("default")),
    };

    public static MetadataSchema Read(SettingsJson json)
    {
        json.TextOrNone("$schema");
        json.Only("type", "object");
        var required = json.TextsOrNone("required") ?? [];
        var fields = json.Required(
            "properties", json.EntriesOrNone("properties", (key, property) => ReadField(key, property, required.Contains(key))),
            "an object with a field for each property") ?? [];
        for (var at = 0; at < required.Length; at++)
        {
            if (fields.All(field => field.Key != required[at]))
            {
                json.Note($"required[{at}]", SettingsJson.NotAmong(required[at], fields.Select(field => field.Key)));
            }
        }

        return new MetadataSchema(fields);
    }

    private static MetadataField ReadField(string key, SettingsJson json, bool isRequired)
    {
        var (label, description, placeholder) = (json.TextOrNone("ui:label"), json.TextOrNone("description"), json.TextOrNone("ui:placeholder"));
        var (hidden, readOnly, disabled) = (ReadRule(json, "ui:hidden"), ReadRule(json, "ui:read-only"), ReadRule(json, "ui:disabled"));
        var read = json.Choice("ui:control", Controls);
        if (read is null)
        {
            // Which other fields are right depends on what is wrong here.
            json.IgnoreTheRest();
        }

        var field = new MetadataField(
            key, label ?? key, description, placeholder, isRequired, read?.Invoke(json) ?? new MetadataControl.TextInput(new TextLimits(), Default: null))
        {
            Hidden = hidden,
            ReadOnly = readOnly,
            Disabled = disabled,
        };
        HoldTheDefault(json, field);
        return field;
    }

    /// <summary>A form that begins with what it does not take could never be sent.</summary>
    private static void HoldTheDefault(SettingsJson json, MetadataField field)
    {
        if (json.HasProblems || field.Control.DefaultValue is not { } given)
        {
            return;
        }

        var element = JsonSerializer.SerializeToElement(given);
        foreach (var fault in field.Control.Shapes.Select(shape => SchemaCheck.Faults(shape, element)).FirstOrDefault(faults => !faults.IsEmpty, []))
        {
            json.Note(json.Has("default") ? "default" + fault.Path : "items.default", $"does not fit its own field: it {fault.Reason}");
        }
    }

    private static FormRule ReadRule(SettingsJson json, string name)
    {
        if (json.AnyOrNone(name) is not { } value)
        {
            return FormRule.None;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return new FormRule.Always();
            case JsonValueKind.False:
                return FormRule.None;
            case JsonValueKind.String when value.ValueEquals("create"):
                return new FormRule.On(MetadataForm.Create);
            case JsonValueKind.String when value.ValueEquals("update"):
                return new FormRule.On(MetadataForm.Update);
            case JsonValueKind.Object:
                return new FormRule.When(json.ObjectOrNone(name, rule => rule.Text("expr", "region == 'iad1'"))!);
            default:
                json.Note(name, "must be true, false, \"create\", \"update\" or an expression: {\"expr\": \"…\"}");
                return FormRule.None;
        }
    }

    private static SettingsJson Typed(SettingsJson json, string type)
    {
        json.Only("type", type);
        return json;
    }

    private static TextLimits ReadTextLimits(SettingsJson json)
    {
        var limits = new TextLimits(json.CountOrNone("minLength", least: 1), json.CountOrNone("maxLength", least: 1), ReadPattern(json));
        if (limits.LengthMin > limits.LengthMax)
        {
            json.Note("minLength", "is more than maxLength, so that nothing could be filled in");
        }

        return limits;
    }

    private static string? ReadPattern(SettingsJson json)
    {
        if (json.TextOrNone("pattern") is not { } pattern)
        {
            return null;
        }

        try
        {
            _ = Regex.Match("", pattern, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return pattern;
        }
        catch (ArgumentException)
        {
            json.Note("pattern", "is not a regular expression that can be used here: look for an open bracket, or a reference to an earlier group");
            return null;
        }
    }

    private static NumberLimits ReadNumberLimits(SettingsJson json)
    {
        var limits = new NumberLimits(
            json.NumberOrNone("minimum"), json.NumberOrNone("maximum"), json.NumberOrNone("exclusiveMinimum"), json.NumberOrNone("exclusiveMaximum"));
        if (limits.Minimum > limits.Maximum || limits.Above >= limits.Below || limits.Minimum >= limits.Below || limits.Above >= limits.Maximum)
        {
            json.Note("has a least number above its greatest, so that nothing could be filled in");
        }

        return limits;
    }

    private static MetadataControl? ReadSlider(SettingsJson json)
    {
        var items = json.Required("items", Typed(json, "array").ObjectOrNone("items", item =>
        {
            item.TextOrNone("description");
            return new SliderItems(ReadNumberLimits(Typed(item, "number")), item.NumberOrNone("default"));
        }), "an object: {\"type\": \"number\", …}");
        var given = json.NumbersOrNone("default");
        return items is null ? null : new MetadataControl.Slider(items.Limits, given ?? (items.Default is { } one ? [one] : null));
    }

    private static MetadataControl? ReadMultiSelect(SettingsJson json)
    {
        Typed(json, "array").TextsOrNone("example");
        var items = json.Required("items", json.ObjectOrNone("items", ReadTextItems), "an object: {\"type\": \"string\"}");
        var (options, given) = (ReadOptions(json, isRequired: false), json.TextsOrNone("default"));
        return items is null ? null : new MetadataControl.MultiSelect(options, items.Limits, given ?? (items.Default is { } one ? [one] : null));
    }

    private static MetadataControl? ReadMultiVercelRegion(SettingsJson json)
    {
        Typed(json, "array").TextsOrNone("example");
        var items = json.Required("items", json.ObjectOrNone("items", item =>
        {
            item.TextOrNone("description");
            return new RegionItems(Typed(item, "string").TextsOrNone("enum") ?? [], ReadTextLimits(item));
        }), "an object: {\"type\": \"string\"}");
        var given = json.TextsOrNone("default");
        return items is null ? null : new MetadataControl.MultiVercelRegion(items.Regions, items.Limits, given);
    }

    private static TextItems ReadTextItems(SettingsJson json)
    {
        json.TextOrNone("description");
        return new TextItems(ReadTextLimits(Typed(json, "string")), json.TextOrNone("default"));
    }

    /// <summary>The published schema wants one option at least, but for a choice of several.</summary>
    private static ImmutableArray<MetadataOption> ReadOptions(SettingsJson json, bool isRequired)
    {
        var options = json.Required("ui:options", json.EachOrTextOrNone("ui:options", ReadOption, text => new MetadataOption(text, text, IsHidden: false)),
            "a list of what can be chosen: [{\"label\": \"…\", \"value\": \"…\"}]") ?? [];
        if (isRequired && options.All(option => option.IsHidden) && !json.HasProblems)
        {
            json.Note("ui:options", "must have at least one option that is not hidden");
        }

        return options;
    }

    private static MetadataOption ReadOption(SettingsJson json)
    {
        var value = json.Required("value", json.TextOrNone("value"), "text in quotes") ?? "";
        return new MetadataOption(value, json.TextOrNone("label") ?? value, json.FlagOrNone("hidden") ?? false);
    }

    private sealed record SliderItems(NumberLimits Limits, decimal? Default);

    private sealed record TextItems(TextLimits Limits, string? Default);

    private sealed record RegionItems(ImmutableArray<string> Regions, TextLimits Limits);
}
