using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Core.Resources;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>/dashboard/{installationId}/invoices, and one of them, by our name or by Vercel's. Source: contract §E.8, <c>invoice_id</c>.</summary>
internal static class InvoiceEndpoints
{
    public static readonly RequestDelegate List = DashboardEndpoint.Page(ListInvoices);

    public static readonly RequestDelegate One = DashboardEndpoint.Page(ShowInvoice);

    private const int InvoicesOfPage = 20;

    private static async Task<IResult> ListInvoices(
        Visitor visitor, string? after, Brand brand, NpgsqlDataSource database, CancellationToken cancel)
    {
        var from = after is null ? InvoiceCursor.Start : InvoiceCursor.Read(after) ?? InvoiceCursor.Start;
        var loads = new Loads();
        // One more than is shown tells whether there are older ones.
        var page = InvoiceRows.LoadPage(loads, visitor.Id, from.PeriodStart, from.Id, InvoicesOfPage + 1);
        await loads.Read(database, cancel);

        var shown = page.Value.Take(InvoicesOfPage).Strict();
        var contents = new Loads();
        var said = InvoiceContentRows.OfThese(contents, visitor.Id, shown.Select(invoice => invoice.Id));
        if (!shown.IsEmpty)
            await contents.Read(database, cancel);
        var invoices = shown.Map(invoice => invoice.Read(visitor.Id, said)).Strict();
        return PageResult.Of<InvoicesPage>(new Frame(brand, visitor.Member), new InvoicesView(
            [.. invoices.Select(invoice => Row(visitor, invoice))],
            page.Value.Count > InvoicesOfPage ? $"{DashboardPaths.Invoices(visitor.Id)}?after={InvoiceCursor.After(invoices.Last).Text}" : null,
            IsFirst: from == InvoiceCursor.Start));
    }

    private static InvoiceRow Row(Visitor visitor, Invoice invoice) => new(
        DashboardPaths.Invoice(visitor.Id, invoice.Content.ExternalId.Value), NameOf(invoice), Shown.Period(invoice.Content.Period),
        Shown.Day(invoice.Content.InvoiceDate), Shown.Status(invoice), Shown.Money(invoice.Content.Total), invoice.Content.Test.IsSome);

    private static async Task<IResult> ShowInvoice(
        Visitor visitor, string invoiceId, Brand brand, Messages messages, NpgsqlDataSource database, CancellationToken cancel)
    {
        var names = new Loads();
        var named = InvoiceRows.Named(names, visitor.Id, invoiceId);
        await names.Read(database, cancel);
        if (named.Value is not { } id)
            return messages.NoSuch("Invoice", DashboardPaths.Invoices(visitor.Id), "All invoices");

        var loads = new Loads();
        var found = InvoiceRows.Load(loads, visitor.Id, id);
        var refunds = RefundRows.Of(loads, visitor.Id, id);
        var resources = ResourceRows.LoadAll(loads, visitor.Id);
        await loads.Read(database, cancel);
        return found() is { } invoice
            ? PageResult.Of<InvoicePage>(new Frame(brand, visitor.Member), View(invoice, refunds.Value, resources.Value))
            : messages.NoSuch("Invoice", DashboardPaths.Invoices(visitor.Id), "All invoices");
    }

    private static InvoiceView View(Invoice invoice, Seq<Refund> refunds, Seq<Resource> resources)
    {
        var content = invoice.Content;
        var refunded = RequestRefund.RefundedSoFar(invoice, refunds);
        return new InvoiceView(
            NameOf(invoice), Shown.Status(invoice), Explanation(invoice), Shown.Period(content.Period), Shown.Day(content.InvoiceDate),
            [.. content.Lines.GroupBy(line => line.Subject).Select(lines => new InvoiceGroup(NameOf(lines.Key, resources), [.. lines.Select(PlanViews.Of)]))],
            [.. content.Deductions.Select(deduction => new Fact(deduction.Name, Shown.Money(Usd.Zero - deduction.Amount)))],
            Shown.Money(Usd.Sum(content.Lines.Map(line => line.Total))), Shown.Money(content.Total),
            refunded > Usd.Zero ? Shown.Money(refunded) : null, [.. refunds.Select(View)],
            invoice.KnownAs.MatchUnsafe<string?>(id => id.Value, () => null), content.Test.IsSome);
    }

    private static string NameOf(Invoice invoice) =>
        invoice.Content.Final ? "Final invoice" : invoice.Content.IsTakeUp ? "Charges at sign-up" : invoice.Content.IsOneOff ? "One-off charges" : "Monthly invoice";

    private static string NameOf(PlanSubject subject, Seq<Resource> resources) =>
        subject.Single.Case is SomeCase<ResourceId>(var id)
            ? resources.Find(one => one.Id == id).Match(one => one.Facts.Name, () => id.Value)
            : "All resources";

    private static string? Explanation(Invoice invoice) =>
        invoice switch
        {
            Invoice.Drafted or Invoice.Submitted or Invoice.Known or Invoice.Refused => "It is on its way to Vercel, who will charge it.",
            Invoice.Accepted => "Vercel charges the payment method of your team.",
            Invoice.NotPaid failed => $"The last attempt, on {Shown.Day(failed.LastAttemptAt)}, failed. Check the payment method of your team on Vercel.",
            Invoice.Overdue => "Vercel has stopped trying to charge it. Settle it on Vercel, and service goes on.",
            Invoice.Paid paid => $"Paid on {Shown.Day(paid.PaidAt)}.",
            Invoice.RefundRequested => "The money is on its way back to you.",
            Invoice.Refunded refunded => $"Refunded on {Shown.Day(refunded.RefundedAt)}.",
            Invoice.Skipped { Rest: SmallTotal.Carried } => "It came to too little to be charged by itself.",
            Invoice.Skipped { Rest: SmallTotal.Waived } => "It came to too little to be charged, and nobody has to pay it.",
            Invoice.Skipped => null,
            _ => throw new UnreachableException(invoice.GetType().Name),
        };

    private static RefundView View(Refund refund) => new(
        Shown.Money(refund.Terms.Amount), refund.Terms.Reason,
        refund switch
        {
            Refund.Requested or Refund.Sent or Refund.Accepted => "Under way",
            Refund.Refunded => "Refunded",
            Refund.Failed => "Did not go through",
            Refund.Unknown => "Not confirmed",
            _ => throw new UnreachableException(refund.GetType().Name),
        },
        Shown.Day(refund.Terms.RequestedAt));
}
