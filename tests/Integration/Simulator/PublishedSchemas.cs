using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.Simulator;

/// <summary>The bodies of an OpenAPI description, and how ours differ from them.</summary>
internal sealed class PublishedSchemas(JsonNode description)
{
    /// <summary>Parameters have other names on the two sides.</summary>
    public static string Anonymous(string path) =>
        Regex.Replace(path, "{[^}]*}", "{}", RegexOptions.None, TimeSpan.FromSeconds(1));

    public bool Has(string method, string path) => Operation(method, path) is not null;

    public JsonNode? Body(string method, string path) =>
        Operation(method, path)?["requestBody"]?["content"]?["application/json"]?["schema"] is { } schema ? Resolve(schema) : null;

    public IEnumerable<string> Differences(Schema ours, JsonNode theirs) => Compare(ours, Resolve(theirs), path: "");

    public JsonNode? Operation(string method, string path) =>
        description["paths"]!.AsObject()
            .FirstOrDefault(entry => Anonymous(entry.Key) == Anonymous(path)).Value?[method.ToLowerInvariant()];

    private IEnumerable<string> Compare(Schema ours, JsonNode theirs, string path)
    {
        // One shape among one is that shape.
        if (theirs["oneOf"] is JsonArray { Count: 1 } single)
        {
            theirs = Resolve(single[0]!);
        }

        if (theirs["allOf"] is JsonArray parts)
        {
            theirs = Together([.. parts.Select(part => Resolve(part!))]);
        }

        if (theirs["nullable"]?.GetValue<bool>() == true)
        {
            var shape = theirs.DeepClone().AsObject();
            shape.Remove("nullable");
            return ours is Schema.Nullable maybe
                ? Compare(maybe.Shape, shape, path)
                : [$"{path}: may be null", .. Compare(ours, shape, path)];
        }

        return ours switch
        {
            Schema.Text text => CompareText(text, theirs, path),
            Schema.Number number => CompareNumber(number, theirs, path),
            Schema.Flag flag => CompareFlag(flag, theirs, path),
            Schema.ListOf list => CompareList(list, theirs, path),
            Schema.Fields fields => CompareFields(fields, theirs, path),
            Schema.MapOf map => CompareMap(map, theirs, path),
            Schema.OneOf one => CompareOneOf(one, theirs, path),
            Schema.Anything => Same("shape", "", theirs.ToJsonString() == "{}" ? "" : "narrower", path),
            Schema.Nullable => [$"{path}: is not published as nullable"],
            _ => throw new UnreachableException(ours.GetType().Name),
        };
    }

    private static IEnumerable<string> CompareText(Schema.Text ours, JsonNode theirs, string path) =>
    [
        .. Type(theirs, "string", path),
        .. Same("pattern", ours.Pattern, (string?)theirs["pattern"], path),
        .. Same("least length", ours.LengthMin, (int?)theirs["minLength"], path),
        .. Same("greatest length", ours.LengthMax, (int?)theirs["maxLength"], path),
        .. Same("form", Form(ours.Form), (string?)theirs["format"], path),
        .. Same("choices", string.Join(',', ours.Choices.Order(StringComparer.Ordinal)), Choices(theirs), path),
    ];

    private static IEnumerable<string> CompareNumber(Schema.Number ours, JsonNode theirs, string path) =>
    [
        .. Type(theirs, ours.IsWhole ? "integer" : "number", path),
        .. Same("least", ours.Minimum, (decimal?)theirs["minimum"], path),
        .. Same("greatest", ours.Maximum, (decimal?)theirs["maximum"], path),
    ];

    private static IEnumerable<string> CompareFlag(Schema.Flag ours, JsonNode theirs, string path) =>
    [
        .. Type(theirs, "boolean", path),
        .. Same("only choice", ours.Only, theirs["enum"] is JsonArray { Count: 1 } only ? (bool)only[0]! : null, path),
    ];

    private IEnumerable<string> CompareList(Schema.ListOf ours, JsonNode theirs, string path) =>
    [
        .. Type(theirs, "array", path),
        .. Same("fewest entries", ours.CountMin, (int?)theirs["minItems"], path),
        .. Same("most entries", ours.CountMax, (int?)theirs["maxItems"], path),
        .. theirs["items"] is { } items ? Compare(ours.Item, Resolve(items), $"{path}[]") : [$"{path}: publishes no items"],
    ];

    private IEnumerable<string> CompareFields(Schema.Fields ours, JsonNode theirs, string path)
    {
        var published = theirs["properties"]?.AsObject() ?? [];
        var required = theirs["required"]?.AsArray().Select(name => (string)name!).ToHashSet(StringComparer.Ordinal) ?? [];
        return
        [
            .. Type(theirs, "object", path),
            .. Same("closed", ours.IsClosed, theirs["additionalProperties"] is JsonValue value && !value.GetValue<bool>(), path),
            .. published.Where(property => ours.Named.All(field => field.Name != property.Key))
                .Select(property => $"{Join(path, property.Key)}: is published, and unknown to us"),
            .. ours.Named.Where(field => !published.ContainsKey(field.Name))
                .Select(field => $"{Join(path, field.Name)}: is not published"),
            .. ours.Named.Where(field => published.ContainsKey(field.Name)).SelectMany(field => (IEnumerable<string>)
            [
                .. Same("required", field.IsRequired, required.Contains(field.Name), Join(path, field.Name)),
                .. Compare(field.Shape, Resolve(published[field.Name]!), Join(path, field.Name)),
            ]),
        ];
    }

    private IEnumerable<string> CompareMap(Schema.MapOf ours, JsonNode theirs, string path) =>
        theirs["additionalProperties"] is JsonObject values
            ? [.. Type(theirs, "object", path), .. Compare(ours.Value, Resolve(values), $"{path}.*")]
            : [$"{path}: publishes no shape for its values"];

    private IEnumerable<string> CompareOneOf(Schema.OneOf ours, JsonNode theirs, string path)
    {
        var shapes = theirs["oneOf"]?.AsArray() ?? [];
        return shapes.Count == ours.Shapes.Length
            ? ours.Shapes.SelectMany((shape, index) => Compare(shape, Resolve(shapes[index]!), $"{path}<{index}>"))
            : [$"{path}: has {ours.Shapes.Length} shapes, {shapes.Count} are published"];
    }

    /// <summary>The fields of several objects as one.</summary>
    private static JsonNode Together(IReadOnlyList<JsonNode> parts) =>
        parts is [var only]
            ? only
            : new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray([.. parts.SelectMany(part => part["required"]?.AsArray() ?? []).Select(name => name!.DeepClone())]),
                ["properties"] = new JsonObject(
                    parts.SelectMany(part => part["properties"]!.AsObject()).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))),
            };

    public JsonNode Resolve(JsonNode schema) =>
        (string?)schema["$ref"] is { } reference
            ? reference[2..].Split('/').Aggregate(description, (node, name) => node[name]!)
            : schema;

    private static string? Form(TextForm form) => form switch
    {
        TextForm.DateTime => "date-time",
        TextForm.Uri => "uri",
        _ => null,
    };

    private static string Choices(JsonNode theirs) =>
        string.Join(',', (theirs["enum"]?.AsArray() ?? []).Select(choice => (string)choice!).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Type(JsonNode theirs, string type, string path) =>
        Same("type", type, (string?)theirs["type"], path);

    private static IEnumerable<string> Same<T>(string what, T ours, T theirs, string path) =>
        EqualityComparer<T>.Default.Equals(ours, theirs) ? [] : [$"{path}: {what} is {theirs} as published, {ours} here"];

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
