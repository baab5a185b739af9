using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Refunds;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>GET /provider/v1/installations/{id}/invoices, and one of them. What was billed stays on record when the installation is gone.</summary>
internal static class ProviderInvoiceEndpoints
{
    public static readonly RequestDelegate List = ProviderEndpoint.Needing(ProviderScopes.BillingRead, ListInvoices);

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(ProviderScopes.BillingRead, GetInvoice);

    private static async Task<IResult> ListInvoices(
        string installationId, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = new AskedQuery(request.Query);
        var (from, count) = asked.Page(InvoiceCursor.Start, InvoiceCursor.Read);
        if (asked.Problem() is { } problem)
            return problem;

        var (id, loads) = (new InstallationId(installationId), new Loads());
        var installation = InstallationRows.Load(loads, id);
        // One more than asked for tells whether there is a next page.
        var page = InvoiceRows.LoadPage(loads, id, from.PeriodStart, from.Id, count + 1);
        var refunds = RefundRows.Of(loads, id);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return ProviderProblems.NotFound($"There is no installation {id}.");

        var contents = new Loads();
        var shown = page.Value.Take(count).Strict();
        var said = InvoiceContentRows.OfThese(contents, id, shown.Select(invoice => invoice.Id));
        await contents.Read(database, cancel);
        var invoices = shown.Map(invoice => invoice.Read(id, said)).Strict();
        return TypedResults.Ok(new InvoiceListWire(
            [.. invoices.Select(invoice => InvoiceStatementWire.Of(invoice, refunds.Value))],
            page.Value.Count > count ? InvoiceCursor.After(invoices.Last).Text : null));
    }

    private static async Task<IResult> GetInvoice(
        string installationId, string externalId, NpgsqlDataSource database, CancellationToken cancel)
    {
        var (id, loads) = (new InstallationId(installationId), new Loads());
        var found = InvoiceRows.Load(loads, id, new ExternalInvoiceId(externalId));
        var refunds = RefundRows.Of(loads, id, new ExternalInvoiceId(externalId));
        await loads.Read(database, cancel);
        return found() is { } invoice
            ? TypedResults.Ok(InvoiceStatementWire.Of(invoice, refunds.Value))
            : ProviderProblems.NotFound($"The installation has no invoice {externalId}.");
    }

    /// <param name="NextCursor">Absent on the last page.</param>
    private sealed record InvoiceListWire(InvoiceStatementWire[] Invoices, string? NextCursor);
}
