using System.Globalization;
using System.Text.Json;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Webhooks;

/// <summary>What a webhook says of an invoice. Source: contract §F, <c>marketplace.invoice.*</c>.</summary>
internal sealed record InvoiceNews(VercelInvoiceId VercelId, ExternalInvoiceId? ExternalId, InvoiceObservation Observation)
{
    private const string Prefix = "marketplace.invoice.";

    /// <summary>Null when it is about something else.</summary>
    public static InvoiceNews? Read(ClaimedWebhook webhook)
    {
        if (!webhook.Type.StartsWith(Prefix, StringComparison.Ordinal))
            return null;

        var told = JsonSerializer.Deserialize<WebhookWire>(webhook.Body, WireJson.Options)!;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(told.CreatedAt);
        InvoiceObservation? observation = webhook.Type[Prefix.Length..] switch
        {
            "created" => new InvoiceObservation.Open(),
            "paid" => new InvoiceObservation.Paid(at),
            "notpaid" => new InvoiceObservation.NotPaid(at),
            "overdue" => new InvoiceObservation.Overdue(at),
            "refunded" => new InvoiceObservation.Refunded(at, Amount(told.Payload.Amount), told.Payload.Reason ?? ""),
            _ => null,
        };
        return observation is null
            ? null
            : new InvoiceNews(
                new VercelInvoiceId(told.Payload.InvoiceId),
                told.Payload.ExternalInvoiceId is { } external ? new ExternalInvoiceId(external) : null,
                observation);
    }

    /// <summary>Amounts are decimal strings elsewhere in the contract; here the form is not said.</summary>
    private static Usd Amount(JsonElement? amount) =>
        amount switch
        {
            { ValueKind: JsonValueKind.Number } number => new Usd(number.GetDecimal()),
            { ValueKind: JsonValueKind.String } text => new Usd(decimal.Parse(
                text.GetString()!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)),
            _ => Usd.Zero,
        };

    private sealed record WebhookWire(long CreatedAt, PayloadWire Payload);

    private sealed record PayloadWire(
        string InvoiceId, string? ExternalInvoiceId = null, JsonElement? Amount = null, string? Reason = null);
}
