using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Products;
using static LanguageExt.Prelude;

namespace Marketplace.Integration.Products;

public sealed class MetadataSchemaTests
{
    [Fact]
    public void Every_control_of_the_contract_is_read()
    {
        var schema = Schema("""
            "required": ["name", "region"],
            "properties": {
              "name": { "type": "string", "ui:control": "input", "minLength": 2, "maxLength": 8, "pattern": "^[a-z]+$", "ui:placeholder": "db" },
              "size": { "type": "number", "ui:control": "input", "minimum": 1, "exclusiveMaximum": 64.5, "default": 4 },
              "backups": { "type": "boolean", "ui:control": "toggle", "default": true, "ui:hidden": "create" },
              "range": { "type": "array", "ui:control": "slider", "items": { "type": "number", "minimum": 0, "maximum": 9, "default": 3 } },
              "engine": { "type": "string", "ui:control": "select", "ui:options": [ { "label": "A", "value": "a" }, "b" ], "ui:disabled": "update" },
              "tier": { "type": "string", "ui:control": "radio-button", "ui:options": [ { "label": "S", "value": "s", "hidden": true } ] },
              "extras": {
                "type": "array", "ui:control": "multi-select", "items": { "type": "string" },
                "ui:options": [ { "label": "X", "value": "x" }, { "label": "Y", "value": "y" } ], "default": ["x"]
              },
              "region": { "type": "string", "ui:control": "vercel-region", "enum": ["iad1"], "ui:read-only": true },
              "replicas": {
                "type": "array", "ui:control": "multi-vercel-region", "items": { "type": "string", "enum": ["fra1", "sin1"] }, "ui:hidden": { "expr": "x" }
              },
              "host": { "type": "string", "ui:control": "domain", "description": "Where it answers.", "ui:label": "Host" },
              "owner": { "type": "string", "ui:control": "git-namespace" }
            }
            """);

        var none = Option<string>.None;
        Assert.Equal(
            new MetadataField[]
            {
                Field("name", new MetadataControl.TextInput(new TextLimits(2, 8, TextPattern.Of("^[a-z]+$")), none)) with { Required = true },
                Field("size", new MetadataControl.NumberInput(NumberLimits.None with { Min = 1m, ExclusiveMax = 64.5m }, 4m)),
                Field("backups", new MetadataControl.Toggle(true)) with { Hidden = FieldRule.OnCreate },
                Field("range", new MetadataControl.Slider(NumberLimits.None with { Min = 0m, Max = 9m }, Some(Seq1(3m)))),
                Field("engine", new MetadataControl.Select(Seq("a", "b"), none)) with { ReadOnly = FieldRule.OnUpdate },
                Field("tier", new MetadataControl.RadioButton(Seq1("s"), none)),
                Field("extras", new MetadataControl.MultiSelect(Seq("x", "y"), Some(Seq1("x")))),
                Field("region", new MetadataControl.VercelRegion(Seq1("iad1"), none)) with { Required = true, ReadOnly = FieldRule.Always },
                Field("replicas", new MetadataControl.MultiVercelRegion(Seq("fra1", "sin1"), None)) with { Hidden = FieldRule.Sometimes },
                Field("host", new MetadataControl.Domain(none)) with { Label = "Host" },
                Field("owner", new MetadataControl.GitNamespace(none)),
            },
            schema.Fields);
    }

    [Theory]
    [InlineData(""" "x": { "type": "string", "ui:control": "toggle" } """,
        "products[0].metadata.properties.x.type: must be one of boolean")]
    [InlineData(""" "x": { "type": "string", "ui:control": "dropdown" } """,
        "products[0].metadata.properties.x.ui:control: must be one of input, toggle, slider, select, radio-button, multi-select, "
        + "vercel-region, multi-vercel-region, domain, git-namespace")]
    [InlineData(""" "x": { "type": "string", "ui:control": "select" } """,
        "products[0].metadata.properties.x.ui:options: is missing: must be a list")]
    [InlineData(""" "x": { "type": "string", "ui:control": "select", "ui:options": ["a"], "default": "b" } """,
        "products[0].metadata.properties.x.default: does not fit: x must be one of a.")]
    [InlineData(""" "x": { "type": "string", "ui:control": "input", "pattern": "(?=a)" } """,
        "products[0].metadata.properties.x.pattern: must be a regular expression, without look-around and back-references")]
    [InlineData(""" "x": { "type": "string", "ui:control": "input", "minLength": 3, "maxLength": 2 } """,
        "products[0].metadata.properties.x.maxLength: must not be less than minLength")]
    [InlineData(""" "x": { "type": "string", "ui:control": "vercel-region", "enum": ["mars"] } """,
        "products[0].metadata.properties.x.enum[0]: mars is not a region of Vercel, such as iad1")]
    [InlineData(""" "x": { "type": "string", "ui:control": "input", "ui:hiden": true } """,
        "products[0].metadata.properties.x.ui:hiden: is not a field here; the fields are description, ui:placeholder, ui:label, ui:control, "
        + "type, minLength, maxLength, pattern, default, ui:hidden, ui:read-only, ui:disabled")]
    [InlineData(""" "x": { "type": "string", "ui:control": "input", "ui:hidden": "sometimes" } """,
        "products[0].metadata.properties.x.ui:hidden: must be true, false, \"create\", \"update\" or an expression")]
    [InlineData(""" "y": { "type": "string", "ui:control": "input" } """,
        "products[0].metadata.required[0]: x is not one of the properties")]
    [InlineData(""" "x": { "type": "string", "ui:control": "input", "ui:hidden": "create" } """,
        "products[0].metadata.properties.x.default: is missing: a required property that nobody can fill in on create needs a default")]
    public void A_mistake_in_a_property_is_named_with_its_place(string property, string message) =>
        Assert.Equal([message], Errors($$""" "required": ["x"], "properties": { {{property}} } """));

    [Fact]
    public void The_example_product_asks_for_a_region_and_chooses_one_for_those_who_do_not_care()
    {
        var catalogue = CatalogueFile.Load(Repository.File("catalog.json")).Match(good => good, _ => throw new InvalidOperationException());
        var schema = catalogue.Products[0].Metadata;
        var chosen = Map(("region", (MetadataValue)new MetadataValue.Text("fra1")));

        Assert.Equal(Map(("region", (MetadataValue)new MetadataValue.Text("iad1"))), schema.Create(SentMetadata.Nothing));
        Assert.Equal(chosen, schema.Create(SentMetadata.Of(chosen)));
        Assert.Equal(
            "Region must be one of iad1, sfo1, fra1, cdg1, sin1.",
            schema.Create(SentMetadata.Of(Map(("region", (MetadataValue)new MetadataValue.Text("mars1"))))).Match(_ => "", errors => errors[0].Message));
        Assert.Equal(
            "Region cannot be changed.",
            schema.Update(chosen, SentMetadata.Of(Map(("region", (MetadataValue)new MetadataValue.Text("iad1"))))).Match(_ => "", errors => errors[0].Message));
    }

    private static MetadataField Field(string key, MetadataControl control) =>
        new(key, key, control, Required: false, FieldRule.Never, FieldRule.Never);

    private static MetadataSchema Schema(string members) =>
        Parse(members).Match(
            catalogue => catalogue.Products[0].Metadata, errors => throw new InvalidOperationException(string.Join('\n', errors)));

    private static string[] Errors(string members) =>
        Parse(members).Match(_ => [], errors => errors.Select(error => error.ToString()).ToArray());

    private static Validation<CatalogueError, Catalogue> Parse(string members) =>
        CatalogueFile.Parse($$"""
            {
              "products": [
                {
                  "id": "p", "name": "P", "provisioner": "postgres",
                  "metadata": { "type": "object", {{members}} },
                  "plans": [ { "id": "free", "type": "subscription", "name": "Free", "description": "Free.", "paymentMethodRequired": false } ]
                }
              ]
            }
            """);
}
