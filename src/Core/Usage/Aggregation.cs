using System.Diagnostics;

namespace Marketplace.Core.Usage;

/// <summary>How the values of one span, such as an hour, become one.</summary>
public abstract record Aggregation
{
    private Aggregation() { }

    /// <summary>The last level known at the span's end.</summary>
    public sealed record Last : Aggregation;

    /// <summary>The level weighted by the time for which it stood.</summary>
    public sealed record Average : Aggregation;

    /// <summary>All amounts together.</summary>
    public sealed record Sum : Aggregation;

    /// <summary>The highest value.</summary>
    public sealed record Max : Aggregation;

    /// <summary>The value that so many of a hundred do not exceed.</summary>
    /// <param name="Rank">Above zero, at most 100.</param>
    public sealed record Percentile(decimal Rank) : Aggregation
    {
        /// <summary>
        /// By the nearest rank, so that it is one of the values: of <c>n</c> in order, the one at <c>Rank / 100 × n</c>, rounded up. Nought
        /// when there are none.
        /// </summary>
        internal decimal Of(LanguageExt.Seq<decimal> values) =>
            values.IsEmpty ? 0m : values.Order().ElementAt((int)decimal.Ceiling(Rank / 100m * values.Count) - 1);
    }

    /// <summary>What a kind stands for by itself.</summary>
    public static Aggregation Of(MetricKind kind) =>
        kind switch
        {
            MetricKind.Total => new Last(),
            MetricKind.Interval => new Sum(),
            MetricKind.Rate => new Max(),
            _ => throw new UnreachableException(kind.ToString()),
        };

    /// <summary>Whether it makes sense of a kind: only amounts add up, and they do nothing else.</summary>
    public bool Suits(MetricKind kind) =>
        this switch
        {
            Sum => kind == MetricKind.Interval,
            Last => kind == MetricKind.Total,
            Average or Max or Percentile => kind != MetricKind.Interval,
            _ => throw new UnreachableException(GetType().Name),
        };
}
