using System.Diagnostics;
using System.Globalization;
using Marketplace.Core.UsageEvents;

namespace Marketplace.Shell.UsageEvents;

/// <summary>The field, the stable code and the sentence of each way in which an event is refused.</summary>
internal static class UsageEventProblem
{
    public static RefusedEvent From(ReportedEvent reported, UsageEventRejection rejection)
    {
        var (field, code, message) = rejection switch
        {
            UsageEventRejection.ResourceUnknown unknown => (
                "resource", "resource_unknown",
                reported.Installation is { } named
                    ? $"{named} has no resource {unknown.Resource}, and never had."
                    : $"There is no resource {unknown.Resource}, and never was."),
            UsageEventRejection.MetricUnknown unknown => (
                "metric", "metric_unknown", $"The product {unknown.Product} has no metric {unknown.Metric}."),
            UsageEventRejection.TooFarAhead ahead => ("time", "too_far_ahead", $"It is not yet {Text(ahead.Latest)}."),
            UsageEventRejection.TooOld old => ("time", "too_old", $"What was used before {Text(old.Oldest)} is not taken any more."),
            UsageEventRejection.NobodyHadIt nobody => (
                "time", "not_in_use", reported.Installation is { } named
                    ? $"{named} did not have {nobody.Resource} at that time."
                    : $"Nobody had {nobody.Resource} at that time."),
            UsageEventRejection.PeriodClosed closed => (
                "time", "period_closed",
                closed.Until == DateTimeOffset.MaxValue
                    ? "The last invoice of the installation is made."
                    : $"What was used before {Text(closed.Until)} is invoiced already."),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };
        return new RefusedEvent(reported.Index, reported.Id, field, code, message);
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
