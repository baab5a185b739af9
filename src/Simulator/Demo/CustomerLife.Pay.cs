using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;

namespace Marketplace.Simulator.Demo;

/// <summary>The customer changes the plan, pays, and leaves.</summary>
internal sealed partial class CustomerLife
{
    /// <summary>Below it Vercel sends no invoice to the customer.</summary>
    private const decimal InvoiceMinimum = 0.50m;

    private static readonly DateTimeOffset PlanChange = new(2027, 1, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset PeriodStart = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset PeriodEnd = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Farewell = new(2027, 2, 2, 18, 0, 0, TimeSpan.Zero);

    private ShownPrices shown = new("", 0, 0);

    private async Task ChangeThePlan(CancellationToken cancel)
    {
        await vercel.AdvanceTo(PlanChange, cancel);
        transcript.Step("In the middle of the period it moves to the pro plan");
        TellCallsBack();
        Told(await Dashboard.ResourcePlans(installationId, resourceId, metadata: null, cancel));
        Told(await Dashboard.ChangePlan(installationId, resourceId, "pro", cancel));
        Told(await Dashboard.GetResource(installationId, resourceId, cancel));
        transcript.Check("the resource is on pro", "pro", Resource.BillingPlanId);
        transcript.Check("it still works", rows, await new CustomerDatabase(Secret(Database)).CountRows(cancel));
    }

    private async Task EndThePeriod(CancellationToken cancel)
    {
        DisturbTheInvoice();
        await vercel.AdvanceTo(PeriodEnd, cancel);
        transcript.Step("The billing period ends, and one invoice comes, although the answer to it is lost");
        await Eventually("an invoice has arrived", () => Installation.Invoices.Count, count => count >= 1, cancel);
        TellCallsBack();
        var invoice = Installation.Invoices[0];
        transcript.Check("there is one invoice", 1, Installation.Invoices.Count);
        transcript.Check(
            "it is for January", $"{Wire.Text(PeriodStart)} to {Wire.Text(PeriodEnd)}",
            $"{Wire.Text(invoice.Period.Start)} to {Wire.Text(invoice.Period.End)}");
        CheckAmounts(invoice);

        await vercel.Advance(TimeSpan.FromHours(1), cancel);
        TellCallsBack();
        transcript.Check("an hour later it is paid", InvoiceState.Paid, Installation.Invoices[0].State);
        CheckWebhooks("marketplace.invoice.created", 1);
        CheckWebhooks("marketplace.invoice.paid", 1);
        CheckTheDisturbances();
    }

    private async Task Uninstall(CancellationToken cancel)
    {
        await vercel.AdvanceTo(Farewell, cancel);
        transcript.Step("The team uninstalls");
        TellCallsBack();
        var database = new CustomerDatabase(Secret(Database));
        Told(await Dashboard.Uninstall(installationId, cancel, reason: "No longer needed"));
        for (var hour = 0; hour < 6 && Installation.Stage != InstallationStage.Finalized; hour++)
        {
            await vercel.Advance(TimeSpan.FromHours(1), cancel);
        }

        TellCallsBack();
        transcript.Check("there is a second and last invoice", 2, Installation.Invoices.Count);
        CheckAmounts(Installation.Invoices[^1]);
        transcript.Check(
            "it is more than Vercel's minimum", Installation.Invoices[^1].Total >= InvoiceMinimum, $"at least {InvoiceMinimum}",
            $"{Installation.Invoices[^1].Total}");
        transcript.Check("it is paid", InvoiceState.Paid, Installation.Invoices[^1].State);
        transcript.Check("the installation is finalized", InstallationStage.Finalized, Installation.Stage);
        transcript.Check(
            "the provider asked for it, once nothing was open",
            CallsTo("/billing/finalize").Any(call => call.Status == 204),
            "billing/finalize answered with 204",
            string.Join(", ", CallsTo("/billing/finalize").Select(call => call.Status).DefaultIfEmpty(0)));
        transcript.Check(
            "all of it within the 24 hours that Vercel gives",
            Installation.FinalizedAt - Installation.DeletionRequestedAt < Finalization.Window, "less than 24 hours",
            $"{Installation.FinalizedAt - Installation.DeletionRequestedAt}");
        CheckWebhooks("marketplace.invoice.paid", 2);
        CheckWebhooks("integration-configuration.removed", 1);

        var refusal = await database.Refusal(cancel);
        transcript.Check("nobody gets in any more", refusal is not null, "a refused login", "it got in");
        transcript.Fact("refused with", refusal!);
        transcript.Check("the database is gone", false, await database.Exists(cancel));
        CheckNoFindings();
    }

    /// <summary>Exact to the cent, by arithmetic that shares nothing with the provider's.</summary>
    private void CheckAmounts(Invoice invoice)
    {
        transcript.Table(
            ["line", "price", "quantity", "units", "total"],
            invoice.Items.Select(item => (string[])[item.Name, item.Price, $"{item.Quantity}", item.Units, item.Total]));
        var expected = ExpectedInvoice.For(Installation, Resource, shown, invoice.Period);
        foreach (var line in expected.Lines)
        {
            transcript.Fact(line.Name, line.Arithmetic);
        }

        transcript.Check(
            "its lines are right to the cent",
            string.Join(", ", expected.Lines.Select(line => line.Amount).Where(amount => amount > 0).Order()),
            string.Join(", ", invoice.Items.Select(item => item.Amount).Order()));
        transcript.Check("so is its total", expected.Total, invoice.Total);
    }

    private void CheckWebhooks(string type, int count)
    {
        var sent = vercel.State.Webhooks.FindAll(webhook =>
            webhook.Type == type && webhook.Body.Contains(installationId, StringComparison.Ordinal));
        transcript.Check(
            $"{type} was accepted{(count == 1 ? "" : $", {count} of them")}",
            sent.Count == count && sent.TrueForAll(webhook => webhook.IsDelivered),
            $"{count} webhooks answered with 2xx",
            $"{sent.Count} sent, answered with {string.Join(", ", sent.Select(webhook => webhook.Attempts.LastOrDefault()?.Status?.ToString() ?? "nothing"))}");
    }

    private void CheckNoFindings() => transcript.Check(
        "Vercel has nothing to complain about", vercel.State.Findings.IsEmpty, "no findings", string.Join("; ", vercel.State.Findings));
}
