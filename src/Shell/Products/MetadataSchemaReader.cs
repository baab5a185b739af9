using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Products;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Products;

/// <summary>A product's metadata schema, in the form that Vercel's console takes. Source: contract §C.5.</summary>
internal static class MetadataSchemaReader
{
    private static readonly Dictionary<string, Func<CatalogueJson, MetadataControl>> Controls = new(StringComparer.Ordinal)
    {
        ["input"] = ReadInput,
        ["toggle"] = json => new MetadataControl.Toggle(json.Typed("boolean").FlagOrNone("default")),
        ["slider"] = ReadSlider,
        ["select"] = json => new MetadataControl.Select(ReadOptions(json.Typed("string")), json.TextOrNone("default")),
        ["radio-button"] = json =>
            new MetadataControl.RadioButton(ReadOptions(json.Typed("string")), json.TextOrNone("default")),
        ["multi-select"] = ReadMultiSelect,
        ["vercel-region"] = json =>
            new MetadataControl.VercelRegion(json.Typed("string").TextsOrNone("enum").IfNone(Seq<string>()), json.TextOrNone("default")),
        ["multi-vercel-region"] = ReadMultiVercelRegion,
        ["domain"] = json => new MetadataControl.Domain(json.Typed("string").TextOrNone("default")),
        ["git-namespace"] = json => new MetadataControl.GitNamespace(json.Typed("string").TextOrNone("default")),
    };

    public static MetadataSchema Read(CatalogueJson json)
    {
        json.TextOrNone("$schema");
        json.Typed("object");
        var required = json.TextsOrNone("required").IfNone(Seq<string>());
        var fields = json.Entries("properties", (key, property) => ReadField(key, property, required.Contains(key)));
        json.NoteEach("required", required, key => fields.Exists(field => field.Key == key) ? None : $"{key} is not one of the properties");
        return new MetadataSchema(fields);
    }

    private static MetadataField ReadField(string key, CatalogueJson json, bool required)
    {
        json.TextOrNone("description");
        json.TextOrNone("ui:placeholder");
        return new MetadataField(
            Key: key,
            Label: json.TextOrNone("ui:label").IfNone(key),
            Control: json.OneOf("ui:control", Controls, ReadUnknown)(json),
            Required: required,
            Hidden: ReadRule(json, "ui:hidden"),
            ReadOnly: Stricter(ReadRule(json, "ui:read-only"), ReadRule(json, "ui:disabled")));
    }

    private static FieldRule ReadRule(CatalogueJson json, string name) =>
        json.Value(name, "must be true, false, \"create\", \"update\" or an expression", value => value.ValueKind switch
        {
            JsonValueKind.True => Some(FieldRule.Always),
            JsonValueKind.False => FieldRule.Never,
            JsonValueKind.String when value.ValueEquals("create") => FieldRule.OnCreate,
            JsonValueKind.String when value.ValueEquals("update") => FieldRule.OnUpdate,
            JsonValueKind.Object when value.TryGetProperty("expr", out _) => FieldRule.Sometimes,
            _ => None,
        }).IfNone(FieldRule.Never);

    /// <summary>Read-only and disabled are one thing to a server. Where both are given, either forbids.</summary>
    private static FieldRule Stricter(FieldRule one, FieldRule other) =>
        one == FieldRule.Never ? other
        : other == FieldRule.Never || other == one ? one
        : one == FieldRule.Sometimes ? other
        : other == FieldRule.Sometimes ? one
        : FieldRule.Always;

    /// <summary>Which other fields are right depends on what is wrong here.</summary>
    private static MetadataControl ReadUnknown(CatalogueJson json)
    {
        json.IgnoreTheRest();
        return new MetadataControl.TextInput(TextLimits.None, None);
    }

    private static MetadataControl ReadInput(CatalogueJson json) =>
        json.OneOf("type", InputTypes, ReadUnknown)(json);

    private static readonly Dictionary<string, Func<CatalogueJson, MetadataControl>> InputTypes = new(StringComparer.Ordinal)
    {
        ["string"] = ReadTextInput,
        ["number"] = json => new MetadataControl.NumberInput(ReadNumberLimits(json), json.NumberOrNone("default")),
    };

    private static MetadataControl ReadTextInput(CatalogueJson json) =>
        new MetadataControl.TextInput(ReadTextLimits(json), json.TextOrNone("default"));

    public static TextLimits ReadTextLimits(CatalogueJson json) =>
        new(json.CountOrNone("minLength"), json.CountOrNone("maxLength"), ReadPattern(json));

    private static Option<TextPattern> ReadPattern(CatalogueJson json) =>
        json.Value("pattern", "must be a regular expression, without look-around and back-references", value =>
            value.ValueKind == JsonValueKind.String ? TextPattern.Of(value.GetString()!) : None);

    private static MetadataControl ReadSlider(CatalogueJson json)
    {
        var items = json.Typed("array").Object("items", item =>
            (Limits: ReadNumberLimits(item.Typed("number")), Default: item.NumberOrNone("default"), Description: item.TextOrNone("description")));
        return new MetadataControl.Slider(items.Limits, json.NumbersOrNone("default") || items.Default.Map(number => Seq1(number)));
    }

    private static MetadataControl ReadMultiSelect(CatalogueJson json)
    {
        json.Typed("array").TextsOrNone("example");
        var itemDefault = json.Object("items", item => (item.Typed("string").TextOrNone("default"), item.TextOrNone("description"))).Item1;
        return new MetadataControl.MultiSelect(
            ReadOptions(json), json.TextsOrNone("default") || itemDefault.Map(text => Seq1(text)));
    }

    private static MetadataControl ReadMultiVercelRegion(CatalogueJson json)
    {
        json.Typed("array").TextsOrNone("example");
        var regions = json.Object("items", item => (item.Typed("string").TextsOrNone("enum"), item.TextOrNone("description"))).Item1;
        return new MetadataControl.MultiVercelRegion(regions.IfNone(Seq<string>()), json.TextsOrNone("default"));
    }

    /// <summary>A hidden option is offered to nobody new, but those who have it keep it.</summary>
    private static Seq<string> ReadOptions(CatalogueJson json) =>
        json.EachOrText(
            "ui:options",
            option => (option.TextOrNone("label"), option.FlagOrNone("hidden"), Value: option.Text("value")).Value,
            ofText: text => text);

    private static NumberLimits ReadNumberLimits(CatalogueJson json) => new(
        json.NumberOrNone("minimum"),
        json.NumberOrNone("maximum"),
        json.NumberOrNone("exclusiveMinimum"),
        json.NumberOrNone("exclusiveMaximum"));
}
