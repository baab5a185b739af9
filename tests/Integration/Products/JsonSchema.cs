using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.Products;

/// <summary>
/// A reading of JSON Schema, draft 2020-12, as far as ours goes: a keyword that is not known here is a fault, not a thing to pass over.
/// </summary>
internal sealed class JsonSchema(JsonObject root)
{
    private static readonly HashSet<string> Words =
        new(["$schema", "title", "description", "default", "examples", "$defs"], StringComparer.Ordinal);

    public JsonObject Root => root;

    public bool Takes(JsonNode? value) => Takes(root, value);

    /// <summary>Every object of a good document, with the schemas that hold for it.</summary>
    public IEnumerable<(string Path, JsonObject Value, IReadOnlyList<JsonObject> Schemas)> Objects(JsonNode document) => Objects([root], document, "");

    /// <summary>The names that an object may have; null where it is free to choose them.</summary>
    public static IReadOnlyCollection<string>? NamesIn(IReadOnlyList<JsonObject> schemas)
    {
        if (!schemas.Any(schema => schema["additionalProperties"] is JsonValue closed && !closed.GetValue<bool>()))
            return null;

        var named = schemas.SelectMany(schema => schema["properties"] as JsonObject ?? []).ToList();
        return [.. named.Select(one => one.Key).Distinct().Except(named.Where(one => IsNever(one.Value)).Select(one => one.Key))];
    }

    private IEnumerable<(string Path, JsonObject Value, IReadOnlyList<JsonObject> Schemas)> Objects(
        IReadOnlyList<JsonNode> schemas, JsonNode? value, string path)
    {
        var holding = schemas.OfType<JsonObject>().SelectMany(schema => Holding(schema, value)).ToList();
        switch (value)
        {
            case JsonObject fields:
                yield return (path, fields, holding);
                foreach (var (name, inner) in fields.ToList())
                {
                    var within = holding.Select(schema => schema["properties"]?[name] ?? schema["additionalProperties"]).OfType<JsonNode>().ToList();
                    foreach (var found in Objects(within, inner, path.Length == 0 ? name : $"{path}.{name}"))
                        yield return found;
                }

                break;
            case JsonArray items:
                for (var at = 0; at < items.Count; at++)
                {
                    var within = holding.Select(schema => schema["items"]).OfType<JsonNode>().ToList();
                    foreach (var found in Objects(within, items[at], $"{path}[{at}]"))
                        yield return found;
                }

                break;
        }
    }

    /// <summary>A schema with all that it refers to and chooses for a value.</summary>
    private IEnumerable<JsonObject> Holding(JsonObject schema, JsonNode? value) =>
        new[] { schema }
            .Concat(schema["$ref"] is { } name ? Holding(Named(name), value) : [])
            .Concat(Branches(schema, value).SelectMany(branch => Holding(branch, value)));

    private IEnumerable<JsonObject> Branches(JsonObject schema, JsonNode? value) =>
        (schema["allOf"] as JsonArray ?? []).OfType<JsonObject>()
            .Concat((schema["oneOf"] as JsonArray ?? schema["anyOf"] as JsonArray ?? []).OfType<JsonObject>().Where(branch => Takes(branch, value)))
            .Concat(schema["if"] is { } condition && schema[Takes(condition, value) ? "then" : "else"] is JsonObject chosen ? [chosen] : []);

    private bool Takes(JsonNode? schema, JsonNode? value) =>
        schema is JsonObject rules ? rules.All(rule => Takes(rules, rule.Key, rule.Value!, value)) : !IsNever(schema);

    private bool Takes(JsonObject schema, string word, JsonNode rule, JsonNode? value) => word switch
    {
        "$ref" => Takes(Named(rule), value),
        "type" => rule is JsonArray several ? several.Any(one => IsOf((string)one!, value)) : IsOf((string)rule!, value),
        "const" => JsonNode.DeepEquals(rule, value),
        "enum" => rule.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "pattern" => Text(value) is not { } text || Regex.IsMatch(text, (string)rule!, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)),
        "maxLength" => Text(value) is not { } text || text.EnumerateRunes().Count() <= (int)rule,
        "minimum" => Number(value) is not { } number || number >= (decimal)rule,
        "maximum" => Number(value) is not { } number || number <= (decimal)rule,
        "exclusiveMinimum" => Number(value) is not { } number || number > (decimal)rule,
        "minItems" => value is not JsonArray items || items.Count >= (int)rule,
        "items" => value is not JsonArray items || items.All(item => Takes(rule, item)),
        "required" => value is not JsonObject fields || rule.AsArray().All(name => fields.ContainsKey((string)name!)),
        "properties" => value is not JsonObject fields || fields.All(field => rule[field.Key] is not { } known || Takes(known, field.Value)),
        "additionalProperties" => value is not JsonObject fields
            || fields.Where(field => schema["properties"]?[field.Key] is null).All(field => Takes(rule, field.Value)),
        "allOf" => rule.AsArray().All(one => Takes(one, value)),
        "anyOf" => rule.AsArray().Any(one => Takes(one, value)),
        "oneOf" => rule.AsArray().Count(one => Takes(one, value)) == 1,
        "if" => schema[Takes(rule, value) ? "then" : "else"] is not { } chosen || Takes(chosen, value),
        "then" or "else" => true,
        _ => Words.Contains(word) ? true : throw new NotSupportedException($"The keyword {word} is not known here."),
    };

    private static bool IsNever(JsonNode? schema) => schema is JsonValue value && value.TryGetValue<bool>(out var takes) && !takes;

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => Text(value) is not null,
        "number" => Number(value) is not null,
        "integer" => Number(value) is { } number && decimal.IsInteger(number),
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => throw new NotSupportedException($"The type {type} is not known here."),
    };

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    private static decimal? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number ? decimal.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;

    private JsonObject Named(JsonNode reference) => root["$defs"]![((string)reference!)["#/$defs/".Length..]]!.AsObject();
}
