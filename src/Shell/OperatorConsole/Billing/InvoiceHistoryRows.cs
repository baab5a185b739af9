using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>What happened to an invoice, from our audit and from what Vercel told.</summary>
internal static class InvoiceHistoryRows
{
    private const string EventsSql = """
        select occurred_at, kind, actor, cause, detail ->> 'failedAt', detail ->> 'reason', detail ->> 'amount' from domain_event
        where installation_id = $1 and (kind like 'invoice.%' and detail ->> 'invoice' = $2
            or kind like 'refund.%' and (detail ->> 'invoice' = $2 or detail ->> 'refund' = any (
                select refund_id from invoice_refund where installation_id = $1 and external_id = $2)))
        order by event_id desc limit $3
        """;

    private const string WebhooksSql = """
        select received_at, type, state, attempts, last_error, webhook_id from webhook
        where installation_id = $1 and type like 'marketplace.invoice.%'
            and (body #>> '{payload,externalInvoiceId}' = $2 or body #>> '{payload,invoiceId}' = $3)
        order by received_at desc, webhook_id limit $4
        """;

    private const string LookSql = "select due_at from invoice_look where installation_id = $1 and external_id = $2";

    /// <summary>The newest first.</summary>
    public static Loaded<Seq<InvoiceHappening>> Events(Loads loads, InstallationId installation, ExternalInvoiceId invoice, int max) => loads.Many(
        EventsSql,
        reader => new InvoiceHappening(
            reader.Moment(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4), reader.TextOrNull(5),
            reader.TextOrNull(6)),
        installation.Value, invoice.Value, max);

    /// <summary>The newest first. What had its effect is kept for thirty days.</summary>
    /// <param name="known">Vercel's name for it.</param>
    public static Loaded<Seq<InvoiceWebhook>> Webhooks(
        Loads loads, InstallationId installation, ExternalInvoiceId invoice, string? known, int max) => loads.Many(
        WebhooksSql,
        reader => new InvoiceWebhook(
            reader.Moment(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.TextOrNull(4), reader.GetString(5)),
        installation.Value, invoice.Value, known, max);

    /// <summary>When Vercel is asked next; null when nobody has to ask any more.</summary>
    public static Loaded<DateTimeOffset?> NextLook(Loads loads, InstallationId installation, ExternalInvoiceId invoice) =>
        loads.One<DateTimeOffset?>(null, LookSql, reader => reader.Moment(0), installation.Value, invoice.Value);
}

/// <param name="Kind">As the audit names it.</param>
internal sealed record InvoiceHappening(
    DateTimeOffset At, string Kind, string Actor, string Cause, string? FailedAt, string? Reason, string? Amount);

internal sealed record InvoiceWebhook(DateTimeOffset At, string Type, string State, int Attempts, string? Error, string Id);
