using LanguageExt;

namespace Marketplace.Core.Usage;

/// <summary>The provider's name of one thing that is measured, such as <c>storage</c>.</summary>
public readonly record struct MetricId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>How the values of a metric belong together. Source: contract §D.7, <c>usage[].type</c>.</summary>
public enum MetricKind
{
    /// <summary>An absolute level, such as the size of a database: the last value stands for its hour.</summary>
    Total,

    /// <summary>An amount consumed: measured by a counter that only grows, until it is reset.</summary>
    Interval,

    /// <summary>A rate: the highest value stands for its span; sums make no sense.</summary>
    Rate,
}

/// <summary>One metric of a product.</summary>
/// <param name="Units">Of its values, as the customer reads them: <c>MB</c>.</param>
public sealed record Metric(MetricId Id, string Name, MetricKind Kind, string Units)
{
    /// <summary>What the catalogue says of its aggregation, where it says something.</summary>
    public Option<Aggregation> ChosenAggregation { get; init; }

    /// <summary>How the values of a span become one.</summary>
    public Aggregation Aggregation => ChosenAggregation.IfNone(() => Aggregation.Of(Kind));
}
