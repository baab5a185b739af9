using System.Text.Json.Nodes;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Simulator;

/// <summary>Our reading of metadata schemas is as wide as the one that Vercel publishes, but for differences that are listed with their reasons.</summary>
public sealed class PublishedMetadataSchemaTests
{
    /// <summary>Fields that we take, and that are not published.</summary>
    private static readonly Dictionary<string, string> Wider = new(StringComparer.Ordinal)
    {
        ["ui:disabled"] = "is known from the command line of Vercel (contract C.5)",
        ["description"] = "is missing from controls of several values as published, and a field of every control in the documents (contract C.5)",
        ["ui:placeholder"] = "is a field of every control in the documents (contract C.5)",
    };

    /// <summary>Of the documents of April 2026, and younger than what is published.</summary>
    private static readonly string[] Younger = ["radio-button", "domain", "git-namespace"];

    [Fact]
    public void Every_published_control_is_read_with_the_fields_that_it_has_and_the_values_that_they_take()
    {
        if (Repository.Contract("metadata-schema.json") is not { } file)
        {
            Console.WriteLine("not compared: shared/contract/metadata-schema.json is absent");
            return;
        }

        var published = JsonNode.Parse(File.ReadAllText(file))!["properties"]!["properties"]!["additionalProperties"]!["anyOf"]!.AsArray()
            .SelectMany(Shapes).ToList();

        Assert.Equal(8, published.Count);
        Assert.All(published, shape =>
        {
            var (control, type) = (Only(shape.Fields["ui:control"]!), Only(shape.Fields["type"]!));
            Assert.Equal(
                shape.Fields.Select(field => field.Key).Order(StringComparer.Ordinal),
                Taken(Minimal(shape)).Except(Wider.Keys.Except(shape.Fields.Select(field => field.Key))).Order(StringComparer.Ordinal));
            Assert.DoesNotContain(control, Younger);
            if (type == "array")
            {
                Assert.Equal(
                    shape.Fields["items"]!["properties"]!.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal),
                    Taken(Minimal(shape), "items").Order(StringComparer.Ordinal));
            }
        });
    }

    /// <summary>An input is published as two shapes in one, of which each alone would forbid the fields of the other.</summary>
    private static IEnumerable<(JsonObject Fields, string[] Required)> Shapes(JsonNode? shape)
    {
        if (shape!["allOf"] is not JsonArray parts)
        {
            return [(shape["properties"]!.AsObject(), Required(shape))];
        }

        return parts[1]!["anyOf"]!.AsArray().Select(kind => (
            new JsonObject(parts[0]!["properties"]!.AsObject().Concat(kind!["properties"]!.AsObject())
                .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))),
            (string[])[.. Required(parts[0]!), .. Required(kind!)]));
    }

    private static string[] Required(JsonNode shape) => [.. shape["required"]!.AsArray().Select(name => (string)name!)];

    private static string Only(JsonNode field) => (string)field["const"]!;

    /// <summary>What is required, and nothing else.</summary>
    private static JsonObject Minimal((JsonObject Fields, string[] Required) shape) =>
        new(shape.Required.Select(name => KeyValuePair.Create(name, name switch
        {
            "ui:options" => new JsonArray(new JsonObject { ["label"] = "A", ["value"] = "a" }),
            "items" => new JsonObject { ["type"] = Only(shape.Fields["items"]!["properties"]!["type"]!) },
            _ => (JsonNode?)Only(shape.Fields[name]!),
        })));

    /// <summary>The fields that the reader names when it meets one that it does not know.</summary>
    private static IEnumerable<string> Taken(JsonObject property, string? within = null)
    {
        Assert.Empty(Problems(property));
        (within is null ? property : property[within]!.AsObject())["zzzzzzzzzz"] = 1;
        var told = Assert.Single(Problems(property)).Reason;
        return told[(told.IndexOf("the fields are ", StringComparison.Ordinal) + "the fields are ".Length)..].Split(", ");
    }

    private static IReadOnlyList<SettingsProblem> Problems(JsonObject property) => SettingsFile.Parse(new JsonObject
    {
        ["products"] = new JsonArray(new JsonObject
        {
            ["id"] = "a",
            ["metadataSchema"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["x"] = property.DeepClone() } },
        }),
    }.ToJsonString()).Problems;
}
