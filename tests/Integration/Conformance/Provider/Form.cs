using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Reads a body and collects what is wrong with it. Fields that are not asked for are left alone.</summary>
internal sealed class Form(JsonObject body)
{
    private readonly JsonArray faults = [];

    /// <summary>Names every fault at once; none when there is none.</summary>
    public Answer? Refusal => faults.Count == 0
        ? null
        : Answer.Refusal(
            StatusCodes.Status400BadRequest, "validation_error", string.Join("; ", faults.Select(fault => $"{fault!["key"]}: {fault["message"]}")),
            (JsonArray)faults.DeepClone());

    public bool Has(string name) => body.ContainsKey(name);

    /// <param name="path">Names, joined by dots.</param>
    public string Text(string path)
    {
        if (Find(path) is JsonValue value && value.GetValueKind() == JsonValueKind.String && (string)value! is { Length: > 0 } text)
        {
            return text;
        }

        Fault(path, "must be text, and not empty");
        return "";
    }

    public string Name(string path)
    {
        var name = Text(path);
        if (!Regex.IsMatch(name, "^[a-zA-Z0-9_-]{0,128}$", RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            Fault(path, "must be letters, digits, _ and -, 128 at most");
        }

        return name;
    }

    public IReadOnlyList<string> Texts(string path)
    {
        if (Find(path) is JsonArray { Count: > 0 } list && list.All(item => item?.GetValueKind() == JsonValueKind.String))
        {
            return [.. list.Select(item => (string)item!)];
        }

        Fault(path, "must be a list of text, and not empty");
        return [];
    }

    public JsonObject Object(string path)
    {
        if (Find(path) is JsonObject value)
        {
            return value;
        }

        Fault(path, "must be an object");
        return [];
    }

    /// <summary>A number within bounds; <paramref name="absent"/> when the field is missing and that is allowed.</summary>
    public double Number(string path, double least, double most, double? absent = null)
    {
        if (Find(path) is not { } value && absent is { } otherwise)
        {
            return otherwise;
        }

        if (Find(path) is JsonValue number && number.GetValueKind() == JsonValueKind.Number
            && number.GetValue<JsonElement>().GetDouble() is var found && found >= least && found <= most)
        {
            return found;
        }

        Fault(path, $"must be a number from {least} to {most}");
        return least;
    }

    public void Fault(string key, string message) => faults.Add(new JsonObject { ["key"] = key, ["message"] = message });

    private JsonNode? Find(string path) =>
        path.Split('.').Aggregate((JsonNode?)body, (node, name) => node is JsonObject inner ? inner[name] : null);
}
