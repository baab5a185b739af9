using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Marketplace.Shell.Products;

/// <summary>Where in a file each value of its JSON stands, by the paths of <see cref="Core.Products.CatalogueError"/>.</summary>
internal sealed class JsonPlaces
{
    private readonly Dictionary<string, Place> places = new(StringComparer.Ordinal);

    private JsonPlaces()
    {
    }

    /// <param name="text">Good JSON.</param>
    public static JsonPlaces Of(string text)
    {
        var (found, bytes) = (new JsonPlaces(), Encoding.UTF8.GetBytes(text));
        var reader = new Utf8JsonReader(bytes);
        var lines = new Lines(bytes);
        var open = new Stack<(string Path, int At)>();
        var name = "";
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                open.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var parent = open.Peek().Path;
                name = parent.Length == 0 ? reader.GetString()! : $"{parent}.{reader.GetString()}";
                found.places.TryAdd(name, lines.At((int)reader.TokenStartIndex));
                continue;
            }

            if (open.TryPop(out var within) && within.At >= 0)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{within.Path}[{within.At}]");
                open.Push((within.Path, within.At + 1));
            }
            else if (within.Path is not null)
            {
                open.Push(within);
            }

            found.places.TryAdd(name, lines.At((int)reader.TokenStartIndex));
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                open.Push((name, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
        }

        return found;
    }

    /// <summary>Of the value, or of the nearest around it that is there.</summary>
    public Place At(string path) =>
        places.TryGetValue(path, out var place) ? place
        : path.LastIndexOfAny(['.', '[']) is > 0 and var end ? At(path[..end])
        : places[""];

    /// <summary>The lines of a text, and where each begins.</summary>
    private sealed class Lines(byte[] bytes)
    {
        private int start;
        private int line = 1;
        private int seen;

        /// <param name="offset">Not before the one that was asked for last.</param>
        public Place At(int offset)
        {
            for (; seen < offset; seen++)
            {
                if (bytes[seen] == '\n')
                    (line, start) = (line + 1, seen + 1);
            }

            return new Place(line, Encoding.UTF8.GetCharCount(bytes, start, offset - start) + 1);
        }
    }
}

/// <summary>As editors count: from one.</summary>
internal readonly record struct Place(int Line, int Column);
