using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Demo;

/// <summary>One amount that an invoice must contain, with the arithmetic that leads to it.</summary>
internal sealed record ExpectedLine(string Name, decimal Amount, string Arithmetic);

/// <summary>
/// What a period must cost, worked out from nothing but what Vercel knows: the prices that the customer was shown, when the plan
/// was active, and the hourly levels that arrived.
/// </summary>
internal sealed record ExpectedInvoice(ImmutableList<ExpectedLine> Lines)
{
    public decimal Total => Lines.Sum(line => line.Amount);

    public static ExpectedInvoice For(Installation installation, Resource resource, ShownPrices prices, WirePeriod period)
    {
        var spans = resource.Plans.Of(prices.PlanId).Where(span => span.Overlaps(period.Start, period.End)).ToList();
        return new([Base(prices, period, spans), Storage(installation, resource, prices, period, spans)]);
    }

    /// <summary>What a prepaid plan has used up of its credit in a period, which is under way.</summary>
    public static ExpectedLine Burnt(Installation installation, Resource resource, ShownPrices prices, WirePeriod period) =>
        Storage(installation, resource, prices, period, [.. resource.Plans.Of(prices.PlanId).Where(span => span.Overlaps(period.Start, period.End))]);

    private static ExpectedLine Base(ShownPrices prices, WirePeriod period, List<PlanSpan> spans)
    {
        var active = spans.Sum(span => (decimal)(Until(span, period) - From(span, period)).TotalSeconds);
        var whole = (decimal)(period.End - period.Start).TotalSeconds;
        var exact = prices.Monthly * active / whole;
        return new(
            "Base", Cents(exact), $"{prices.Monthly:0.00} x {active:0} of {whole:0} seconds = {exact:0.000000} -> {Cents(exact):0.00}");
    }

    /// <summary>A level is paid for each whole hour, as it was at the hour's end.</summary>
    private static ExpectedLine Storage(
        Installation installation, Resource resource, ShownPrices prices, WirePeriod period, List<PlanSpan> spans)
    {
        var levels = installation.Billing.Receipts
            .Where(receipt => receipt.Period.Start == period.Start)
            .GroupBy(receipt => receipt.Timestamp)
            .ToDictionary(group => group.Key, group => Level(group.Last(), resource));
        var hours = spans.SelectMany(span => HourEnds(From(span, period), Until(span, period))).ToList();
        var quantity = hours.Sum(hour => levels.GetValueOrDefault(hour));
        var exact = prices.MegabyteHour * quantity;
        return new(
            "Storage", Cents(exact),
            $"{prices.MegabyteHour} x {quantity:0.######} MB-hours (the sum of {hours.Count} hourly levels) = {exact:0.000000} -> {Cents(exact):0.00}");
    }

    private static decimal Level(BillingReceipt receipt, Resource resource) =>
        receipt.Usage.Find(usage => usage.ResourceId == resource.Id && usage.Name == "Storage")?.PeriodValue ?? 0m;

    private static IEnumerable<DateTimeOffset> HourEnds(DateTimeOffset from, DateTimeOffset until)
    {
        var first = new DateTimeOffset(from.Ticks - (from.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        for (var end = (first < from ? first.AddHours(1) : first).AddHours(1); end <= until; end = end.AddHours(1))
        {
            yield return end;
        }
    }

    private static DateTimeOffset From(PlanSpan span, WirePeriod period) => span.From > period.Start ? span.From : period.Start;

    private static DateTimeOffset Until(PlanSpan span, WirePeriod period) =>
        span.Until is { } until && until < period.End ? until : period.End;

    private static decimal Cents(decimal exact) => Math.Round(exact, 2, MidpointRounding.ToEven);
}

/// <summary>The prices on the card of a plan.</summary>
internal sealed partial record ShownPrices(string PlanId, decimal Monthly, decimal MegabyteHour)
{
    /// <summary>Reads <c>$19.00/month</c>, where it says so, and <c>$0.00004 per MB-hour</c> from a plan as the provider lists it.</summary>
    public static ShownPrices Read(System.Text.Json.JsonElement plan)
    {
        var highlights = plan.GetProperty("highlightedDetails").EnumerateArray().Select(detail => detail.OptionalText("value") ?? "");
        return new(
            plan.GetProperty("id").GetString()!,
            plan.OptionalText("cost") is { } cost ? Dollars(cost) : 0,
            Dollars(highlights.First(text => text.Contains("MB-hour", StringComparison.Ordinal))));
    }

    /// <summary>Reads <c>$0.0002 each</c> from a plan by which calls are paid.</summary>
    public static decimal OfACall(System.Text.Json.JsonElement plan) => Dollars(
        plan.GetProperty("highlightedDetails").EnumerateArray().Select(detail => detail.OptionalText("value") ?? "")
            .First(text => text.EndsWith(" each", StringComparison.Ordinal)));

    private static decimal Dollars(string text) =>
        decimal.Parse(Amount().Match(text).Groups["amount"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$(?<amount>[0-9]+(\.[0-9]+)?)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Amount();
}
