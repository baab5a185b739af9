using LanguageExt;

namespace Marketplace.Core.Resources;

/// <summary>One value of a resource's metadata: string, number, boolean, or an array of strings or numbers. Source: contract §C.2.</summary>
public abstract record MetadataValue
{
    private MetadataValue() { }

    public sealed record Text(string Value) : MetadataValue;

    public sealed record Number(decimal Value) : MetadataValue;

    public sealed record Flag(bool Value) : MetadataValue;

    public sealed record Texts(Seq<string> Values) : MetadataValue;

    public sealed record Numbers(Seq<decimal> Values) : MetadataValue;
}
