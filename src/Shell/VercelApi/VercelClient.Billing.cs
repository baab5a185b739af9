using System.Net;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Balances;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Usage, invoices and balances. What costs money when it arrives twice is sent once. Source: contract §D.7 to §D.9.</summary>
internal sealed partial class VercelClient
{
    public Task<VercelAnswer<Nothing>> SubmitBillingData(UsageSubmission submission, CancellationToken cancel) =>
        calls.Send(
            submission.Installation,
            VercelCall.Post(VercelRoute.Of(submission.Installation, $"billing"), BillingDataWire.Of(submission)) with { IsRepeatable = true },
            cancel);

    public Task<VercelAnswer<Nothing>> SubmitBalances(BalanceStatement statement, CancellationToken cancel) =>
        calls.Send(
            statement.Installation,
            VercelCall.Post(
                VercelRoute.Of(statement.Installation, $"billing/balance"), BalancesWire.Of(statement.At, statement.Balances)) with
            {
                IsRepeatable = true,
            },
            cancel);

    public async Task<VercelAnswer<InvoiceReceipt>> SubmitInvoice(InvoiceContent invoice, CancellationToken cancel)
    {
        var answer = await calls.Send(
            invoice.Installation,
            VercelCall.Post(
                VercelRoute.Of(invoice.Installation, $"billing/invoices"), InvoiceWire.Of(invoice),
                VercelCall.Json<InvoiceReceiptWire, InvoiceReceipt>(Receipt)),
            cancel);
        return answer is VercelAnswer<InvoiceReceipt>.Refused { Status: (int)HttpStatusCode.Conflict, Reason: var reason }
            ? new VercelAnswer<InvoiceReceipt>.Accepted(new InvoiceReceipt.Conflict(reason))
            : answer;
    }

    public Task<VercelAnswer<PurchaseInvoice>> GetInvoice(
        InstallationId installation, VercelInvoiceId id, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Get(
                Invoice(installation, id),
                (PurchaseInvoiceWire wire) => wire.InvoiceId == id.Value
                    ? wire.ToInvoice()
                    : throw new JsonException("The answer is about another invoice.")),
            cancel);

    public Task<VercelAnswer<InvoiceReading>> ReadInvoice(InstallationId installation, VercelInvoiceId id, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Get(
                Invoice(installation, id),
                (InvoiceReadingWire wire) => wire.InvoiceId == id.Value
                    ? wire.ToReading()
                    : throw new JsonException("The answer is about another invoice.")),
            cancel);

    public Task<VercelAnswer<Nothing>> Refund(
        InstallationId installation, VercelInvoiceId id, Usd amount, string reason, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Post(
                $"{Invoice(installation, id)}/actions", new RefundWire("refund", reason, DecimalString.Amount(amount))),
            cancel);

    public Task<VercelAnswer<Nothing>> FinalizeBilling(InstallationId installation, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Post(VercelRoute.Of(installation, $"billing/finalize"), body: null), cancel);

    private static string Invoice(InstallationId installation, VercelInvoiceId id) =>
        VercelRoute.Of(installation, $"billing/invoices/{id.Value}");

    private static InvoiceReceipt Receipt(InvoiceReceiptWire wire) =>
        wire.ValidationErrors is { Length: > 0 } errors ? new InvoiceReceipt.Invalid(errors.ToSeq().Strict())
        : wire.InvoiceId is { } id ? new InvoiceReceipt.Taken(new VercelInvoiceId(id))
        : throw new JsonException("The answer has neither an invoiceId nor validationErrors.");

    private sealed record InvoiceReceiptWire(string? InvoiceId = null, string[]? ValidationErrors = null);

    private sealed record RefundWire(string Action, string Reason, string Total);
}
