using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>What a customer fills in for a resource of a product: a form, and what may be in it. Source: contract §C.5.</summary>
/// <param name="Fields">In the order of the file, which is that of the form.</param>
internal sealed record MetadataSchema(ImmutableArray<MetadataField> Fields)
{
    /// <summary>For a product that asks nothing.</summary>
    public static readonly MetadataSchema Nothing = new(ImmutableArray<MetadataField>.Empty);

    /// <summary>What the form begins with.</summary>
    public JsonObject Defaults() => Collect(field => field.Control.DefaultValue);

    /// <summary>
    /// Metadata that a customer could send who fills in what he must: defaults, first options, bounds. A region that the form hides is
    /// filled in by Vercel; anything else that it hides has its default, or is left out.
    /// </summary>
    public JsonObject Example() => Collect(MetadataExample.Of);

    /// <summary>Everything that keeps metadata from being what the form sends. A key that no field has may be there.</summary>
    public ImmutableList<SchemaFault> Faults(JsonObject metadata, MetadataForm form = MetadataForm.Create) =>
        [.. Fields.SelectMany(field => metadata[field.Key] is { } value ? Faults(field, value) : Absence(field, form))];

    private static IEnumerable<SchemaFault> Absence(MetadataField field, MetadataForm form) =>
        field.MustBeFilledIn(form) ? [new(field.Key, "is required")] : [];

    /// <summary>A value that is wrong in several ways is wrong once.</summary>
    private static IEnumerable<SchemaFault> Faults(MetadataField field, JsonNode value)
    {
        var element = JsonSerializer.SerializeToElement(value);
        return field.Control.Shapes
            .Select(shape => SchemaCheck.Faults(shape, element))
            .FirstOrDefault(faults => !faults.IsEmpty, [])
            .Select(fault => fault with { Path = field.Key + fault.Path });
    }

    private JsonObject Collect(Func<MetadataField, JsonNode?> valueOf)
    {
        var metadata = new JsonObject();
        foreach (var field in Fields)
        {
            if (valueOf(field) is { } value)
            {
                metadata[field.Key] = value;
            }
        }

        return metadata;
    }
}

/// <summary>One property of a product's metadata.</summary>
/// <param name="Label">What the form calls it; its key where nothing is said.</param>
/// <param name="Description">What the customer reads below it.</param>
/// <param name="Placeholder">What an empty field shows.</param>
internal sealed record MetadataField(
    string Key, string Label, string? Description, string? Placeholder, bool IsRequired, MetadataControl Control)
{
    public FormRule Hidden { get; init; } = FormRule.None;

    public FormRule ReadOnly { get; init; } = FormRule.None;

    public FormRule Disabled { get; init; } = FormRule.None;

    /// <summary>Whether the form certainly has no such field.</summary>
    public bool IsHiddenOn(MetadataForm form) => Hidden.HoldsOn(form);

    /// <summary>Whether the form shows the field, and nobody can change it there.</summary>
    public bool IsLockedOn(MetadataForm form) => ReadOnly.HoldsOn(form) || Disabled.HoldsOn(form);

    /// <summary>Only what can be filled in for certain, and has no default, can be asked of a customer.</summary>
    public bool MustBeFilledIn(MetadataForm form) =>
        IsRequired && Control.DefaultValue is null
        && !Hidden.MayHoldOn(form) && !ReadOnly.MayHoldOn(form) && !Disabled.MayHoldOn(form);
}
