using Marketplace.Core.UsageEvents;

namespace Marketplace.Shell.UsageEvents;

/// <summary>Events of one kind as PostgreSQL takes them: one array for each column.</summary>
/// <param name="areReadings">Of levels or rates; else they are amounts.</param>
internal sealed class EventColumns(bool areReadings, int capacity)
{
    public bool AreReadings => areReadings;

    public List<string> Installations { get; } = new(capacity);

    public List<string> Resources { get; } = new(capacity);

    public List<string> Metrics { get; } = new(capacity);

    public List<DateTimeOffset> UsedAt { get; } = new(capacity);

    public List<decimal> Quantities { get; } = new(capacity);

    public List<string> Sources { get; } = new(capacity);

    public List<string> Ids { get; } = new(capacity);

    public List<DateTimeOffset> LateIn { get; } = new(capacity);

    public List<DateTimeOffset> SumBegins { get; } = new(capacity);

    /// <summary>Of each installation, as it was when its events were judged.</summary>
    public Dictionary<string, DateTimeOffset> ClosedUntil { get; } = new(StringComparer.Ordinal);

    public int Count => Ids.Count;

    public void Add(MeteredHome home, UsageEvent usage, string source, string id)
    {
        Installations.Add(home.Installation.Value);
        Resources.Add(usage.Resource.Value);
        Metrics.Add(usage.Metric.Value);
        UsedAt.Add(usage.UsedAt);
        Quantities.Add(usage.Quantity);
        Sources.Add(source);
        Ids.Add(id);
        LateIn.Add(home.LateIn(home.Kind(usage.Metric), usage.UsedAt));
        SumBegins.Add(home.SumBegins(usage.UsedAt));
        ClosedUntil[home.Installation.Value] = home.ClosedUntil;
    }
}
