using System.Globalization;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Invoices;

namespace Marketplace.Shell.VercelApi;

/// <summary>Interim billing data on the wire. Source: contract §D.7.</summary>
internal sealed record BillingDataWire(
    DateTime Timestamp, DateTime Eod, PeriodWire Period, BillingChargesWire Billing, UsageWire[] Usage)
{
    public static BillingDataWire Of(UsageSubmission submission) =>
        new(submission.Timestamp.UtcDateTime,
            submission.Eod.UtcDateTime,
            PeriodWire.Of(submission.Period),
            BillingChargesWire.Of(submission.Billing),
            [.. submission.Usage.Select(UsageWire.Of)]);
}

/// <summary>What a period comes to so far. Source: contract §D.7, <c>billing</c>.</summary>
internal sealed record BillingChargesWire(BillingItemWire[] Items, BillingDiscountWire[]? Discounts)
{
    public static BillingChargesWire Of(BillingCharges charges) =>
        new([.. charges.Lines.Select(BillingItemWire.Of)], BillingDiscountWire.Of(charges.Discounts));
}

/// <summary>An invoice on the wire. Source: contract §D.8.</summary>
/// <param name="Final">Only sent when it is true: Vercel takes the field only while the installation is pending deletion.</param>
internal sealed record InvoiceWire(
    string ExternalId, DateTime InvoiceDate, PeriodWire Period, BillingItemWire[] Items, BillingDiscountWire[]? Discounts, bool? Final,
    InvoiceTestWire? Test)
{
    public static InvoiceWire Of(InvoiceContent invoice) =>
        new(invoice.ExternalId.Value,
            invoice.InvoiceDate.UtcDateTime,
            PeriodWire.Of(invoice.Period),
            [.. invoice.Lines.Select(BillingItemWire.Of)],
            BillingDiscountWire.Of(invoice.Deductions),
            invoice.Final ? true : null,
            invoice.Test.MatchUnsafe<InvoiceTestWire?>(InvoiceTestWire.Of, () => null));
}

/// <summary>Absent on an invoice that somebody pays.</summary>
internal sealed record InvoiceTestWire(bool Validate, string Result)
{
    public static InvoiceTestWire Of(InvoiceTest test) => new(test.Validate, InvoiceText.Of(test.Result)!);
}

internal sealed record PeriodWire(DateTime Start, DateTime End)
{
    public static PeriodWire Of(BillingPeriod period) => new(period.Start.UtcDateTime, period.End.UtcDateTime);
}

internal sealed record BillingItemWire(
    string BillingPlanId,
    string? ResourceId,
    DateTime? Start,
    DateTime? End,
    string Name,
    string? Details,
    string Price,
    decimal Quantity,
    string Units,
    string Total)
{
    public static BillingItemWire Of(BillingLine line) =>
        new(line.Plan.Value,
            line.Subject.ResourceId(),
            line.Start.MatchUnsafe<DateTime?>(start => start.UtcDateTime, () => null),
            line.End.MatchUnsafe<DateTime?>(end => end.UtcDateTime, () => null),
            line.Name,
            line.Details,
            DecimalString.UnitPrice(line.Price),
            line.Quantity,
            line.Units,
            DecimalString.Amount(line.Total));
}

internal sealed record BillingDiscountWire(
    string BillingPlanId, string? ResourceId, DateTime? Start, DateTime? End, string Name, string? Details, string Amount)
{
    /// <summary>Absent where there are none.</summary>
    public static BillingDiscountWire[]? Of(Seq<BillingDiscount> discounts) =>
        discounts.IsEmpty ? null : [.. discounts.Select(Of)];

    private static BillingDiscountWire Of(BillingDiscount discount) =>
        new(discount.Plan.Value,
            discount.Subject.ResourceId(),
            discount.Start.MatchUnsafe<DateTime?>(start => start.UtcDateTime, () => null),
            discount.End.MatchUnsafe<DateTime?>(end => end.UtcDateTime, () => null),
            discount.Name,
            discount.Details,
            DecimalString.Amount(discount.Amount));
}

internal sealed record UsageWire(
    string? ResourceId, string Name, string Type, string Units, decimal DayValue, decimal PeriodValue)
{
    public static UsageWire Of(MetricUsage usage) =>
        new(usage.Subject.ResourceId(), usage.Metric.Name, Kind(usage.Metric.Kind), usage.Metric.Units, usage.DayValue, usage.PeriodValue);

    private static string Kind(MetricKind kind) =>
        kind switch
        {
            MetricKind.Total => "total",
            MetricKind.Interval => "interval",
            MetricKind.Rate => "rate",
            _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
        };
}

/// <summary>Money as Vercel spells it here: no sign, no exponent, no separator. Source: contract §D.7.</summary>
internal static class DecimalString
{
    /// <summary>What is billed: two decimals.</summary>
    public static string Amount(Usd amount) => amount.Amount.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A price may have as many decimals as it needs, and shows two at least.</summary>
    public static string UnitPrice(Usd price) =>
        price.Amount.ToString("0.00##########################", CultureInfo.InvariantCulture);

    /// <summary>What Vercel says of an amount, exactly.</summary>
    public static Usd Read(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? new Usd(amount)
            : throw new JsonException("An amount is no decimal string.");
}
