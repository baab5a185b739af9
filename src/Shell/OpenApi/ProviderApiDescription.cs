using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Shell.OpenApi;

/// <summary>
/// The Provider API in OpenAPI 3.1: <c>frame.json</c>, and a file for each family of routes with their paths and schemas. What is true of
/// every operation is said here once: its path's parameters, and the answers that may always come.
/// </summary>
internal static class ProviderApiDescription
{
    private const string Frame = "frame.json";

    private static readonly string Parts = $"{typeof(ApiDescription).Namespace}.ProviderApi.";

    private static readonly (string Status, string Answer)[] Always =
    [
        ("400", "BadRequest"), ("401", "Unauthorized"), ("403", "Forbidden"), ("429", "TooManyRequests"), ("500", "Fault"), ("503", "Unavailable"),
    ];

    public static ApiDescription Document { get; } = new(Assemble());

    private static byte[] Assemble()
    {
        var document = Part(Parts + Frame);
        foreach (var name in typeof(ApiDescription).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(Parts, StringComparison.Ordinal) || name == Parts + Frame)
                continue;
            var part = Part(name);
            Add(document["paths"]!.AsObject(), part["paths"]!.AsObject());
            Add(document["components"]!.AsObject(), part["components"]!.AsObject());
        }

        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (_, operation) in operations!.AsObject())
                Complete(path, operation!.AsObject());
        }

        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    private static JsonObject Part(string resource) => JsonNode.Parse(ApiDescription.Read(resource))!.AsObject();

    /// <summary>Methods of one path, and components of one kind, may come from several files; the same one twice is refused.</summary>
    private static void Add(JsonObject whole, JsonObject part)
    {
        foreach (var (group, entries) in part)
        {
            var known = whole[group]?.AsObject();
            if (known is null)
                whole.Add(group, known = []);
            foreach (var (name, entry) in entries!.AsObject())
            {
                if (!known.TryAdd(name, entry!.DeepClone()))
                    throw new InvalidOperationException($"Two files in OpenApi/ProviderApi describe {group} {name}.");
            }
        }
    }

    private static void Complete(string path, JsonObject operation)
    {
        var ofPath = path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}', StringComparison.Ordinal)]).ToList();
        operation["parameters"] = new JsonArray(
            [.. ofPath.Select(name => To("parameters", name)), .. operation["parameters"]?.AsArray().Select(parameter => parameter!.DeepClone()) ?? []]);

        var own = operation["responses"]!.AsObject();
        var answers = own.ToDictionary(answer => answer.Key, answer => answer.Value!.DeepClone(), StringComparer.Ordinal);
        foreach (var (status, answer) in Always)
            answers.TryAdd(status, To("responses", answer));
        if (ofPath.Count > 0)
            answers.TryAdd("404", To("responses", "NotFound"));
        if (operation["requestBody"] is not null)
            answers.TryAdd("413", To("responses", "TooLarge"));
        operation["responses"] = new JsonObject(
            answers.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => KeyValuePair.Create<string, JsonNode?>(answer.Key, answer.Value)));
    }

    private static JsonObject To(string kind, string component) => new() { ["$ref"] = $"#/components/{kind}/{component}" };
}
