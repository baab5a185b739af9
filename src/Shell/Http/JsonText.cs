using System.Text.Json;

namespace Marketplace.Shell.Http;

internal static class JsonText
{
    /// <summary>Null when it is no string, or when an escape in it is half of a character, which no text can hold.</summary>
    public static string? TextOrNull(this JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String)
            return null;

        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
