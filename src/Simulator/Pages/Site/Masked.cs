using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>Bodies for people to read: laid out, and without what is secret in them.</summary>
internal static class Masked
{
    public const string Mask = "••••••••";

    private const int LengthMax = 20_000;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whose values open something wherever they stand.</summary>
    private static readonly HashSet<string> SecretNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "access_token", "refresh_token", "id_token", "client_secret", "token", "code", "connectionString",
    };

    /// <summary>None where there is no body. What is not JSON may hold anything, and is not shown.</summary>
    public static string? Body(string? body)
    {
        if (string.IsNullOrEmpty(body))
        {
            return null;
        }

        try
        {
            var json = JsonNode.Parse(body);
            Cover(json, isSecret: false);
            var text = json?.ToJsonString(Readable) ?? "null";
            return text.Length <= LengthMax ? text : $"{text[..LengthMax]}\n… {text.Length - LengthMax} more characters";
        }
        catch (JsonException)
        {
            return $"{body.Length} characters that are not JSON";
        }
    }

    /// <param name="isSecret">Whether the values of secrets stand here. Source: contract §C.3.</param>
    private static void Cover(JsonNode? node, bool isSecret)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                {
                    Cover(item, isSecret);
                }

                break;
            case JsonObject fields:
                foreach (var (name, value) in fields.ToList())
                {
                    if (value is JsonValue && (IsSecretText(name, value) || (isSecret && name is not ("name" or "prefix"))))
                    {
                        fields[name] = Mask;
                    }
                    else
                    {
                        Cover(value, isSecret || name == "secrets");
                    }
                }

                break;
        }
    }

    /// <summary>The code of an error is none: it says what went wrong.</summary>
    private static bool IsSecretText(string name, JsonNode value) =>
        SecretNames.Contains(name) && value.GetValueKind() == JsonValueKind.String && !(name == "code" && value.Parent?.Parent is JsonObject);
}
