using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resources;

/// <summary>Metadata values as JSON, on the wire and in the database.</summary>
internal static class MetadataJson
{
    public static string Write(Map<string, MetadataValue> metadata)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer, metadata);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    public static void Write(Utf8JsonWriter writer, Map<string, MetadataValue> metadata)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in metadata)
        {
            writer.WritePropertyName(key);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>None when a value is of a kind that metadata does not have (null, an object, a mixed array).</summary>
    public static Option<Map<string, MetadataValue>> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return None;
        var read = Map<string, MetadataValue>();
        foreach (var property in json.EnumerateObject())
        {
            var value = ReadValue(property.Value);
            if (value.IsNone)
                return None;
            value.IfSome(some => read = read.AddOrUpdate(property.Name, some));
        }

        return read;
    }

    private static Option<MetadataValue> ReadValue(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => new MetadataValue.Text(json.GetString()!),
            JsonValueKind.Number when json.TryGetDecimal(out var number) => new MetadataValue.Number(number),
            JsonValueKind.True => new MetadataValue.Flag(true),
            JsonValueKind.False => new MetadataValue.Flag(false),
            JsonValueKind.Array => ReadArray(json),
            _ => None,
        };

    private static Option<MetadataValue> ReadArray(JsonElement json)
    {
        var items = json.EnumerateArray().ToList();
        if (items.TrueForAll(item => item.ValueKind == JsonValueKind.String))
            return new MetadataValue.Texts(items.Select(item => item.GetString()!).ToSeq().Strict());
        if (items.TrueForAll(item => item.ValueKind == JsonValueKind.Number && item.TryGetDecimal(out _)))
            return new MetadataValue.Numbers(items.Select(item => item.GetDecimal()).ToSeq().Strict());
        return None;
    }

    private static void Write(Utf8JsonWriter writer, MetadataValue value)
    {
        switch (value)
        {
            case MetadataValue.Text text:
                writer.WriteStringValue(text.Value);
                break;
            case MetadataValue.Number number:
                writer.WriteNumberValue(number.Value);
                break;
            case MetadataValue.Flag flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            case MetadataValue.Texts texts:
                writer.WriteStartArray();
                foreach (var text in texts.Values)
                    writer.WriteStringValue(text);
                writer.WriteEndArray();
                break;
            case MetadataValue.Numbers numbers:
                writer.WriteStartArray();
                foreach (var number in numbers.Values)
                    writer.WriteNumberValue(number);
                writer.WriteEndArray();
                break;
            default:
                throw new System.Diagnostics.UnreachableException(value.GetType().Name);
        }
    }
}
