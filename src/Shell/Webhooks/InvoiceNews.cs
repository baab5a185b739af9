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

    /// <summary>Null when it is about something else, or says what nobody knows yet.</summary>
    public static InvoiceNews? Read(ClaimedWebhook webhook)
    {
        // A type that is new may have any payload, so the type comes first.
        Func<DateTimeOffset, PayloadWire, InvoiceObservation>? observe = webhook.Type switch
        {
            Prefix + "created" => (_, _) => new InvoiceObservation.Open(),
            Prefix + "paid" => (at, _) => new InvoiceObservation.Paid(at),
            Prefix + "notpaid" => (at, _) => new InvoiceObservation.NotPaid(at),
            Prefix + "overdue" => (at, _) => new InvoiceObservation.Overdue(at),
            Prefix + "refunded" => (at, payload) => new InvoiceObservation.Refunded(at, Amount(payload.Amount), payload.Reason ?? ""),
            _ => null,
        };
        if (observe is null)
            return null;

        var told = JsonSerializer.Deserialize<WebhookWire>(webhook.Body, WireJson.Options)!;
        return new InvoiceNews(
            new VercelInvoiceId(told.Payload.InvoiceId),
            told.Payload.ExternalInvoiceId is { } external ? new ExternalInvoiceId(external) : null,
            observe(DateTimeOffset.FromUnixTimeMilliseconds(told.CreatedAt), told.Payload));
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
