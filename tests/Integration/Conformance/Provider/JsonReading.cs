using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>JSON as it comes from strangers: whatever is of another kind counts as absent.</summary>
internal static class JsonReading
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static JsonObject? Object(string text)
    {
        try
        {
            var json = JsonNode.Parse(text, documentOptions: Strict) as JsonObject;
            return json is not null && IsReadable(json) ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Half a character passes as JSON, and nobody can read it.</summary>
    private static bool IsReadable(JsonNode? json)
    {
        try
        {
            return json switch
            {
                JsonObject fields => fields.All(field => IsReadable(field.Value)),
                JsonArray items => items.All(IsReadable),
                JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public static string? Text(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? (string?)value : null;

    public static double? Number(this JsonObject json, string name) =>
        json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<JsonElement>().GetDouble() : null;
}
