using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Marketplace.Simulator;

/// <summary>How values are spelled in JSON.</summary>
internal static class Wire
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new TimeConverter() },
    };

    /// <summary>Reads what a schema has let through, so that a failure here is a fault of ours.</summary>
    public static T Read<T>(JsonElement value) =>
        value.Deserialize<T>(Json) ?? throw new JsonException($"null is no {typeof(T).Name}.");

    public static JsonNode? Write<T>(T value) => JsonSerializer.SerializeToNode(value, Json);

    /// <summary>Milliseconds only where there are any: <c>2027-01-31T23:00:00Z</c>.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>An amount of dollars, with at least its cents.</summary>
    public static string Text(decimal amount) => amount.ToString("0.00########", CultureInfo.InvariantCulture);

    /// <summary>None also where the value is no object: a provider may answer with any JSON.</summary>
    public static string? OptionalText(this JsonElement value, string name) =>
        value.Field(name) is { ValueKind: JsonValueKind.String } given ? given.GetString() : null;

    /// <inheritdoc cref="OptionalText"/>
    public static bool? OptionalFlag(this JsonElement value, string name) =>
        value.Field(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } given ? given.GetBoolean() : null;

    /// <summary>A copy that outlives the document that it was read from; JSON's null becomes none, and so does a field of what is no object.</summary>
    public static JsonElement? Optional(this JsonElement value, string name) =>
        value.Field(name) is { ValueKind: not JsonValueKind.Null } given ? given.Clone() : null;

    private static JsonElement? Field(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var given) ? given : null;

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Text(value));
    }
}
