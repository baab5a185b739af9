using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Redaction;

namespace Marketplace.Shell.OperatorConsole.Queues;

/// <summary>What was sent or came, for a person to read: set out over lines, without what may be secret in it, and no longer than a page bears.</summary>
/// <remarks>What we keep of our own messages has no secret in it to begin with. What others send us may hold whatever they like.</remarks>
internal static class Redacted
{
    private const int CharactersMax = 60_000;

    private const string Hidden = "[hidden]";

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON, also where it breaks off; or text where it is none.</summary>
    public static string Of(string text)
    {
        try
        {
            return Cut(Json(Encoding.UTF8.GetBytes(text)));
        }
        // The latter where a text within it has half a character.
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Cut(Open(text));
        }
    }

    /// <summary>A request as it is kept: its line, and below it the body.</summary>
    public static string Request(string text) =>
        text.Split('\n', 2) is [var line, var body] ? $"{Open(line)}\n{Of(body)}" : Open(text);

    /// <summary>Token by token, because only the beginning of a long text is kept.</summary>
    private static string Json(byte[] text)
    {
        // More might follow, for all that the reader knows: it stops where a token is not whole.
        var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
        using var written = new MemoryStream();
        var open = 0;
        // How deep the object or list lies all of which is hidden, and whether a name has just said so of what comes next.
        int? hiddenAt = null;
        var isNext = false;
        using (var writer = new Utf8JsonWriter(written, Readable))
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        var name = reader.GetString()!;
                        writer.WritePropertyName(name);
                        isNext = SecretsInText.IsTelling(name);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        if (isNext)
                            hiddenAt ??= open;
                        open++;
                        Begin(writer, reader.TokenType);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open--;
                        if (hiddenAt == open)
                            hiddenAt = null;
                        End(writer, reader.TokenType);
                        break;
                    default:
                        Value(writer, ref reader, isNext || hiddenAt is not null);
                        break;
                }

                isNext = false;
            }
        }

        var rest = Encoding.UTF8.GetString(text.AsSpan((int)reader.BytesConsumed)).Trim().TrimStart(',');
        var whole = Encoding.UTF8.GetString(written.ToArray());
        return (open == 0, rest.Length == 0) switch
        {
            (true, true) => whole,
            (true, false) => Open(rest),
            (false, true) => $"{whole}\n…",
            (false, false) => $"{whole} {(isNext || hiddenAt is not null ? Hidden : Open(rest))} …",
        };
    }

    private static void Begin(Utf8JsonWriter writer, JsonTokenType token)
    {
        if (token == JsonTokenType.StartObject)
            writer.WriteStartObject();
        else
            writer.WriteStartArray();
    }

    private static void End(Utf8JsonWriter writer, JsonTokenType token)
    {
        if (token == JsonTokenType.EndObject)
            writer.WriteEndObject();
        else
            writer.WriteEndArray();
    }

    /// <summary>That something is, or is not, there is no secret.</summary>
    private static void Value(Utf8JsonWriter writer, ref Utf8JsonReader reader, bool isHidden)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.GetString() is var text:
                writer.WriteStringValue(!isHidden ? Open(text!) : text == Setback.Hidden ? text : Hidden);
                break;
            case JsonTokenType.Number when isHidden:
                writer.WriteStringValue(Hidden);
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan);
                break;
        }
    }

    private static string Open(string text) => SecretsInText.Hide(text, Hidden);

    private static string Cut(string text) =>
        text.Length <= CharactersMax ? text : $"{text[..(char.IsHighSurrogate(text[CharactersMax - 1]) ? CharactersMax - 1 : CharactersMax)]}\n…";
}
