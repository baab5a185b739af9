using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.UsageEvents;

/// <summary>One installation that has or had a resource, and when. A resource that was handed over has several.</summary>
/// <param name="Plans">The spans in which it had a plan there, which is when it was there.</param>
/// <param name="ClosedUntil">
/// Up to when usage is invoiced: the beginning of time when nothing is yet, its end when nothing is billed any more.
/// </param>
public sealed record MeteredHome(
    InstallationId Installation, ResourceId Resource, Product Product, Seq<Lifetime> Plans, DateTimeOffset ClosedUntil)
{
    /// <summary>
    /// The beginning of the period that is billed with what was used at the moment: the first that is still open, where its own is closed,
    /// and the beginning of time for what is in time. A reading at the very end of a period tells of it.
    /// </summary>
    public DateTimeOffset LateIn(MetricKind kind, DateTimeOffset usedAt) =>
        usedAt < ClosedUntil || (usedAt == ClosedUntil && kind != MetricKind.Interval) ? ClosedUntil : DateTimeOffset.MinValue;

    /// <summary>The sum that the amount of a moment goes into: of its hour, or of what is left of it since the plan of that moment began.</summary>
    public DateTimeOffset SumBegins(DateTimeOffset usedAt)
    {
        var hour = HourSlot.Of(usedAt).Start;
        foreach (var span in Plans)
        {
            if (span.Start > hour && span.Contains(usedAt))
            {
                return span.Start;
            }
        }

        return hour;
    }

    /// <summary>Of a metric of its product.</summary>
    public MetricKind Kind(MetricId metric) =>
        (Metric(metric) ?? throw new UnreachableException($"{Product.Id} has no {metric}")).Kind;

    internal bool Has(DateTimeOffset moment)
    {
        // No closure: this is asked for every event.
        foreach (var span in Plans)
        {
            if (span.Contains(moment))
            {
                return true;
            }
        }

        return false;
    }

    internal Metric? Metric(MetricId id)
    {
        foreach (var metric in Product.Metrics)
        {
            if (metric.Id == id)
            {
                return metric;
            }
        }

        return null;
    }
}
