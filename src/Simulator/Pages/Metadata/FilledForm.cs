using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Metadata;

/// <summary>A product's form as somebody filled it in: the metadata that it makes, and what is wrong with it, by the property's key.</summary>
internal sealed record FilledForm(JsonObject Metadata, ImmutableDictionary<string, string> Errors)
{
    /// <summary>Fields of the metadata are told apart from those that every form has.</summary>
    private const string Prefix = "metadata.";

    public static string NameOf(MetadataField field) => Prefix + field.Key;

    /// <summary>Where nothing has been filled in yet.</summary>
    public static FilledForm Begin(MetadataSchema schema, MetadataForm form, JsonObject? current) =>
        new(current ?? Fixed(schema, form), ImmutableDictionary<string, string>.Empty);

    /// <summary>Reads what was sent. A field that the form hides or locks keeps the value that it has.</summary>
    /// <param name="current">What the resource has already; none for a new one.</param>
    public static FilledForm Read(MetadataSchema schema, MetadataForm form, Visit visit, JsonObject? current)
    {
        var metadata = current?.DeepClone().AsObject() ?? Fixed(schema, form);
        var errors = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var field in schema.Fields.Where(field => !field.IsHiddenOn(form) && !field.IsLockedOn(form)))
        {
            metadata.Remove(field.Key);
            try
            {
                if (Value(field.Control, visit.Values(NameOf(field))) is { } value)
                {
                    metadata[field.Key] = value;
                }
            }
            catch (FormatException)
            {
                errors[field.Key] = "Must be a number.";
            }
        }

        foreach (var fault in schema.Faults(metadata, form))
        {
            var key = schema.Fields.Where(field => IsOf(field, fault.Path)).Select(field => field.Key).FirstOrDefault() ?? fault.Path;
            errors.TryAdd(key, Sentence(fault.Reason));
        }

        return new(metadata, errors.ToImmutable());
    }

    public FilledForm With(ImmutableDictionary<string, string> errors) => this with { Errors = Errors.SetItems(errors) };

    /// <summary>What is wrong with something that the form does not show.</summary>
    public IEnumerable<string> ErrorsElsewhere(MetadataSchema schema, MetadataForm form) =>
        from error in Errors
        where !schema.Fields.Any(field => field.Key == error.Key && !field.IsHiddenOn(form))
        select $"{error.Key}: {error.Value}";

    /// <summary>What a new resource has before anybody fills in anything: defaults, and the region where the form hides it. Source: contract §C.5.</summary>
    private static JsonObject Fixed(MetadataSchema schema, MetadataForm form)
    {
        var metadata = schema.Defaults();
        foreach (var field in schema.Fields.Where(field => field.IsHiddenOn(form) && !metadata.ContainsKey(field.Key)))
        {
            var region = field.Control switch
            {
                MetadataControl.VercelRegion one => (JsonNode?)FirstOf(one.Regions),
                MetadataControl.MultiVercelRegion some => new JsonArray(FirstOf(some.Regions)),
                _ => null,
            };
            if (region is not null)
            {
                metadata[field.Key] = region;
            }
        }

        return metadata;
    }

    private static JsonValue FirstOf(ImmutableArray<string> regions) => JsonValue.Create(regions.IsEmpty ? "iad1" : regions[0]);

    private static JsonNode? Value(MetadataControl control, ImmutableList<string> values) => control switch
    {
        MetadataControl.Toggle => values.Contains("true", StringComparer.Ordinal),
        MetadataControl.NumberInput => values.IsEmpty ? null : Number(values[0]),
        MetadataControl.Slider => values.IsEmpty ? null : new JsonArray([.. values.Select(Number)]),
        MetadataControl.MultiSelect or MetadataControl.MultiVercelRegion =>
            values.IsEmpty ? null : new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
        _ => values.IsEmpty ? null : values[0],
    };

    private static JsonNode Number(string text) => JsonValue.Create(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static bool IsOf(MetadataField field, string path) =>
        path == field.Key || path.StartsWith($"{field.Key}[", StringComparison.Ordinal);

    private static string Sentence(string reason) => $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.";
}
