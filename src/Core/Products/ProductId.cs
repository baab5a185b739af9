namespace Marketplace.Core.Products;

/// <summary>The provider's id, or slug, of one product of the catalogue. Source: contract §B.2, <c>productId</c>.</summary>
public readonly record struct ProductId(string Value)
{
    public override string ToString() => Value;
}
