using System.Collections.Immutable;
using System.Globalization;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Invoices;

/// <summary>What the provider has invoiced, and whether the customer pays it.</summary>
internal sealed class InvoicePages(PageSources sources)
{
    public Shown List(Visit visit)
    {
        var chosen = visit.Query("state");
        var all = sources.State.Installations.Values
            .SelectMany(installation => installation.Invoices.Select(invoice => (Installation: installation, Invoice: invoice)))
            .OrderByDescending(one => one.Invoice.CreatedAt)
            .ToImmutableList();
        return Shown.Of<InvoicesPage>(new InvoicesView(
            [
                new StateChoice(Navigation.Invoices, "All", all.Count, chosen is null),
                .. Enum.GetValues<InvoiceState>()
                    .Select(state => (State: state, Count: all.Count(one => one.Invoice.State == state)))
                    .Where(one => one.Count > 0 || InvoiceOperations.StateText(one.State) == chosen)
                    .Select(one => new StateChoice(
                        $"{Navigation.Invoices}?state={InvoiceOperations.StateText(one.State)}", InvoiceMarks.Of(one.State).Text, one.Count,
                        InvoiceOperations.StateText(one.State) == chosen)),
            ],
            [
                .. all.Where(one => chosen is null || InvoiceOperations.StateText(one.Invoice.State) == chosen)
                    .Select(one => Row(one.Installation, one.Invoice)),
            ]));
    }

    public Shown Show(Visit visit)
    {
        var (installation, invoice) = Find(visit);
        return Shown.Of<InvoicePage>(new InvoiceView(
            PagePaths.Invoice(installation.Id, invoice.Id), invoice.Id, invoice.ExternalId, invoice.Number, invoice.Test is not null, invoice.Memo,
            InvoiceMarks.Of(invoice.State), invoice.NextChangeAt, TeamOf(installation), PagePaths.Installation(installation.Id), Period(invoice),
            invoice.InvoiceDate,
            [
                .. invoice.Items.Select(item => new LineRow(
                    item.Name, item.Details, item.ResourceId, item.BillingPlanId, Words.Dollars(item.UnitPrice),
                    $"{Words.Number(item.Quantity)} {item.Units}", Words.Dollars(item.Amount))),
            ],
            [
                .. invoice.Discounts.Select(discount => new DiscountRow(
                    discount.Name, discount.Details, discount.BillingPlanId, $"−{Words.Dollars(discount.Amount)}")),
            ],
            Words.Dollars(invoice.Total),
            [new StepRow(invoice.CreatedAt, InvoiceMarks.Of(Began(invoice)), Note: null), .. invoice.Steps.Select(Step)],
            invoice.Test is null ? Payment(installation, invoice) : null,
            invoice.RefundTotal is { } refund ? new RefundView(Words.Dollars(refund), invoice.RefundReason, invoice.RefundedAt) : null,
            invoice.State is InvoiceState.Invoiced or InvoiceState.NotPaid or InvoiceState.Overdue));
    }

    public Outcome Pay(Visit visit)
    {
        var (installation, invoice) = Find(visit);
        sources.Hand.PayInvoice(installation.Id, invoice.Id);
        return Outcome.Done(PagePaths.Invoice(installation.Id, invoice.Id), "The customer has paid it by hand. A webhook says so.");
    }

    /// <summary>Of the whole installation: the customer has one card.</summary>
    public Outcome Card(Visit visit)
    {
        var installationId = visit.Route("installationId");
        var works = visit.Required("works") == "true";
        if (works)
        {
            sources.Hand.CardWorks(installationId);
        }
        else
        {
            sources.Hand.CardFails(installationId);
        }

        return Outcome.Done(
            visit.Field("invoice") is { } invoiceId ? PagePaths.Invoice(installationId, invoiceId) : PagePaths.Installation(installationId),
            works ? "The card works: the next charge goes through." : "The card fails: no charge goes through from now on.");
    }

    private InvoiceRow Row(Installation installation, Invoice invoice) => new(
        PagePaths.Invoice(installation.Id, invoice.Id), invoice.Number ?? invoice.ExternalId ?? invoice.Id, invoice.Test is not null,
        TeamOf(installation), Period(invoice), invoice.CreatedAt, InvoiceMarks.Of(invoice.State), invoice.NextChangeAt, Words.Dollars(invoice.Total));

    private string TeamOf(Installation installation) => sources.State.Teams[installation.AccountId].Name;

    /// <summary>The customer's purchase begins when it is invoiced.</summary>
    private static InvoiceState Began(Invoice invoice) => invoice.Steps.IsEmpty ? invoice.State
        : invoice.ExternalId is null && invoice.Steps[0].State is InvoiceState.Paid or InvoiceState.NotPaid ? InvoiceState.Invoiced : InvoiceState.Draft;

    private static StepRow Step(InvoiceStep step) => new(step.At, InvoiceMarks.Of(step.State), step.IsByHand ? "by hand" : null);

    private static PaymentView? Payment(Installation installation, Invoice invoice)
    {
        var attempts = invoice.Steps
            .Where(step => step.State is InvoiceState.NotPaid or InvoiceState.Paid)
            .Select((step, at) => new PaymentRow(
                step.IsByHand ? "By hand" : NameOf(at), step.At,
                step.State == InvoiceState.Paid ? new("Went through", Tones.Good) : new("Failed", Tones.Bad), IsToCome: false))
            .ToList();
        var retries = InvoiceTimeline.RetriesOf(invoice)
            .Select((at, ahead) => new PaymentRow(NameOf(invoice.FailedPayments + ahead), at, new("To come", Tones.Quiet), IsToCome: true));
        return new(installation.Payment.FailuresBeforePaid is not null, [.. attempts, .. retries], installation.Id);
    }

    private static string NameOf(int attempt) => attempt == 0 ? "First attempt" : $"Retry {attempt} of {InvoiceTimeline.RetriesMax}";

    private static string Period(Invoice invoice) => string.Create(
        CultureInfo.InvariantCulture, $"{invoice.Period.Start.UtcDateTime:d MMM} – {invoice.Period.End.UtcDateTime:d MMM yyyy}");

    private (Installation Installation, Invoice Invoice) Find(Visit visit)
    {
        var installation = sources.Hand.Installation(visit.Route("installationId"));
        return (installation, installation.Invoices.Find(invoice => invoice.Id == visit.Route("invoiceId"))
            ?? throw new KeyNotFoundException($"The installation has no invoice {visit.Route("invoiceId")}."));
    }
}
