using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Invoices;

/// <summary>
/// What a submitted invoice must satisfy: the limits of contract D.8, and that its dates and amounts make sense. Each violation
/// is a sentence in <c>validationErrors</c>; an invoice with one is not taken.
/// </summary>
internal static class InvoiceRules
{
    /// <summary>
    /// A provider that sends interim data at least daily may invoice. Hours that are missing within a day are a finding:
    /// after an outage no provider could otherwise invoice at all.
    /// </summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromHours(24);

    public static List<string> Violations(Invoice invoice, Installation installation, DateTimeOffset now)
    {
        var known = invoice.Items.FindAll(item => item.ResourceId is null || installation.Resources.ContainsKey(item.ResourceId));
        return
        [
            .. Dates(invoice, now),
            .. Amounts(invoice),
            .. Duplicates(invoice),
            .. invoice.Items.Except(known).Select(item => $"{item.Name}: the resource {item.ResourceId} is not known"),
            .. known.FindAll(item => item.ResourceId is { } id && installation.Resources[id].IsLinked)
                .Select(item => $"{item.Name}: the resource {item.ResourceId} is linked, and not billed through Vercel"),
            .. Discounts(invoice),
            .. known.GroupBy(item => (item.ResourceId, item.BillingPlanId))
                .SelectMany(line => Limits(line.Key.ResourceId, line.Key.BillingPlanId, invoice, installation, now)),
        ];
    }

    /// <summary>Hours without interim data, which limit 4 forbids.</summary>
    public static IEnumerable<Finding> Findings(Invoice invoice, Installation installation, DateTimeOffset now)
    {
        var subject = $"Submit Invoice {invoice.ExternalId ?? invoice.Id}";
        foreach (var span in SpansBilled(invoice, installation).Distinct())
        {
            var (from, until) = Within(span, invoice.Period, now);
            var missing = WholeHours(from, until).Where(hour => !HasData(installation, hour)).ToList();
            if (missing.Count > 0)
            {
                yield return new Finding(
                    now, subject, $"no interim data for {missing.Count} hours on {span.PlanId}, the first at {Wire.Text(missing[0])}");
            }
        }
    }

    private static IEnumerable<string> Dates(Invoice invoice, DateTimeOffset now)
    {
        if (invoice.Period.End <= invoice.Period.Start)
        {
            yield return "period: end must be after start";
        }

        if (invoice.Period.Start > now)
        {
            yield return "period: has not begun";
        }

        if (invoice.InvoiceDate < invoice.Period.Start || invoice.InvoiceDate > invoice.Period.End)
        {
            yield return "invoiceDate: must be within the period";
        }

        // A line may tell of other time than the period's: a base that is billed in advance, a correction of what was billed before.
        foreach (var item in invoice.Items.Where(item => (item.End ?? invoice.Period.End) <= (item.Start ?? invoice.Period.Start)
            && (item.Start is null) == (item.End is null)))
        {
            yield return $"{item.Name}: end must be after start";
        }
    }

    private static IEnumerable<string> Amounts(Invoice invoice)
    {
        if (invoice.Items.IsEmpty)
        {
            yield return "items: must not be empty";
        }

        foreach (var item in invoice.Items.Where(item => !AmountRules.Fits(item)))
        {
            yield return $"{item.Name}: the total {item.Total} is not {item.Price} times {item.Quantity}";
        }

        if (invoice.Total < 0)
        {
            yield return "discounts: are more than the items";
        }
    }

    private static IEnumerable<string> Duplicates(Invoice invoice) =>
        invoice.Items
            .GroupBy(item => (item.ResourceId, item.BillingPlanId, item.Name, item.Start, item.End, item.Details))
            .Where(group => group.Skip(1).Any())
            .Select(group => $"{group.Key.Name}: the same line appears {group.Count()} times");

    private static IEnumerable<string> Discounts(Invoice invoice) =>
        invoice.Discounts
            .GroupBy(discount => (discount.ResourceId, discount.BillingPlanId))
            .Select(same => (same.First().Name, same.Key, Off: same.Sum(discount => discount.Amount), Items: invoice.Items
                .Where(item => (item.ResourceId, item.BillingPlanId) == same.Key).ToList()))
            .SelectMany(same => same.Items.Count == 0
                ? [$"{same.Name}: no item is billed to {same.Key.ResourceId ?? "the installation"} on the plan {same.Key.BillingPlanId}"]
                : same.Off > same.Items.Sum(item => item.Amount)
                    ? (string[])[$"{same.Name}: more is deducted from {same.Key.ResourceId ?? "the installation"} on the plan {same.Key.BillingPlanId} than is billed"]
                    : []);

    private static IEnumerable<string> Limits(
        string? resourceId, string planId, Invoice invoice, Installation installation, DateTimeOffset now)
    {
        var subject = resourceId is null ? $"plan {planId}" : $"resource {resourceId} on plan {planId}";
        if (EarlierInvoice(resourceId, planId, invoice, installation) is { } earlier)
        {
            yield return $"{subject}: was billed for this period by {earlier.ExternalId ?? earlier.Id} (limit 1)";
        }

        var active = Spans(resourceId, installation).Of(planId)
            .Where(span => span.Overlaps(invoice.Period.Start, invoice.Period.End)).ToList();
        if (active.Count == 0)
        {
            yield return $"{subject}: was not active in the period (limit 2)";
        }

        foreach (var item in invoice.Items.Where(item => (item.ResourceId, item.BillingPlanId) == (resourceId, planId) && item.Start is not null))
        {
            var end = item.End ?? (item.Start < invoice.Period.End ? invoice.Period.End : DateTimeOffset.MaxValue);
            if (!Spans(resourceId, installation).Of(planId).Any(span => span.Overlaps(item.Start!.Value, end)))
            {
                yield return $"{item.Name}: the plan was not active in the time that it names (limit 2)";
            }
        }

        foreach (var span in active.Where(span => span.Type != "subscription").Take(1))
        {
            yield return $"{subject}: is {span.Type ?? "of unknown type"}, not subscription (limit 3)";
        }

        foreach (var silence in active.Select(span => LongestSilence(span, invoice.Period, installation, now)).Where(IsTooLong).Take(1))
        {
            yield return $"{subject}: no interim data for {silence.TotalHours:0} hours (limit 4)";
        }
    }

    private static bool IsTooLong(TimeSpan silence) => silence > SilenceMax;

    /// <summary>A refunded invoice may be followed by a right one; a test invoice bills nothing.</summary>
    private static Invoice? EarlierInvoice(string? resourceId, string planId, Invoice invoice, Installation installation) =>
        invoice.Test is not null
            ? null
            : installation.Invoices.Find(earlier =>
                earlier is { Test: null, State: not InvoiceState.Refunded }
                && earlier.Period.Start < invoice.Period.End && invoice.Period.Start < earlier.Period.End
                && earlier.Items.Exists(item => item.ResourceId == resourceId && item.BillingPlanId == planId));

    /// <summary>A resource has plans of its own, unless the installation is billed as a whole.</summary>
    private static PlanHistory Spans(string? resourceId, Installation installation) =>
        resourceId is not null && installation.Resources[resourceId].Plans is { Spans.IsEmpty: false } own ? own : installation.Plans;

    private static IEnumerable<PlanSpan> SpansBilled(Invoice invoice, Installation installation) =>
        invoice.Items
            .Where(item => item.ResourceId is null || installation.Resources.ContainsKey(item.ResourceId))
            .SelectMany(item => Spans(item.ResourceId, installation).Of(item.BillingPlanId))
            .Where(span => span.Overlaps(invoice.Period.Start, invoice.Period.End));

    private static (DateTimeOffset From, DateTimeOffset Until) Within(PlanSpan span, WirePeriod period, DateTimeOffset now)
    {
        var until = span.Until is { } end && end < period.End ? end : period.End;
        return (span.From > period.Start ? span.From : period.Start, until < now ? until : now);
    }

    private static TimeSpan LongestSilence(PlanSpan span, WirePeriod period, Installation installation, DateTimeOffset now)
    {
        var (from, until) = Within(span, period, now);
        DateTimeOffset[] marks =
        [
            from,
            .. installation.Billing.Receipts.Select(receipt => receipt.Timestamp).Where(at => at > from && at < until).Order(),
            until,
        ];
        return marks.Zip(marks.Skip(1), (before, after) => after - before).Append(TimeSpan.Zero).Max();
    }

    private static IEnumerable<DateTimeOffset> WholeHours(DateTimeOffset from, DateTimeOffset until)
    {
        var first = new DateTimeOffset(from.Ticks - (from.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        for (var hour = first < from ? first.AddHours(1) : first; hour.AddHours(1) <= until; hour = hour.AddHours(1))
        {
            yield return hour;
        }
    }

    /// <summary>Data of an hour is sent during it, or once it is over and before the next one is.</summary>
    private static bool HasData(Installation installation, DateTimeOffset hour) =>
        installation.Billing.Receipts.Exists(receipt => receipt.Timestamp >= hour && receipt.Timestamp < hour.AddHours(2));
}
