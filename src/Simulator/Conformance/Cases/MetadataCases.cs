using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What a customer fills into the form of a product. Source: contract §B.0, the error body; §B.3, the query; §C.2.</summary>
internal static class MetadataCases
{
    private static readonly Source Plans = Source.Partner("List Billing Plans For Product");

    private static readonly ImmutableArray<(string Name, string What, string Query)> Queries =
    [
        ("metadata-no-json", "is no JSON", "{\"region\":"),
        ("metadata-array", "is an array", "[]"),
        ("metadata-text", "is a text", "\"conformance\""),
        ("metadata-null", "is null", "null"),
        ("metadata-empty", "is empty", ""),
        ("metadata-deep", "is nested a thousand levels deep", $"{{\"a\":{new string('[', 1000)}{new string(']', 1000)}}}"),
        ("metadata-nul", "holds the character U+0000", "{\"region\":\"\\u0000\"}"),
    ];

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. Queries.Select(query => new ConformanceCase(
            $"bodies/list-product-plans/{query.Name}", $"The plans of a product are answered, by a success or by a refusal, when the query metadata {query.What}.",
            Plans, Level.Recommended, async trial => trial.ExpectAnswer(await Ask(trial, query.Query)))),
        new("bodies/list-product-plans/metadata-no-json-is-400", "A query metadata that is no JSON is a 400 with the documented error body.", Plans,
            Level.Recommended, async trial => trial.ExpectRefusal(await Ask(trial, Queries[0].Query), 400)),
        new("bodies/list-product-plans/metadata-twice", "The plans of a product are answered, by a success or by a refusal, when the query metadata is there twice.",
            Plans, Level.Recommended, async trial => trial.ExpectAnswer(await Ask(trial, "{}&metadata={}", isEscaped: true))),
        new("bodies/list-product-plans/unknown-query", "A query that nobody has documented is passed over.", Plans, Level.Required,
            async trial => trial.ExpectSuccess(await Ask(trial, "{}&undocumented=1", isEscaped: true))),
        new("bodies/provision-resource/metadata-fault-is-named", "A property of the metadata that is wrong is named in fields, so that the form shows it there.",
            Source.Errors, Level.Recommended, trial => NamesTheProperty(trial, Provisions)),
        new("bodies/update-resource/metadata-fault-is-named", "A property of the metadata that is wrong is named in fields, so that the form shows it there.",
            Source.Errors, Level.Recommended, trial => NamesTheProperty(trial, Updates)) { Of = PartnerOperation.UpdateResource },
        new("bodies/provision-resource/metadata-property-of-another-kind", "No resource is provisioned when a property of its metadata is an object, which no value is.",
            Source.Partner("Provision Resource"), Level.Required, trial => RefusesEveryProperty(trial, Provisions)),
        new("bodies/update-resource/metadata-property-of-another-kind", "No resource is updated when a property of its metadata is an object, which no value is.",
            Source.Partner("Update Resource"), Level.Required, trial => RefusesEveryProperty(trial, Updates)) { Of = PartnerOperation.UpdateResource },
        new("bodies/provision-resource/form-is-held", "No resource is provisioned with what the product's form would not take.",
            Source.Product, Level.Recommended, HoldsTheForm),
        new("bodies/provision-resource/form-is-complete", "No resource is provisioned without what the product's form asks for and has no default for.",
            Source.Product, Level.Recommended, HoldsTheFormComplete),
    ];

    /// <summary>Values of every kind, of which each field refuses some.</summary>
    private static ImmutableArray<Func<JsonNode>> Candidates =>
    [
        () => "no option of conformance", () => "", () => new string('x', 5_000), () => 7.5m, () => -1_000_000_000, () => 1_000_000_000, () => true,
        () => new JsonArray(), () => new JsonArray("no option of conformance"), () => new JsonArray(1_000_000_000), () => new JsonArray(-1_000_000_000),
    ];

    private static async Task<Exchange> Ask(Trial trial, string metadata, bool isEscaped = false)
    {
        var tenant = await trial.SharedTenant();
        var call = PartnerCalls.ProductPlans(tenant.ProductId, metadata: null, trial.SystemToken(tenant.InstallationId));
        return await trial.Send(call with { Path = $"{call.Path}?metadata={(isEscaped ? metadata : Uri.EscapeDataString(metadata))}" });
    }

    private static async Task NamesTheProperty(Trial trial, Func<Trial, OfferedProduct, JsonObject, Task<Exchange>> send)
    {
        foreach (var (product, property) in Properties(trial))
        {
            var exchange = await send(trial, product, Wrong(product, property));
            trial.ExpectRefusal(exchange, 400);
            var keys = FieldsOf(exchange);
            // Some name the whole path of the field, some the property alone.
            trial.Expect(
                keys.Any(key => key == property || key == $"metadata.{property}"), $"the key {property} among the fields of the refusal",
                keys.IsEmpty ? "no fields" : string.Join(", ", keys));
        }
    }

    private static async Task RefusesEveryProperty(Trial trial, Func<Trial, OfferedProduct, JsonObject, Task<Exchange>> send)
    {
        foreach (var (product, property) in Properties(trial))
        {
            trial.ExpectTurnedDown(await send(trial, product, Wrong(product, property)));
        }
    }

    /// <summary>By the schema of the console: one value that a field does not take after the other.</summary>
    private static async Task HoldsTheForm(Trial trial)
    {
        var tried = 0;
        foreach (var product in trial.Offer.Products)
        {
            var installationId = await trial.NewInstallation();
            foreach (var field in product.Console.Metadata.Fields)
            {
                foreach (var candidate in Candidates)
                {
                    var metadata = product.Metadata;
                    metadata[field.Key] = candidate();
                    if (product.Console.Metadata.Faults(metadata).IsEmpty)
                    {
                        continue;
                    }

                    tried++;
                    var exchange = await Provisions(trial, product, metadata, installationId);
                    trial.Expect(
                        exchange.Status is >= 400 and < 500, $"{product.Id} is refused with {field.Key} = {Shown(metadata[field.Key]!)}", Trial.Told(exchange));
                }
            }
        }

        RequireSome(trial, tried, "refuses anything");
    }

    private static async Task HoldsTheFormComplete(Trial trial)
    {
        var tried = 0;
        foreach (var product in trial.Offer.Products)
        {
            var installationId = await trial.NewInstallation();
            foreach (var field in product.Console.Metadata.Fields.Where(field => field.MustBeFilledIn(MetadataForm.Create)))
            {
                tried++;
                var metadata = product.Metadata;
                metadata.Remove(field.Key);
                var exchange = await Provisions(trial, product, metadata, installationId);
                trial.Expect(exchange.Status is >= 400 and < 500, $"{product.Id} is refused without {field.Key}", Trial.Told(exchange));
            }
        }

        RequireSome(trial, tried, "has to be filled in");
    }

    private static void RequireSome(Trial trial, int tried, string form)
    {
        if (tried == 0)
        {
            throw trial.NotObserved($"No product of the settings has a form that {form}: give its metadataSchema, if it has one.");
        }
    }

    private static string Shown(JsonNode value) => value.ToJsonString() is { Length: > 60 } text ? $"{text[..60]}…" : value.ToJsonString();

    private static async Task<Exchange> Provisions(Trial trial, OfferedProduct product, JsonObject metadata) =>
        await Provisions(trial, product, metadata, await trial.NewInstallation());

    /// <summary>A form may have many fields, so that each value has the time of a whole case.</summary>
    /// <param name="installationId">One will do for as long as everything is refused: whatever is taken ends the case.</param>
    private static async Task<Exchange> Provisions(Trial trial, OfferedProduct product, JsonObject metadata, string installationId)
    {
        trial.BeginAnew();
        var body = trial.ProvisionBody(product, product.Plan);
        body["metadata"] = metadata;
        return await trial.Send(PartnerCalls.ProvisionResource(installationId, body, trial.AdminToken(installationId)));
    }

    private static async Task<Exchange> Updates(Trial trial, OfferedProduct product, JsonObject metadata)
    {
        trial.BeginAnew();
        var tenant = await trial.NewTenant(product, product.Plan);
        return await trial.Send(PartnerCalls.UpdateResource(
            tenant.InstallationId, tenant.ResourceId, new JsonObject { ["metadata"] = metadata }, trial.AdminToken(tenant.InstallationId)));
    }

    private static IEnumerable<(OfferedProduct Product, string Property)> Properties(Trial trial)
    {
        var all = trial.Offer.Products.SelectMany(product => product.Metadata.Select(property => (product, property.Key))).ToList();
        return all.Count > 0 ? all : throw trial.NotObserved("No product of the settings has metadata: give its metadataSchema or sampleMetadata.");
    }

    private static JsonObject Wrong(OfferedProduct product, string property)
    {
        var metadata = product.Metadata.DeepClone().AsObject();
        metadata[property] = new JsonObject { ["conformance"] = true };
        return metadata;
    }

    private static ImmutableList<string> FieldsOf(Exchange exchange) =>
        exchange.Json is { } json && json.GetProperty("error").TryGetProperty("fields", out var fields)
            ? [.. fields.EnumerateArray().Select(field => field.GetProperty("key").GetString()!)]
            : [];
}
