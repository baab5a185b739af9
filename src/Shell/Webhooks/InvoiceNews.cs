using System.Globalization;
using System.Text.Json;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Jobs.Webhooks;

namespace Marketplace.Shell.Webhooks;

/// <summary>What a webhook says of an invoice. Source: contract §F, <c>marketplace.invoice.*</c>.</summary>
/// <param name="Observation">That it is there, where the webhook says too little of the rest: Get Invoice knows more.</param>
/// <param name="MovesMoney">Then Vercel is asked how it really stands: order is not guaranteed.</param>
internal sealed record InvoiceNews(
    VercelInvoiceId VercelId, ExternalInvoiceId? ExternalId, InvoiceObservation Observation, bool MovesMoney)
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
            Prefix + "refunded" => (at, payload) => Amount(payload.Amount) is { } amount
                ? new InvoiceObservation.Refunded(at, amount, payload.Reason ?? "")
                : new InvoiceObservation.Open(),
            _ => null,
        };
        if (observe is null)
            return null;

        var (told, payload) = WebhookBody<PayloadWire>.Read(webhook);
        return new InvoiceNews(
            new VercelInvoiceId(payload.InvoiceId),
            payload.ExternalInvoiceId is { } external ? new ExternalInvoiceId(external) : null,
            observe(told.At, payload),
            MovesMoney: webhook.Type != Prefix + "created");
    }

    /// <summary>Amounts are decimal strings elsewhere in the contract; here the form is not said. Null when there is none that can be read.</summary>
    private static Usd? Amount(JsonElement? amount) =>
        amount switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetDecimal(out var some) => new Usd(some),
            { ValueKind: JsonValueKind.String } text when decimal.TryParse(
                text.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var some) => new Usd(some),
            _ => null,
        };

    private sealed record PayloadWire(
        string InvoiceId, string? ExternalInvoiceId = null, JsonElement? Amount = null, string? Reason = null);
}
