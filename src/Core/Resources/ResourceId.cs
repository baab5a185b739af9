namespace Marketplace.Core.Resources;

/// <summary>Our name for one resource; opaque, unique across installations. Source: contract §C.2, <c>id</c>.</summary>
public readonly record struct ResourceId(string Value)
{
    public override string ToString() => Value;
}
