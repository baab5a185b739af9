using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Shell.OpenApi;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.OpenApi;

/// <summary>What a server says of one of its APIs, and whether an answer is as it says.</summary>
internal sealed class ApiDocument
{
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    public ApiDocument(ApiDescription description)
    {
        Root = JsonNode.Parse(description.Bytes)!;
        Operations =
        [
            .. from path in Root["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               where Methods.Contains(operation.Key)
               select new DescribedOperation(this, operation.Key.ToUpperInvariant(), path.Key, operation.Value!),
        ];
    }

    public JsonNode Root { get; }

    public ImmutableArray<DescribedOperation> Operations { get; }

    /// <summary>
    /// How an answer differs from what is described: its status, its media type, or its body, of which every field must be described. An
    /// answer of something else than this API differs from nothing.
    /// </summary>
    public IEnumerable<string> Faults(string method, string path, Answer answer)
    {
        // The HTTP server itself refuses such a path, before anything of ours has seen it.
        if (path.Contains("%00", StringComparison.Ordinal))
            return [];
        if (Operations.FirstOrDefault(known => known.Method == method && known.Matches(path)) is not { } operation)
            return [];
        if (operation.Answer((int)answer.Status) is not { } described)
            return [$"{operation}: {(int)answer.Status} is not described"];
        if (described["content"]?.AsObject() is not { } contents)
            return answer.Bytes.Length == 0 ? [] : [$"{operation}: {(int)answer.Status} is described without a body"];
        if (answer.MediaType is null || contents[answer.MediaType]?["schema"] is not { } schema)
            return [$"{operation}: {(int)answer.Status} is not described as {answer.MediaType}"];

        if (answer.MediaType == "text/csv")
            return [];

        var shape = SchemaOf(schema, isClosed: true);
        // One value on each line, or one for the whole answer.
        var values = answer.MediaType == "application/jsonl" ? answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [answer.Text];
        return values.SelectMany(value =>
        {
            using var json = JsonDocument.Parse(value);
            return SchemaCheck.Faults(shape, json.RootElement).Select(fault => $"{operation}: {(int)answer.Status} {fault}").ToList();
        });
    }

    public JsonNode Resolve(JsonNode node) =>
        (string?)node["$ref"] is { } reference
            ? Resolve(reference[2..].Split('/').Aggregate(Root, (parent, name) => parent[name] ?? throw new InvalidOperationException($"There is no {reference}.")))
            : node;

    /// <param name="isClosed">Whether a field that is not described is a fault.</param>
    public Schema SchemaOf(JsonNode node, bool isClosed)
    {
        var json = Resolve(node).AsObject();
        var shape = Shape(json, isClosed);
        return (bool?)json["nullable"] == true ? new Schema.Nullable(shape) : shape;
    }

    private Schema Shape(JsonObject json, bool isClosed)
    {
        if (json["oneOf"] is JsonArray shapes)
            return new Schema.OneOf([.. shapes.Select(shape => SchemaOf(shape!, isClosed))]);
        if (json["allOf"] is JsonArray { Count: 1 } single)
            return SchemaOf(single[0]!, isClosed);
        if (json["allOf"] is JsonArray parts)
            return new Schema.Fields(isClosed, [.. parts.SelectMany(part => ((Schema.Fields)SchemaOf(part!, isClosed)).Named)]);

        return json["type"]?.GetValue<string>() switch
        {
            "string" => new Schema.Text
            {
                Choices = Enumeration(json).Select(choice => (string)choice!).ToImmutableArray(),
                Pattern = (string?)json["pattern"],
                LengthMin = (int?)json["minLength"],
                LengthMax = (int?)json["maxLength"],
                Form = (string?)json["format"] switch { "date-time" => TextForm.DateTime, "uri" => TextForm.Uri, _ => TextForm.Any },
            },
            "number" or "integer" => new Schema.Number((decimal?)json["minimum"], (decimal?)json["maximum"]),
            "boolean" => new Schema.Flag(Enumeration(json) is [var only] ? (bool)only! : null),
            "array" => new Schema.ListOf(SchemaOf(json["items"]!, isClosed), (int?)json["minItems"], (int?)json["maxItems"]),
            "object" when json["additionalProperties"] is JsonObject values => new Schema.MapOf(SchemaOf(values, isClosed)),
            "object" => new Schema.Fields(isClosed, [.. Fields(json, isClosed)]),
            null => new Schema.Anything(),
            var other => throw new InvalidOperationException($"A schema of type {other}: {json.GetPath()}"),
        };
    }

    private IEnumerable<Field> Fields(JsonObject json, bool isClosed)
    {
        var required = json["required"]?.AsArray().Select(name => (string)name!).ToHashSet(StringComparer.Ordinal) ?? [];
        return (json["properties"]?.AsObject() ?? []).Select(
            property => new Field(property.Key, SchemaOf(property.Value!, isClosed), required.Contains(property.Key)));
    }

    private static JsonArray Enumeration(JsonObject json) => json["enum"]?.AsArray() ?? [];
}

/// <summary>One operation of the document.</summary>
internal sealed record DescribedOperation(ApiDocument Document, string Method, string Path, JsonNode Json)
{
    private readonly Regex pattern = new(
        "^" + Regex.Replace(Path, "{[^}]*}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(1)) + "$", RegexOptions.None, TimeSpan.FromSeconds(1));

    public string Name => $"{Method} {Path}";

    /// <summary>Where every reference is resolved.</summary>
    public IEnumerable<JsonNode> Parameters => Json["parameters"]!.AsArray().Select(parameter => Document.Resolve(parameter!));

    public IEnumerable<int> Statuses => Json["responses"]!.AsObject().Select(answer => int.Parse(answer.Key));

    public JsonNode? Body => Json["requestBody"]?["content"]?["application/json"];

    public IEnumerable<string> Security => Json["security"]!.AsArray().Select(way => way!.AsObject().Single().Key);

    public bool Matches(string path) => pattern.IsMatch(path);

    public JsonNode? Answer(int status) =>
        Json["responses"]![status.ToString()] is { } answer ? Document.Resolve(answer) : null;

    public override string ToString() => Name;
}
