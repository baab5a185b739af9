using Marketplace.Core.Resources;

namespace Marketplace.Core.Usage;

/// <summary>What was used of an <see cref="MetricKind.Interval"/> metric at a moment, or in an hour of which only the sum is asked for.</summary>
/// <param name="UsedAt">The moment, or the beginning of the hour: it belongs to every half-open range that contains it.</param>
/// <param name="Quantity">In the metric's units, not negative.</param>
public sealed record UsageAmount(ResourceId Resource, MetricId Metric, DateTimeOffset UsedAt, decimal Quantity);

/// <summary>Everything that is known of what was used, of any number of resources.</summary>
/// <param name="Readings">One by one, in any order and any number of times.</param>
/// <param name="Hours">
/// Hours whose readings are not among <paramref name="Readings"/>, in any order and any number of times. Nothing that is asked for begins or
/// ends within one.
/// </param>
/// <param name="Amounts">Each once: two that look the same are two.</param>
public sealed record MeteredUsage(
    LanguageExt.Seq<Measurement> Readings, LanguageExt.Seq<MeterHour> Hours, LanguageExt.Seq<UsageAmount> Amounts)
{
    public static MeteredUsage Of(LanguageExt.Seq<Measurement> readings) =>
        new(readings, LanguageExt.Seq<MeterHour>.Empty, LanguageExt.Seq<UsageAmount>.Empty);

    /// <summary>What belongs to one resource.</summary>
    public MeteredUsage By(ResourceId resource) => new(
        Readings.Filter(reading => reading.Resource == resource).Strict(),
        Hours.Filter(hour => hour.Resource == resource).Strict(),
        Amounts.Filter(amount => amount.Resource == resource).Strict());

    /// <summary>What a half-open range holds of a metric's amounts, as far as they are known at a moment.</summary>
    internal decimal Amount(MetricId metric, Time.TimeRange range, DateTimeOffset asOf) =>
        Amounts.Filter(amount => amount.Metric == metric && range.Contains(amount.UsedAt) && amount.UsedAt < asOf).Sum(amount => amount.Quantity);

    internal bool KnowsAmounts(MetricId metric, DateTimeOffset asOf) =>
        Amounts.Exists(amount => amount.Metric == metric && amount.UsedAt < asOf);
}
