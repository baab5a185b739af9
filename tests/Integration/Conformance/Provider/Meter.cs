using System.Globalization;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>What was on which plan from when until when, and what was written: all that a bill is made of.</summary>
internal sealed class Meter
{
    private readonly List<Stretch> stretches = [];
    private readonly List<(string ResourceId, DateTimeOffset At)> writes = [];

    /// <param name="resourceId">None for the plan of a whole installation.</param>
    public void Begin(string? resourceId, Plan plan, JsonObject metadata, DateTimeOffset now)
    {
        var (price, size) = (plan.PriceOf(metadata), Shop.IsLarge(metadata) ? "large" : "small");
        if (stretches.Find(open => open.ResourceId == resourceId && open.Until is null) is { } same && (same.Plan, same.Size) == (plan, size))
        {
            return;
        }

        End(resourceId, now);
        stretches.Add(new Stretch(resourceId, plan, price, size, now, Until: null));
    }

    public void End(string? resourceId, DateTimeOffset now)
    {
        var open = stretches.FindIndex(stretch => stretch.ResourceId == resourceId && stretch.Until is null);
        if (open >= 0)
        {
            stretches[open] = stretches[open] with { Until = now };
        }
    }

    public void EndAll(DateTimeOffset now) =>
        stretches.Select(stretch => stretch.ResourceId).Distinct().ToList().ForEach(resourceId => End(resourceId, now));

    public void CountWrite(string resourceId, DateTimeOffset now) => writes.Add((resourceId, now));

    public bool HasAnything(DateTimeOffset from, DateTimeOffset until) => stretches.Exists(stretch => stretch.Hours(from, until) > 0);

    /// <summary>The lines of an invoice, or of what it would be so far. Source: contract §D.7.</summary>
    public JsonArray Lines(DateTimeOffset from, DateTimeOffset until, bool withPrepaid = false) =>
    [
        .. stretches
            .Where(stretch => stretch.Price > 0 && (withPrepaid || !stretch.Plan.IsPrepaid))
            .GroupBy(stretch => (stretch.ResourceId, stretch.Plan, stretch.Price, stretch.Size))
            .Select(line => (line.Key, Hours: Math.Round(line.Sum(stretch => stretch.Hours(from, until)), 2)))
            .Where(line => line.Hours > 0)
            .Select(line => Line(line.Key.ResourceId, line.Key.Plan, line.Key.Price, line.Key.Size, line.Hours)),
    ];

    /// <summary>Running totals of the day and of the period. Source: contract §D.7.</summary>
    public JsonArray Usage(DateTimeOffset periodStart, DateTimeOffset dayStart, DateTimeOffset until) =>
    [
        .. stretches
            .Where(stretch => stretch.Hours(periodStart, until) > 0)
            .Select(stretch => stretch.ResourceId)
            .Distinct()
            .SelectMany(resourceId => new[]
            {
                Reading("Hours", resourceId, Hours(resourceId, dayStart, until), Hours(resourceId, periodStart, until)),
                Reading("Writes", resourceId, Writes(resourceId, dayStart, until), Writes(resourceId, periodStart, until)),
            }),
    ];

    private decimal Hours(string? resourceId, DateTimeOffset from, DateTimeOffset until) =>
        Math.Round(stretches.FindAll(stretch => stretch.ResourceId == resourceId).Sum(stretch => stretch.Hours(from, until)), 2);

    private decimal Writes(string? resourceId, DateTimeOffset from, DateTimeOffset until) =>
        writes.Count(write => write.ResourceId == resourceId && write.At >= from && write.At < until);

    private static JsonObject Line(string? resourceId, Plan plan, decimal price, string size, decimal hours) => Of(resourceId, new JsonObject
    {
        ["billingPlanId"] = plan.Id,
        ["name"] = plan.IsForAll ? plan.Name : $"{plan.Name}, {size}",
        ["price"] = price.ToString(CultureInfo.InvariantCulture),
        ["quantity"] = hours,
        ["units"] = "hours",
        ["total"] = Math.Round(price * hours, 2).ToString("0.00", CultureInfo.InvariantCulture),
    });

    private static JsonObject Reading(string name, string? resourceId, decimal ofDay, decimal ofPeriod) => Of(resourceId, new JsonObject
    {
        ["name"] = name,
        ["type"] = "interval",
        ["units"] = name.ToLowerInvariant(),
        ["dayValue"] = ofDay,
        ["periodValue"] = ofPeriod,
    });

    /// <summary>What names no resource is about the whole installation.</summary>
    private static JsonObject Of(string? resourceId, JsonObject json)
    {
        if (resourceId is not null)
        {
            json["resourceId"] = resourceId;
        }

        return json;
    }

    private sealed record Stretch(string? ResourceId, Plan Plan, decimal Price, string Size, DateTimeOffset From, DateTimeOffset? Until)
    {
        /// <summary>As much of it as lies between.</summary>
        public decimal Hours(DateTimeOffset from, DateTimeOffset until)
        {
            var start = From > from ? From : from;
            var end = Until is { } over && over < until ? over : until;
            return end > start ? (decimal)(end - start).TotalHours : 0;
        }
    }
}
