using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;
using static Marketplace.Core.Products.CatalogueRules;

namespace Marketplace.Core.Products;

/// <summary>What a product's metadata schema must keep, so that a form made of it can be filled in. Source: contract §C.5.</summary>
internal static class MetadataSchemaRules
{
    internal static IEnumerable<CatalogueError> Check(MetadataSchema schema, string path) =>
    [
        .. Repeated(schema.Fields, $"{path}.properties", "key", field => field.Key),
        .. schema.Fields.SelectMany(field => FieldErrors(field, $"{path}.properties.{field.Key}")),
    ];

    private static IEnumerable<CatalogueError> FieldErrors(MetadataField field, string path) =>
    [
        .. Blank(field.Key, path),
        .. ControlErrors(field.Control, path),
        .. field.Control.DefaultValue.Match(value => DefaultErrors(field, value, path), () => UnfillableErrors(field, path)),
    ];

    private static IEnumerable<CatalogueError> DefaultErrors(MetadataField field, MetadataValue value, string path) =>
        MetadataFit.Complaint(field, value).Match<IEnumerable<CatalogueError>>(
            complaint => [new($"{path}.default", $"does not fit: {complaint}")], () => []);

    /// <summary>What the customer cannot fill in has to come from the default; a region comes from Vercel.</summary>
    private static IEnumerable<CatalogueError> UnfillableErrors(MetadataField field, string path) =>
        When(field.Required
                && (field.Hidden is FieldRule.Always or FieldRule.OnCreate || field.ReadOnly is FieldRule.Always or FieldRule.OnCreate)
                && field.Control is not (MetadataControl.VercelRegion or MetadataControl.MultiVercelRegion),
             $"{path}.default", "is missing: a required property that nobody can fill in on create needs a default");

    private static IEnumerable<CatalogueError> ControlErrors(MetadataControl control, string path) => control switch
    {
        MetadataControl.TextInput c => TextErrors(c.Limits, path),
        MetadataControl.NumberInput c => NumberErrors(c.Limits, path),
        MetadataControl.Slider c => NumberErrors(c.Limits, $"{path}.items"),
        MetadataControl.Select c => OptionErrors(c.Options, $"{path}.ui:options"),
        MetadataControl.RadioButton c => OptionErrors(c.Options, $"{path}.ui:options"),
        MetadataControl.MultiSelect c => OptionErrors(c.Options, $"{path}.ui:options"),
        MetadataControl.VercelRegion c => RegionErrors(c.Regions, $"{path}.enum"),
        MetadataControl.MultiVercelRegion c => RegionErrors(c.Regions, $"{path}.items.enum"),
        MetadataControl.Toggle or MetadataControl.Domain or MetadataControl.GitNamespace => [],
        _ => throw new UnreachableException(control.GetType().Name),
    };

    internal static IEnumerable<CatalogueError> TextErrors(TextLimits limits, string path) =>
    [
        .. When(limits.LengthMin.Exists(min => min < 1), $"{path}.minLength", "must be at least 1"),
        .. When(limits.LengthMax.Exists(max => max < 1), $"{path}.maxLength", "must be at least 1"),
        .. When(limits.LengthMax.Exists(max => limits.LengthMin.Exists(min => max < min)), $"{path}.maxLength", "must not be less than minLength"),
    ];

    private static IEnumerable<CatalogueError> NumberErrors(NumberLimits limits, string path)
    {
        var lowest = limits.Min.Match(min => min, () => limits.ExclusiveMin.IfNone(decimal.MinValue));
        var highest = limits.Max.Match(max => max, () => limits.ExclusiveMax.IfNone(decimal.MaxValue));
        return When(highest < lowest, path, "has a maximum below its minimum");
    }

    private static IEnumerable<CatalogueError> OptionErrors(Seq<string> options, string path) =>
    [
        .. When(options.IsEmpty, path, "must have at least one option"),
        .. Repeated(options, path, "value", option => option),
    ];

    private static IEnumerable<CatalogueError> RegionErrors(Seq<string> regions, string path) =>
    [
        .. Each(regions, path, (region, at) => When(!MetadataFit.IsRegion(region), at, $"{region} is not a region of Vercel, such as iad1")),
        .. When(regions.Distinct().Count != regions.Count, path, "has a region twice"),
    ];
}
