namespace Marketplace.Core;

/// <summary>The id of one thing that is asked for; the same in every repetition.</summary>
public readonly record struct OperationId(string Value)
{
    public override string ToString() => Value;
}
