using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Http;
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

    /// <summary>What was written here; none when it was not.</summary>
    public static Option<Map<string, MetadataValue>> Read(JsonElement json) =>
        ReadSent(json) is { Unreadable.IsEmpty: true, Values: var values } ? Some(values) : None;

    /// <summary>What somebody sent, perhaps with values of a kind that metadata does not have: null, an object, a mixed array.</summary>
    public static SentMetadata ReadSent(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? Read(json.EnumerateObject())
            : SentMetadata.Nothing with { Unreadable = Seq1(new FieldError("metadata", "The metadata must be an object.")) };

    /// <summary>The same of a form that is still being filled in, where null stands for what is empty.</summary>
    public static SentMetadata ReadForm(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
            ? Read(json.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
            : ReadSent(json);

    private static SentMetadata Read(IEnumerable<JsonProperty> properties)
    {
        var (read, unreadable) = (Map<string, MetadataValue>(), Seq<FieldError>());
        foreach (var property in properties)
        {
            if (NameOrNull(property) is not { } name)
                unreadable = unreadable.Add(new FieldError("metadata", "The name of a property must be text."));
            else if (ReadValue(property.Value).Case is SomeCase<MetadataValue>(var value))
                read = read.AddOrUpdate(name, value);
            else
                unreadable = unreadable.Add(new FieldError(name, "This must be text, a number, true or false, or a list of texts or of numbers."));
        }

        return new SentMetadata(read, unreadable);
    }

    /// <summary>Null when an escape in it is half of a character, which no text can hold.</summary>
    private static string? NameOrNull(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>One value by itself; none when it is of a kind that metadata does not have.</summary>
    public static Option<MetadataValue> ReadOne(JsonElement json) => ReadValue(json);

    public static JsonElement One(MetadataValue value)
    {
        using var document = JsonDocument.Parse(Write(Map(("value", value))));
        return document.RootElement.GetProperty("value").Clone();
    }

    private static Option<MetadataValue> ReadValue(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.String => Optional(json.TextOrNull()).Map<MetadataValue>(text => new MetadataValue.Text(text!)),
            JsonValueKind.Number when json.TryGetDecimal(out var number) => new MetadataValue.Number(number),
            JsonValueKind.True => new MetadataValue.Flag(true),
            JsonValueKind.False => new MetadataValue.Flag(false),
            JsonValueKind.Array => ReadArray(json),
            _ => None,
        };

    private static Option<MetadataValue> ReadArray(JsonElement json)
    {
        var items = json.EnumerateArray().ToList();
        if (items.TrueForAll(item => item.TextOrNull() is not null))
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
