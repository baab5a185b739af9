using System.Text.Json.Nodes;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Shell.Products;

namespace Marketplace.Integration.Products;

/// <summary>The published JSON Schema of the catalogue says what the reader reads, and refuses nothing that the reader takes.</summary>
public sealed class CatalogueSchemaTests
{
    private static readonly JsonSchema Schema =
        new(JsonNode.Parse(File.ReadAllText(Repository.File("docs/catalog.schema.json")))!.AsObject());

    /// <summary>Of every kind that a value can have, and a few that are nearly right.</summary>
    private static readonly string[] Others =
    [
        "7", "1.5", "-1", "0", "200", "true", "\"\"", "\" \"", "\"a@2\"", "\"12.\"", "\"-3\"", "\"sum\"", "\"x y\"", "[]", "{}", "[1]", "[\"a\"]", "[{}]",
        "{\"a\":1}", "{\"a\":[]}",
    ];

    public static TheoryData<string> Catalogues =>
    [
        "catalog.json", "tests/Integration/Products/everything.catalog.json",
        .. Directory.GetFiles(Repository.File("tests/Integration"), "*.catalog.json").Select(file => Path.GetRelativePath(Repository.Root, file)),
        .. Directory.GetFiles(Repository.File("docs"), "catalog.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Every_catalogue_of_the_repository_keeps_it(string file)
    {
        Assert.Empty(Errors(File.ReadAllText(Repository.File(file))));
        Assert.True(Schema.Takes(Read(file)), file);
    }

    /// <summary>A field that nobody asked for is answered with those that there are.</summary>
    [Fact]
    public void Each_object_has_the_fields_that_the_reader_reads_and_no_other()
    {
        var document = Read("tests/Integration/Products/everything.catalog.json");
        var seen = new System.Collections.Generic.HashSet<JsonObject>(ReferenceEqualityComparer.Instance);
        foreach (var (path, value, schemas) in Schema.Objects(document).ToList())
        {
            if (JsonSchema.NamesIn(schemas) is not { } names)
                continue;
            seen.UnionWith(schemas);
            value["unasked"] = 1;
            var answer = Errors(document.ToJsonString()).Single(error => error.Path == (path.Length == 0 ? "unasked" : $"{path}.unasked")).Reason;
            value.Remove("unasked");
            Assert.Equal(
                (path, string.Join(", ", names.Order(StringComparer.Ordinal))),
                (path, string.Join(", ", answer.Split("the fields are ")[1].Split(", ").Order(StringComparer.Ordinal))));
        }

        var closed = Everywhere(Schema.Root).OfType<JsonObject>().Where(schema => schema["additionalProperties"]?.GetValueKind() == System.Text.Json.JsonValueKind.False);
        Assert.Empty(closed.Where(schema => !seen.Contains(schema)).Select(schema => schema.GetPath()));
    }

    [Fact]
    public void Whatever_it_refuses_the_reader_refuses()
    {
        var document = Read("tests/Integration/Products/everything.catalog.json");
        var (refused, taken) = (0, new List<string>());
        foreach (var (path, value, _) in Schema.Objects(document).ToList())
        {
            foreach (var (name, was) in value.ToList())
            {
                foreach (var other in Others.Prepend(null))
                {
                    if (other is null)
                        value.Remove(name);
                    else
                        value[name] = JsonNode.Parse(other);
                    if (!Schema.Takes(document))
                    {
                        refused++;
                        if (Errors(document.ToJsonString()).IsEmpty)
                            taken.Add($"{path}.{name}: {other ?? "absent"}");
                    }

                    value[name] = null;
                    value[name] = was;
                }
            }
        }

        Assert.True(refused > 1000, $"{refused} were refused");
        Assert.Empty(taken);
    }

    [Fact]
    public void Every_field_is_described() =>
        Assert.Empty(Everywhere(Schema.Root)
            .OfType<JsonObject>()
            .SelectMany(schema => schema["properties"] is JsonObject properties && schema["type"] is JsonValue ? properties.ToList() : [])
            .Where(property => property.Value is JsonObject field && string.IsNullOrWhiteSpace((string?)field["description"]))
            .Select(property => property.Value!.GetPath()));

    [Fact]
    public async Task It_is_served_and_printed_as_it_is_published()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);
        var published = await File.ReadAllTextAsync(Repository.File("docs/catalog.schema.json"), Cancel);

        using var answer = await server.Http.GetAsync("/openapi/catalog.schema.json", Cancel);

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(published, await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(published, CatalogueSchema.Text);
    }

    private static IEnumerable<JsonNode> Everywhere(JsonNode? node) =>
        node is null ? []
        : new[] { node }.Concat(node switch
        {
            JsonObject fields => fields.SelectMany(field => Everywhere(field.Value)),
            JsonArray items => items.SelectMany(Everywhere),
            _ => [],
        });

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Repository.File(file)))!;

    private static Seq<CatalogueError> Errors(string json) => CatalogueFile.Parse(json).Match(_ => Seq<CatalogueError>.Empty, errors => errors);
}
