using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Integration.Products;

namespace Marketplace.Integration.Provisioning.Http;

/// <summary>docs/http-provisioner.md and its schema say what is really said.</summary>
public sealed partial class ProtocolTests
{
    private static readonly JsonObject Schemas = JsonNode.Parse(File.ReadAllText(Repository.File("docs/http-provisioner.schema.json")))!.AsObject();

    private static readonly IReadOnlyList<JsonObject> Examples =
    [
        .. Block().Matches(File.ReadAllText(Repository.File("docs/http-provisioner.md"))).Select(block => JsonNode.Parse(block.Groups["json"].Value)!.AsObject()),
    ];

    [Fact]
    public void Every_example_is_as_the_schema_says()
    {
        Assert.True(Examples.Count >= 6, $"{Examples.Count} examples");
        Assert.All(Examples, example => Assert.True(Is(KindOf(example), example), example.ToJsonString()));
    }

    [Fact]
    public async Task What_is_sent_is_as_the_schema_says_and_has_what_the_examples_have()
    {
        await using var http = await HttpAcme.Open();
        var tool = await http.Acme.Provision(await http.Acme.Install(), "orders");
        (await http.Acme.Post(Paths.Rotate(tool.Installation, tool.Id), http.Acme.Admin(tool.Installation))).Is(HttpStatusCode.OK);
        await http.Acme.Work("secret-expiry", "operations");
        await http.Acme.Customer.RunReplCommand(tool.Installation, tool.Id, "count notes", readOnly: null, TestContext.Current.CancellationToken);
        await http.Acme.Drift();

        var sent = http.Backroom.Questions.Select(asked => asked.Json.AsObject()).ToList();
        Assert.Equal(
            ["expire-secrets", "list", "measure", "provision", "repl", "rotate"], sent.Select(asked => (string)asked["type"]!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(sent, asked => Assert.True(Is("question", asked), asked.ToJsonString()));
        foreach (var example in Examples.Where(example => KindOf(example) == "question"))
        {
            var alike = sent.Last(asked => (string)asked["type"]! == (string)example["type"]!);
            Assert.Equal(Fields(example), Fields(alike));
        }
    }

    [Theory]
    [InlineData("answer", """{"status":"done","secrets":[{"name":"A","value":"x"}]}""", true)]
    [InlineData("answer", """{"status":"done","reason":"?"}""", false)]
    [InlineData("answer", """{"status":"refused"}""", false)]
    [InlineData("answer", """{"status":"refused","reason":"No.","secrets":[]}""", false)]
    [InlineData("answer", """{"status":"done","secrets":[{"name":"1A","value":"x"}]}""", false)]
    [InlineData("answer", """{"status":"done","secrets":[{"name":"A","value":""}]}""", false)]
    [InlineData("answer", """{"state":"done"}""", false)]
    [InlineData("outcome", """{"installationId":"i","operationId":"o","status":"pending"}""", false)]
    [InlineData("screen", """{"blocks":[{"type":"paragraph","children":[{"text":"3 notes"}]}]}""", true)]
    [InlineData("screen", """{"blocks":[{"type":"table","header":[{"text":"id"}]}]}""", false)]
    [InlineData("measurements", """{"measurements":[{"metric":"notes","value":-1}]}""", false)]
    public void The_schema_takes_what_is_taken_and_nothing_else(string kind, string json, bool takes) =>
        Assert.Equal(takes, Is(kind, JsonNode.Parse(json)!.AsObject()));

    private static string KindOf(JsonObject example) =>
        example.ContainsKey("type") ? "question"
        : example.ContainsKey("operationId") ? "outcome"
        : example.ContainsKey("measurements") ? "measurements"
        : example.ContainsKey("resources") ? "list"
        : example.ContainsKey("blocks") ? "screen"
        : "answer";

    private static bool Is(string kind, JsonObject value) =>
        new JsonSchema(new JsonObject { ["$ref"] = $"#/$defs/{kind}", ["$defs"] = Schemas["$defs"]!.DeepClone() }).Takes(value);

    /// <summary>Names within names; what is in the form and in the plan's settings is the catalogue's.</summary>
    private static IEnumerable<string> Fields(JsonObject json, string path = "") => json
        .SelectMany(field => field.Value is JsonObject inner && field.Key is not ("metadata" or "settings")
            ? Fields(inner, $"{path}{field.Key}.")
            : [$"{path}{field.Key}"])
        .Order(StringComparer.Ordinal);

    [GeneratedRegex("^```json\n(?<json>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
