using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Marketplace.Shell.OperatorConsole.Queues;

/// <summary>What was sent or came, for a person to read: set out over lines, without what may be secret in it, and no longer than a page bears.</summary>
/// <remarks>What we keep of our own messages has no secret in it to begin with. What others send us may hold whatever they like.</remarks>
internal static partial class Redacted
{
    private const int CharactersMax = 60_000;

    private const string Hidden = "[hidden]";

    /// <summary>What a field is called that nobody should read: also as a part of a longer name.</summary>
    private static readonly string[] Telling =
        ["secret", "password", "passwd", "token", "authorization", "credential", "apikey", "privatekey", "accesskey", "cookie", "signature", "connectionstring"];

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON, or text where it is none.</summary>
    public static string Of(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            using var written = new MemoryStream();
            using (var writer = new Utf8JsonWriter(written, Readable))
                Write(writer, json.RootElement);
            return Cut(Encoding.UTF8.GetString(written.ToArray()));
        }
        catch (JsonException)
        {
            return Cut(Open(text));
        }
    }

    /// <summary>A request as it is kept: its line, and below it the body.</summary>
    public static string Request(string text) =>
        text.Split('\n', 2) is [var line, var body] ? $"{Open(line)}\n{Of(body)}" : Open(text);

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in element.EnumerateObject())
                {
                    writer.WritePropertyName(field.Name);
                    if (field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number && Tells(field.Name))
                        writer.WriteStringValue(Hidden);
                    else
                        Write(writer, field.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var one in element.EnumerateArray())
                    Write(writer, one);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Open(element.GetString()!));
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static bool Tells(string name)
    {
        var bare = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        return Telling.Any(word => bare.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Addresses with a password in them, and keys that say what they are.</summary>
    private static string Open(string text) => Bearer().Replace(Userinfo().Replace(text, $"${{scheme}}{Hidden}@"), $"${{scheme}} {Hidden}");

    private static string Cut(string text) =>
        text.Length <= CharactersMax ? text : $"{text[..(char.IsHighSurrogate(text[CharactersMax - 1]) ? CharactersMax - 1 : CharactersMax)]}\n…";

    [GeneratedRegex("(?<scheme>[a-z][a-z0-9+.-]*://)[^\\s/@:\"]*:[^\\s/@\"]+@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Userinfo();

    [GeneratedRegex("(?<scheme>\\bbearer)\\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bearer();
}
