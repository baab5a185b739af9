using Marketplace.Core.Resources;

namespace Marketplace.Core.Usage;

/// <summary>What was read for one metric of one resource at one moment: an immutable fact, from which all usage is derived.</summary>
/// <param name="Value">In the metric's units, not negative: the level, the counter's reading, or the rate.</param>
public sealed record Measurement(ResourceId Resource, MetricId Metric, DateTimeOffset MeasuredAt, decimal Value);
