using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Simulator.Usage;

/// <summary>Interim billing data: running totals for the period so far, for display. Source: contract D.7.</summary>
internal sealed record BillingSubmission(
    DateTimeOffset Timestamp,
    DateTimeOffset Eod,
    WirePeriod Period,
    ImmutableList<BillingItem> Items,
    ImmutableList<Discount> Discounts,
    ImmutableList<UsageValue> Usage)
{
    [JsonIgnore]
    public decimal Total => Items.Sum(item => item.Amount) - Discounts.Sum(discount => discount.Amount);

    /// <summary>Reads a body that the schema has let through. <c>billing</c> is the list of items, or an object that holds it.</summary>
    public static BillingSubmission Read(JsonElement body)
    {
        var billing = body.GetProperty("billing");
        var (items, discounts) = billing.ValueKind == JsonValueKind.Array
            ? (billing, (JsonElement?)null)
            : (billing.GetProperty("items"), billing.TryGetProperty("discounts", out var given) ? given : null);
        return new(
            body.GetProperty("timestamp").GetDateTimeOffset(),
            body.GetProperty("eod").GetDateTimeOffset(),
            Wire.Read<WirePeriod>(body.GetProperty("period")),
            Wire.Read<ImmutableList<BillingItem>>(items),
            discounts is { } some ? Wire.Read<ImmutableList<Discount>>(some) : [],
            Wire.Read<ImmutableList<UsageValue>>(body.GetProperty("usage")));
    }
}

/// <summary>A period as written on the wire; half-open here, although some providers write its last second.</summary>
internal sealed record WirePeriod(DateTimeOffset Start, DateTimeOffset End);

/// <summary>A line of an invoice or of interim data.</summary>
internal sealed record BillingItem(
    string? ResourceId,
    string BillingPlanId,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    string Name,
    string? Details,
    string Price,
    decimal Quantity,
    string Units,
    string Total)
{
    [JsonIgnore]
    public decimal Amount => decimal.Parse(Total, CultureInfo.InvariantCulture);

    [JsonIgnore]
    public decimal UnitPrice => decimal.Parse(Price, CultureInfo.InvariantCulture);
}

internal sealed record Discount(
    string? ResourceId,
    string BillingPlanId,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    string Name,
    string? Details,
    [property: JsonPropertyName("amount")] string AmountText)
{
    [JsonIgnore]
    public decimal Amount => decimal.Parse(AmountText, CultureInfo.InvariantCulture);
}

internal sealed record UsageValue(
    string? ResourceId, string Name, string Type, string Units, decimal DayValue, decimal PeriodValue, decimal? PlanValue);
