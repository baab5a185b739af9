using LanguageExt;

namespace Marketplace.Core.Products;

/// <summary>What a customer fills in for a resource of a product. Source: contract §C.5.</summary>
public sealed record MetadataSchema(Seq<MetadataField> Fields);

public sealed record MetadataField(string Key, bool Required);
