using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Usage;

namespace Marketplace.Integration.Crashes.Nodes;

/// <summary>
/// What Vercel was told, held against what customers did. It reads nothing of ours: an hour that our ledger calls confirmed and that never arrived
/// is missing here.
/// </summary>
internal sealed class HeardByVercel(VercelState vercel, DateTimeOffset now)
{
    private static readonly DateTimeOffset February = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A call that was lost is answered half an hour later, and costs from the first attempt on, which is a cent by then; a line is rounded once.</summary>
    private const decimal Leeway = 0.05m;

    /// <summary>
    /// What Vercel would wonder about. One thing it may: whoever bought or took something and heard no answer asks again in a while, and the hour
    /// in between is reported of something that Vercel does not know yet.
    /// </summary>
    public IEnumerable<string> Findings =>
        from finding in vercel.Findings
        where !vercel.Installations.Values.Any(installation =>
            finding.Subject.Contains(installation.Id, StringComparison.Ordinal)
            && installation.Resources.Values.Any(resource => finding.Text == $"the resource {resource.Id} is not known" && finding.At <= resource.CreatedAt))
        select $"{finding.At:u} {finding}";

    /// <summary>Every hour of an installation that is over has a report of its own.</summary>
    /// <param name="installedAt">When it was answered, which may be later than it was asked for.</param>
    public IEnumerable<string> MissedHours(string installationId, DateTimeOffset installedAt)
    {
        var reported = vercel.Installations[installationId].Billing.Receipts.Select(receipt => receipt.Timestamp).ToHashSet();
        for (var end = HourOf(installedAt).AddHours(1); end <= now; end = end.AddHours(1))
        {
            if (!reported.Contains(end))
                yield return $"{installationId}: the hour until {end:u} was never reported";
        }
    }

    /// <summary>By the last report of each period, wherever the resource was.</summary>
    public decimal Used(string resourceId, string metric) => vercel.Installations.Values
        .SelectMany(installation => installation.Billing.Receipts.GroupBy(receipt => receipt.Period))
        .Select(period => period.MaxBy(receipt => receipt.Timestamp)!)
        .SelectMany(last => last.Usage)
        .Where(usage => usage.ResourceId == resourceId && usage.Name == metric)
        .Sum(usage => usage.PeriodValue);

    /// <summary>A resource that never moved nor changed its plan owes what anybody can work out from the price list.</summary>
    /// <param name="isHeardTooLate">Vercel took no invoice of its beginning, so that it is on that of the month, which may be open.</param>
    public IEnumerable<string> WrongAmounts(Bought one, bool isHeardTooLate)
    {
        var installation = vercel.Installations[one.Installation];
        var createdAt = installation.Resources[one.Id].CreatedAt;
        var calls = BilledCalls(installation, one.Id);
        var callsExpected = one.Product == "acme-keys" && one.Plan == "payg" ? one.EventsOf(February.AddMonths(-1)) : 0;
        if (calls > callsExpected || calls < callsExpected - one.EventsLate)
            yield return $"{one.Id}: {calls} calls of January are invoiced, and {callsExpected} were made, {one.EventsLate} of them told late";

        if (one.Moves > 0 || one.Changes > 0 || one.EventsLate > 0 || isHeardTooLate)
            yield break;

        var invoiced = installation.Invoices.Sum(invoice => invoice.Total);
        var expected = one.Product == "acme-keys" ? Expected(createdAt, callsExpected) : Database(installation, one.Id, createdAt);
        if (Math.Abs(invoiced - expected) > Leeway)
            yield return $"{one.Id}, since {createdAt:u}: {invoiced} is invoiced, and it comes to {expected}: {Shown(installation)}";
    }

    /// <summary>What the customer sees before it is charged is what is charged: the closed month by its last report and by its invoices.</summary>
    public IEnumerable<string> OtherThanShown(string installationId)
    {
        var installation = vercel.Installations[installationId];
        var reports = installation.Billing.LatestByDay.Values.Where(report => report.Period.End <= February.AddSeconds(1)).ToList();
        if (reports.Count == 0)
            yield break;

        var shown = reports.MaxBy(report => report.Timestamp)!.Total;
        var invoiced = installation.Invoices.Sum(invoice =>
            invoice.Items.Where(item => IsOfJanuary(invoice, item.Start)).Sum(item => item.Amount)
            - invoice.Discounts.Where(discount => IsOfJanuary(invoice, discount.Start)).Sum(discount => discount.Amount));
        // What was paid in advance and left is a credit, which waits until there is something to take it from; less than half a dollar waits, too.
        if (invoiced < shown - 0.50m)
            yield return $"{installationId}: January came to {shown} and {invoiced} of it is invoiced: {Shown(installation)}";
    }

    private static decimal BilledCalls(Installation installation, string resourceId) =>
        installation.Invoices.Sum(invoice => invoice.Items
            .Where(item => item.ResourceId == resourceId && item.Units == "calls" && IsOfJanuary(invoice, item.Start))
            .Sum(item => item.Quantity));

    /// <summary>What names no time of its own is of the invoice's.</summary>
    private static bool IsOfJanuary(Invoice invoice, DateTimeOffset? start) => (start ?? invoice.Period.Start) < February;

    private static decimal Expected(DateTimeOffset createdAt, long callsOfJanuary)
    {
        var firstBase = Fleet.BasePrice * PartOfMonth(createdAt);
        // Whoever came in January has paid February, too, when it ended.
        var nextBase = createdAt < February ? Fleet.BasePrice : 0;
        return Fleet.SignUpPrice + firstBase + nextBase + (callsOfJanuary * Fleet.CallPrice);
    }

    /// <summary>Paid afterwards: nothing before January is over. What it stored is not up to the customer, so that the report's word is taken for it.</summary>
    private static decimal Database(Installation installation, string resourceId, DateTimeOffset createdAt)
    {
        if (createdAt >= February)
            return 0;
        var stored = installation.Billing.LatestByDay.Values.Where(report => report.Period.End <= February.AddSeconds(1)).MaxBy(report => report.Timestamp)?.Items
            .Where(item => item.ResourceId == resourceId && item.Units == "MB-hours").Sum(item => item.Amount) ?? 0;
        var total = (19.00m * PartOfMonth(createdAt)) + stored;
        return total < 0.50m ? 0 : total;
    }

    /// <summary>From the moment on to the month's end.</summary>
    private static decimal PartOfMonth(DateTimeOffset from)
    {
        var begin = new DateTimeOffset(from.Year, from.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var end = begin.AddMonths(1);
        return (decimal)(end - from).Ticks / (end - begin).Ticks;
    }

    private static string Shown(Installation installation) => string.Join("; ", installation.Invoices.Select(Shown));

    private static string Shown(Invoice invoice) =>
        $"{invoice.ExternalId} {invoice.Total} ({string.Join(", ", invoice.Items.Select(item => $"{item.Name} {item.Start:u} {item.Total}"))}"
        + $"{string.Concat(invoice.Discounts.Select(discount => $", less {discount.Name} {discount.Start:u} {discount.AmountText}"))})";

    private static DateTimeOffset HourOf(DateTimeOffset moment) => new(moment.Ticks - (moment.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
