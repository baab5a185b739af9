using Marketplace.Core.Resources;
using Marketplace.Core.Usage;

namespace Marketplace.Core.UsageEvents;

/// <summary>What the provider's own backend says was used: an amount of an interval metric, or a reading of a level or a rate.</summary>
/// <param name="Quantity">In the metric's units; within <see cref="QuantityLimits"/>.</param>
/// <param name="UsedAt">At offset zero, in whole microseconds.</param>
public readonly record struct UsageEvent(ResourceId Resource, MetricId Metric, decimal Quantity, DateTimeOffset UsedAt);

/// <summary>What an event may say, so that no sum of any number of them is ever cut.</summary>
public static class QuantityLimits
{
    /// <summary>Exclusive: a million millions.</summary>
    public const decimal Below = 1_000_000_000_000m;

    public const int DecimalsMax = 9;

    /// <summary>Not negative, not too large, not too fine.</summary>
    public static bool Allow(decimal quantity) =>
        quantity is >= 0m and < Below && (quantity.Scale <= DecimalsMax || decimal.Round(quantity, DecimalsMax) == quantity);
}
