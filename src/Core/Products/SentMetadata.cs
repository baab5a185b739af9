using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Products;

/// <summary>The values of a form as somebody sent them, before they are held against it. Source: contract §C.2.</summary>
/// <param name="Unreadable">
/// The properties whose values are of no kind that metadata has, such as null or an object, each with what is wanted: they are as wrong
/// as one that does not fit, and named with those.
/// </param>
public sealed record SentMetadata(Map<string, MetadataValue> Values, Seq<FieldError> Unreadable)
{
    /// <summary>An empty form.</summary>
    public static readonly SentMetadata Nothing = Of(Map<string, MetadataValue>.Empty);

    public static SentMetadata Of(Map<string, MetadataValue> values) => new(values, Seq<FieldError>.Empty);
}
