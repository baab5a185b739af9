using System.Text.Json.Nodes;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Simulator;

/// <summary>Every control of contract C.5: what a form with it may send, and what may not be in it.</summary>
public sealed class MetadataSchemaTests
{
    /// <summary>One property named <c>x</c>, with what its form takes and what it does not.</summary>
    public static TheoryData<string, string, string> Values => new()
    {
        { """{"ui:control": "input", "type": "string"}""", """["", "anything"]""", """[1, true, ["a"]]""" },
        { """{"ui:control": "input", "type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"}""", """["ab", "abcd"]""", """["a", "abcde", "AB"]""" },
        { """{"ui:control": "input", "type": "number"}""", "[0, -1.5, 1e3]", """["1", true]""" },
        { """{"ui:control": "input", "type": "number", "minimum": 1, "maximum": 5}""", "[1, 5]", "[0.99, 5.01]" },
        { """{"ui:control": "input", "type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 5}""", "[1.01, 4.99]", "[1, 5]" },
        { """{"ui:control": "toggle", "type": "boolean"}""", "[true, false]", """["true", 0]""" },
        { """{"ui:control": "slider", "type": "array", "items": {"type": "number", "minimum": 1, "maximum": 5}}""", "[[1], [1, 5], []]", """[1, [0], ["1"]]""" },
        { """{"ui:control": "select", "type": "string", "ui:options": [{"label": "A", "value": "a"}, "b", {"value": "c", "hidden": true}]}""", """["a", "b", "c"]""", """["A", "d", 1, ["a"]]""" },
        { """{"ui:control": "radio-button", "type": "string", "ui:options": ["a", "b"]}""", """["a", "b"]""", """["c", ""]""" },
        { """{"ui:control": "multi-select", "type": "array", "items": {"type": "string"}, "ui:options": ["a", "b"]}""", """[[], ["a"], ["a", "b"]]""", """["a", ["c"], [1]]""" },
        { """{"ui:control": "vercel-region", "type": "string"}""", """["iad1", "fra1"]""", """["Frankfurt", "us-east-1", ""]""" },
        { """{"ui:control": "vercel-region", "type": "string", "enum": ["iad1"]}""", """["iad1"]""", """["fra1"]""" },
        { """{"ui:control": "multi-vercel-region", "type": "array", "items": {"type": "string"}}""", """[[], ["iad1", "fra1"]]""", """["iad1", ["Frankfurt"]]""" },
        { """{"ui:control": "multi-vercel-region", "type": "array", "items": {"type": "string", "enum": ["iad1"]}}""", """[["iad1"]]""", """[["fra1"]]""" },
        { """{"ui:control": "domain", "type": "string"}""", """["example.com", "a.b-c.example"]""", """["example", "https://example.com", "-a.com", ""]""" },
        { """{"ui:control": "git-namespace", "type": "string"}""", """["acme", "acme/team"]""", """["a b", ""]""" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_control_takes_what_its_form_can_send_and_nothing_else(string property, string taken, string refused)
    {
        var schema = Of(property);

        Assert.All(JsonNode.Parse(taken)!.AsArray(), value => Assert.Empty(schema.Faults(new JsonObject { ["x"] = value!.DeepClone() })));
        Assert.All(JsonNode.Parse(refused)!.AsArray(), value =>
            Assert.StartsWith("x", Assert.Single(schema.Faults(new JsonObject { ["x"] = value!.DeepClone() })).Path, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void An_example_of_a_required_property_fits_it(string property, string taken, string refused)
    {
        Assert.NotEqual(taken, refused);
        var schema = Of(property, isRequired: true);

        var example = schema.Example();

        Assert.Contains("x", example);
        Assert.Empty(schema.Faults(example));
        Assert.Equal("is required", Assert.Single(schema.Faults([])).Reason);
        Assert.DoesNotContain("x", Of(property).Example());
        Assert.Empty(Of(property).Faults([]));
    }

    [Theory]
    [InlineData("""{"ui:control": "input", "type": "string", "minLength": 40}""")]
    [InlineData("""{"ui:control": "input", "type": "string", "maxLength": 1, "pattern": "^[A-Z]$"}""")]
    [InlineData("""{"ui:control": "input", "type": "string", "pattern": "^[0-9]{12}$"}""")]
    [InlineData("""{"ui:control": "input", "type": "string", "pattern": "^sk-[a-f]{3}$", "ui:placeholder": "sk-abc"}""")]
    [InlineData("""{"ui:control": "input", "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}""")]
    [InlineData("""{"ui:control": "input", "type": "number", "exclusiveMinimum": 4, "maximum": 5}""")]
    [InlineData("""{"ui:control": "input", "type": "number", "maximum": -3}""")]
    [InlineData("""{"ui:control": "input", "type": "number", "exclusiveMaximum": -3}""")]
    [InlineData("""{"ui:control": "input", "type": "number", "minimum": 0.25, "maximum": 0.75}""")]
    [InlineData("""{"ui:control": "slider", "type": "array", "items": {"type": "number", "exclusiveMinimum": 0.1, "maximum": 0.9}}""")]
    [InlineData("""{"ui:control": "select", "type": "string", "ui:options": [{"value": "a", "hidden": true}, "b"]}""")]
    [InlineData("""{"ui:control": "domain", "type": "string", "minLength": 14}""")]
    public void An_example_keeps_narrow_bounds(string property)
    {
        var schema = Of(property, isRequired: true);

        Assert.Contains("x", schema.Example());
        Assert.Empty(schema.Faults(schema.Example()));
    }

    [Theory]
    [InlineData("""{"ui:control": "input", "type": "string", "default": "d"}""", "\"d\"")]
    [InlineData("""{"ui:control": "input", "type": "number", "default": 2}""", "2")]
    [InlineData("""{"ui:control": "toggle", "type": "boolean", "default": true}""", "true")]
    [InlineData("""{"ui:control": "slider", "type": "array", "items": {"type": "number", "default": 3}}""", "[3]")]
    [InlineData("""{"ui:control": "slider", "type": "array", "items": {"type": "number", "default": 3}, "default": [1, 2]}""", "[1,2]")]
    [InlineData("""{"ui:control": "select", "type": "string", "ui:options": ["a", "b"], "default": "b"}""", "\"b\"")]
    [InlineData("""{"ui:control": "radio-button", "type": "string", "ui:options": ["a", "b"], "default": "b"}""", "\"b\"")]
    [InlineData("""{"ui:control": "multi-select", "type": "array", "items": {"type": "string", "default": "b"}, "ui:options": ["a", "b"]}""", "[\"b\"]")]
    [InlineData("""{"ui:control": "vercel-region", "type": "string", "default": "fra1"}""", "\"fra1\"")]
    [InlineData("""{"ui:control": "multi-vercel-region", "type": "array", "items": {"type": "string"}, "default": ["fra1"]}""", "[\"fra1\"]")]
    [InlineData("""{"ui:control": "domain", "type": "string", "default": "example.org"}""", "\"example.org\"")]
    [InlineData("""{"ui:control": "git-namespace", "type": "string", "default": "acme"}""", "\"acme\"")]
    public void A_default_is_what_the_form_begins_with_and_stands_for_what_is_not_given(string property, string expected)
    {
        var schema = Of(property, isRequired: true);

        Assert.Equal(expected, schema.Defaults()["x"]!.ToJsonString());
        Assert.Equal(expected, schema.Example()["x"]!.ToJsonString());
        Assert.Empty(schema.Faults([]));
    }

    [Theory]
    [InlineData("true", false, false)]
    [InlineData("false", true, true)]
    [InlineData("\"create\"", false, true)]
    [InlineData("\"update\"", true, false)]
    [InlineData("{\"expr\": \"plan == 'pro'\"}", false, false)]
    public void Only_what_the_form_lets_a_customer_fill_in_is_asked_of_him(string rule, bool onCreate, bool onUpdate)
    {
        foreach (var name in (string[])["ui:hidden", "ui:read-only", "ui:disabled"])
        {
            var schema = Of($$"""{"ui:control": "input", "type": "string", "{{name}}": {{rule}}}""", isRequired: true);

            Assert.Equal(onCreate, !schema.Faults([]).IsEmpty);
            Assert.Equal(onUpdate, !schema.Faults([], MetadataForm.Update).IsEmpty);
        }
    }

    [Fact]
    public void A_region_that_the_form_hides_is_filled_in_by_Vercel_and_nothing_else_is()
    {
        Assert.Equal("fra1", (string?)Of("""{"ui:control": "vercel-region", "type": "string", "enum": ["fra1"], "ui:hidden": true}""").Example()["x"]);
        Assert.Equal("""["iad1"]""", Of("""{"ui:control": "multi-vercel-region", "type": "array", "items": {"type": "string"}, "ui:hidden": "create"}""").Example()["x"]!.ToJsonString());
        Assert.Empty(Of("""{"ui:control": "input", "type": "string", "ui:hidden": true}""", isRequired: true).Example());
    }

    [Fact]
    public void Labels_descriptions_and_placeholders_are_read_and_a_key_stands_for_a_label()
    {
        var said = Assert.Single(Of("""{"ui:control": "domain", "type": "string", "ui:label": "Domain", "description": "Yours.", "ui:placeholder": "example.com"}""").Fields);
        Assert.Equal(("Domain", "Yours.", "example.com", "domain"), (said.Label, said.Description, said.Placeholder, said.Control.Name));

        Assert.Equal("x", Assert.Single(Of("""{"ui:control": "domain", "type": "string"}""").Fields).Label);
    }

    [Fact]
    public void A_key_that_no_property_has_is_no_fault() =>
        Assert.Empty(Of("""{"ui:control": "toggle", "type": "boolean"}""").Faults(new JsonObject { ["y"] = "more than is documented" }));

    [Theory]
    [InlineData("""{"type": "string"}""", "ui:control is missing: it must be one of input, toggle, slider, select, radio-button, multi-select, vercel-region, multi-vercel-region, domain, git-namespace")]
    [InlineData("""{"ui:control": "combo", "type": "string"}""", "ui:control must be one of input, toggle, slider,")]
    [InlineData("""{"ui:control": "multi_select", "type": "array"}""", "ui:control is not known; did you mean multi-select?")]
    [InlineData("""{"ui:control": "input"}""", "type is missing: it must be one of string, number")]
    [InlineData("""{"ui:control": "input", "type": "boolean"}""", "type must be one of string, number")]
    [InlineData("""{"ui:control": "toggle", "type": "string"}""", "type must be \"boolean\" here")]
    [InlineData("""{"ui:control": "slider", "type": "array"}""", "items is missing: it must be an object: {\"type\": \"number\", …}")]
    [InlineData("""{"ui:control": "select", "type": "string"}""", "ui:options is missing: it must be a list of what can be chosen")]
    [InlineData("""{"ui:control": "select", "type": "string", "ui:options": []}""", "ui:options must have at least one option that is not hidden")]
    [InlineData("""{"ui:control": "select", "type": "string", "ui:options": [{"label": "A"}]}""", "ui:options[0].value is missing: it must be text in quotes")]
    [InlineData("""{"ui:control": "select", "type": "string", "ui:options": ["a"], "default": "b"}""", "default does not fit its own field: it must be one of a")]
    [InlineData("""{"ui:control": "input", "type": "number", "default": "3"}""", "default must be a number, without quotes")]
    [InlineData("""{"ui:control": "input", "type": "number", "minimum": 5, "maximum": 4}""", "has a least number above its greatest")]
    [InlineData("""{"ui:control": "input", "type": "string", "minLength": 0}""", "minLength must be a whole number, and at least 1")]
    [InlineData("""{"ui:control": "input", "type": "string", "minLength": 5, "maxLength": 4}""", "minLength is more than maxLength")]
    [InlineData("""{"ui:control": "input", "type": "string", "pattern": "(["}""", "pattern is not a regular expression that can be used here")]
    [InlineData("""{"ui:control": "input", "type": "string", "ui:hidden": "never"}""", "ui:hidden must be true, false, \"create\", \"update\" or an expression")]
    [InlineData("""{"ui:control": "input", "type": "string", "ui:hidden": {"expression": "a"}}""", "ui:hidden.expr is missing: it must be text such as")]
    [InlineData("""{"ui:control": "input", "type": "string", "ui:readonly": true}""", "ui:readonly is not a field here; did you mean ui:read-only?")]
    [InlineData("""{"ui:control": "toggle", "type": "boolean", "minimum": 1}""", "minimum is not a field here")]
    public void A_property_that_the_console_would_not_take_is_said_with_what_it_should_be(string property, string expected)
    {
        var problem = Read(property, isRequired: false).Problems[0].ToString();

        Assert.StartsWith("line 1: products[0].metadataSchema.properties.x", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_required_is_a_property()
    {
        var (_, problems) = SettingsFile.Parse(
            """{"products": [{"id": "a", "metadataSchema": {"type": "object", "properties": {"region": {"ui:control": "vercel-region", "type": "string"}}, "required": ["regoin"]}}]}""");

        Assert.Equal("is not known; did you mean region? There are region", Assert.Single(problems).Reason);
    }

    [Fact]
    public void A_property_for_which_nothing_can_be_made_up_needs_a_sample()
    {
        const string Property = """{"ui:control": "input", "type": "string", "pattern": "^(alpha|beta)-[0-9]{7}$"}""";

        Assert.Contains("sampleMetadata", Assert.Single(Read(Property, isRequired: true).Problems).Reason, StringComparison.Ordinal);
        Assert.Empty(Read(Property, isRequired: false).Problems);
        Assert.Empty(Read(Property, isRequired: true, """{"x": "beta-1234567"}""").Problems);
        Assert.Equal(
            "line 1: products[0].sampleMetadata.x must match ^(alpha|beta)-[0-9]{7}$: the metadataSchema beside it says so",
            Assert.Single(Read(Property, isRequired: true, """{"x": "beta"}""").Problems).ToString());
    }

    private static MetadataSchema Of(string property, bool isRequired = false)
    {
        var (settings, problems) = Read(property, isRequired, sample: null);
        Assert.Empty(problems);
        return Assert.Single(settings.Products).Metadata;
    }

    private static (IntegrationSettings Settings, IReadOnlyList<SettingsProblem> Problems) Read(string property, bool isRequired, string? sample = null)
    {
        var product = new JsonObject
        {
            ["id"] = "db",
            ["metadataSchema"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["x"] = JsonNode.Parse(property) },
                ["required"] = isRequired ? new JsonArray("x") : new JsonArray(),
            },
        };
        if (sample is not null)
        {
            product["sampleMetadata"] = JsonNode.Parse(sample);
        }

        return SettingsFile.Parse(new JsonObject { ["products"] = new JsonArray(product) }.ToJsonString());
    }
}
