using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;

namespace Marketplace.Core.UsageEvents;

/// <summary>Why an event is not counted. What is refused once is refused again, but for one that came too early.</summary>
public abstract record UsageEventRejection
{
    private UsageEventRejection() { }

    /// <summary>No installation has or had it, or not the one that was named.</summary>
    public sealed record ResourceUnknown(ResourceId Resource) : UsageEventRejection;

    public sealed record MetricUnknown(MetricId Metric, ProductId Product) : UsageEventRejection;

    /// <summary>It lies further ahead than clocks differ.</summary>
    public sealed record TooFarAhead(DateTimeOffset Latest) : UsageEventRejection;

    /// <summary>Nobody remembers any more whether it was counted before.</summary>
    public sealed record TooOld(DateTimeOffset Oldest) : UsageEventRejection;

    /// <summary>The resource was with nobody at that moment: it was not made yet, or was gone.</summary>
    public sealed record NobodyHadIt(ResourceId Resource) : UsageEventRejection;

    /// <summary>Its period is invoiced, and what comes after that is not billed any more.</summary>
    public sealed record PeriodClosed(DateTimeOffset Until) : UsageEventRejection;
}
