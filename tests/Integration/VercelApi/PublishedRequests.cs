using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Integration.Simulator;

namespace Marketplace.Integration.VercelApi;

/// <summary>
/// Whether a request is one that the published description of Vercel's API knows: its method and path, and every field of its body; and
/// whether an answer is one. It is stricter than the description in one thing: an object with named fields has no others, whether the description closes it or not, but
/// for a billing plan, which may say more (contract §C.1).
/// </summary>
internal sealed class PublishedRequests(JsonNode description)
{
    /// <summary>What the description lacks, and the contract has in its prose (§D.11, §D.13), with the fields of a form.</summary>
    private static readonly Dictionary<string, string[]> FromTheProse = new(StringComparer.Ordinal)
    {
        ["GET /v9/projects/{}"] = [],
        ["GET /v13/deployments/{}"] = [],
        ["GET /v1/installations/{}/resources/{}/experimentation/edge-config"] = [],
        ["POST /v2/oauth/access_token"] = ["client_id", "client_secret", "code", "redirect_uri"],
    };

    private readonly PublishedSchemas schemas = new(description);

    /// <summary>What is wrong with the request; no value of it is in the text.</summary>
    public IReadOnlyList<string> Faults(string method, string path, string? mediaType, string? body)
    {
        var segments = path.Split('/');
        if (FromTheProse.FirstOrDefault(known => known.Key.StartsWith(method + " ", StringComparison.Ordinal)
            && Fits(known.Key[(method.Length + 1)..], segments)) is { Key: not null } prose)
        {
            return ProseFaults(prose.Value, mediaType, body);
        }

        if (Operation(method, segments) is not { } operation)
            return [$"{method} {path}: is not published"];

        var schema = operation["requestBody"]?["content"]?["application/json"]?["schema"];
        return (schema, body) switch
        {
            (null, null) => [],
            (null, _) => [$"{method} {path}: takes no body"],
            (_, null) => [$"{method} {path}: takes a body"],
            _ when mediaType != "application/json" => [$"{method} {path}: takes application/json, not {mediaType}"],
            _ => [.. Check(schema, JsonDocument.Parse(body).RootElement, "").Select(fault => $"{method} {path}: {fault}")],
        };
    }

    /// <summary>What is wrong with an answer: an undocumented status, or a body of another shape. Nothing is said of what is not published.</summary>
    public IReadOnlyList<string> AnswerFaults(string method, string path, int status, string body)
    {
        if (Operation(method, path.Split('/')) is not { } operation)
            return [];

        // The prose has it for the newer kind of checks, too (§D.13).
        if (status == 413 && Fits("/v2/deployments/{deployment}/check-runs/{run}", path.Split('/')))
            return [];

        if (operation["responses"]![$"{status}"] is not { } answer)
            return [$"{method} {path}: {status} is not published"];

        return answer["content"]?["application/json"]?["schema"] is { } schema && body.Length > 0
            ? [.. Check(schema, JsonDocument.Parse(body).RootElement, "").Select(fault => $"{method} {path}: {fault}")]
            : [];
    }

    /// <summary>A path that names a thing is closer than one that has a parameter there.</summary>
    private JsonNode? Operation(string method, string[] segments) =>
        description["paths"]!.AsObject()
            .Where(entry => Fits(entry.Key, segments) && entry.Value![method.ToLowerInvariant()] is not null)
            .OrderBy(entry => entry.Key.Count(character => character == '{'))
            .Select(entry => entry.Value![method.ToLowerInvariant()]).FirstOrDefault();

    private static bool Fits(string template, string[] segments)
    {
        var parts = template.Split('/');
        return parts.Length == segments.Length
            && parts.Zip(segments, (part, segment) => part.StartsWith('{') ? segment.Length > 0 : part == segment).All(fits => fits);
    }

    private static string[] ProseFaults(string[] form, string? mediaType, string? body) =>
        (form, body) switch
        {
            ([], null) => [],
            ([], _) => ["takes no body"],
            _ when mediaType != "application/x-www-form-urlencoded" => [$"takes a form, not {mediaType}"],
            (_, null) => ["takes a form"],
            _ => body.Split('&').Select(field => field.Split('=')[0]).Order(StringComparer.Ordinal).SequenceEqual(form)
                ? []
                : ["has other fields than the form"],
        };

    private IEnumerable<string> Check(JsonNode published, JsonElement value, string path)
    {
        var schema = schemas.Resolve(published);
        if (value.ValueKind == JsonValueKind.Null)
        {
            // Contract J.17: the generator lost `nullable` here.
            return IsNullable(schema) || path == "notification" ? [] : [$"{path}: may not be null"];
        }

        if (schema["oneOf"] is JsonArray shapes)
        {
            var attempts = shapes.Select(shape => Check(shape!, value, path).ToList()).ToList();
            return attempts.Exists(faults => faults.Count == 0) ? [] : attempts.MinBy(faults => faults.Count)!;
        }

        if (schema["allOf"] is JsonArray parts)
            return parts.SelectMany(part => Check(part!, value, path));

        return (string?)schema["type"] switch
        {
            "object" => CheckObject(schema, value, path),
            "array" => CheckArray(schema, value, path),
            "string" => CheckText(schema, value, path),
            "number" or "integer" => CheckNumber(schema, value, path),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? [] : [$"{path}: is no boolean"],
            null => Choices(schema, value, path),
            var other => [$"{path}: nobody knows the type {other}"],
        };
    }

    private IEnumerable<string> CheckObject(JsonNode schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return [$"{path}: is no object"];

        var fields = schema["properties"]?.AsObject() ?? [];
        var required = schema["required"]?.AsArray().Select(name => (string)name!) ?? [];
        var others = schema["additionalProperties"] as JsonObject;
        var isOpen = fields.Count == 0 || path.EndsWith("billingPlan", StringComparison.Ordinal);
        return
        [
            .. required.Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{Join(path, name)}: is missing"),
            .. value.EnumerateObject().SelectMany(field =>
                fields[field.Name] is { } known ? Check(known, field.Value, Join(path, field.Name))
                : others is not null ? Check(others, field.Value, Join(path, field.Name))
                : isOpen ? []
                : [$"{Join(path, field.Name)}: is not published"]),
        ];
    }

    private IEnumerable<string> CheckArray(JsonNode schema, JsonElement value, string path) =>
        value.ValueKind != JsonValueKind.Array
            ? [$"{path}: is no array"]
            :
            [
                .. value.GetArrayLength() > ((int?)schema["maxItems"] ?? int.MaxValue) ? [$"{path}: has too many entries"] : Array.Empty<string>(),
                .. value.GetArrayLength() < ((int?)schema["minItems"] ?? 0) ? [$"{path}: has too few entries"] : Array.Empty<string>(),
                .. value.EnumerateArray().SelectMany((item, index) => Check(schema["items"]!, item, $"{path}[{index}]")),
            ];

    private static IEnumerable<string> CheckText(JsonNode schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
            return [$"{path}: is no string"];

        var text = value.GetString()!;
        return
        [
            .. Choices(schema, value, path),
            .. text.Length > ((int?)schema["maxLength"] ?? int.MaxValue) ? [$"{path}: is too long"] : Array.Empty<string>(),
            .. text.Length < ((int?)schema["minLength"] ?? 0) ? [$"{path}: is too short"] : Array.Empty<string>(),
            .. (string?)schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1))
                ? [$"{path}: does not match {pattern}"] : Array.Empty<string>(),
            .. (string?)schema["format"] switch
            {
                "date-time" when !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => [$"{path}: is no moment"],
                "uri" when !Uri.TryCreate(text, UriKind.Absolute, out _) => [$"{path}: is no address"],
                _ => Array.Empty<string>(),
            },
        ];
    }

    private static IEnumerable<string> CheckNumber(JsonNode schema, JsonElement value, string path) =>
        value.ValueKind != JsonValueKind.Number ? [$"{path}: is no number"]
        : (string?)schema["type"] == "integer" && !value.TryGetInt64(out _) ? [$"{path}: is no whole number"]
        : value.GetDecimal() < ((decimal?)schema["minimum"] ?? decimal.MinValue) || value.GetDecimal() > ((decimal?)schema["maximum"] ?? decimal.MaxValue)
            ? [$"{path}: is out of bounds"]
            : [];

    private static IEnumerable<string> Choices(JsonNode schema, JsonElement value, string path) =>
        schema["enum"] is JsonArray choices
            && !choices.Any(choice => choice is null ? value.ValueKind == JsonValueKind.Null : choice.ToJsonString() == value.GetRawText())
            ? [$"{path}: is none of {choices.ToJsonString()}"]
            : [];

    private static bool IsNullable(JsonNode schema) => schema["nullable"] is JsonValue value && value.GetValue<bool>();

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
