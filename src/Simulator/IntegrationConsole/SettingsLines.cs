using System.Text;
using System.Text.Json;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>In which line of the settings each value stands, by its path.</summary>
internal sealed class SettingsLines
{
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);
    private readonly byte[] bytes;
    private int line = 1;
    private int counted;

    /// <param name="text">Good JSON, but for comments and closing commas.</param>
    public SettingsLines(string text)
    {
        bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(
            bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        Walk(ref reader, path: "");
    }

    /// <summary>Of the value, or of the nearest around it that is there.</summary>
    public int Of(string path) =>
        lines.TryGetValue(path, out var found) ? found
        : path.LastIndexOfAny(['.', '[']) is > 0 and var end ? Of(path[..end])
        : lines[""];

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void Walk(ref Utf8JsonReader reader, string path)
    {
        // A value stands where its name does.
        lines.TryAdd(path, LineAt((int)reader.TokenStartIndex));
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var inner = Join(path, reader.GetString()!);
                lines.TryAdd(inner, LineAt((int)reader.TokenStartIndex));
                reader.Read();
                Walk(ref reader, inner);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var at = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; at++)
            {
                Walk(ref reader, $"{path}[{at}]");
            }
        }
    }

    /// <param name="offset">Not before the one that was asked for last.</param>
    private int LineAt(int offset)
    {
        line += bytes.AsSpan(counted, offset - counted).Count((byte)'\n');
        counted = offset;
        return line;
    }
}
