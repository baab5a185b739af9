using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Usage;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Conformance;

/// <summary>What was observed of a whole month, for cases to judge. Nothing in it is a judgement.</summary>
/// <param name="BeganAt">The first moment of a calendar month, in UTC.</param>
/// <param name="EndedAt">The first moment of the next one.</param>
/// <param name="SettledAt">When every period had ended for a day and no invoice was open any more, or nobody wanted to wait any longer.</param>
/// <param name="IsSettled">Whether it came to that.</param>
/// <param name="Findings">Everything that Vercel noted since the month began, of whatever installation.</param>
/// <param name="Took">In real time.</param>
internal sealed record MonthRecord(
    DateTimeOffset BeganAt,
    DateTimeOffset EndedAt,
    DateTimeOffset SettledAt,
    bool IsSettled,
    ImmutableList<MonthOfInstallation> Installations,
    ImmutableList<Finding> Findings,
    TimeSpan Took)
{
    public override string ToString() =>
        $"{Installations.Count} installations from {Wire.Text(BeganAt)} to {Wire.Text(SettledAt)} in {Took.TotalSeconds:0.0} s";
}

/// <summary>One installation's month.</summary>
internal sealed record MonthOfInstallation
{
    /// <summary>As Vercel knew it at the end: resources and their plans, invoices in their last state, a receipt of every submission of billing data.</summary>
    public required Installation Installation { get; init; }

    public required OfferedProduct Product { get; init; }

    /// <summary>What its resource was provisioned on.</summary>
    public required OfferedPlan Plan { get; init; }

    public required ImmutableList<MonthDeed> Deeds { get; init; }

    /// <summary>Every call that submits an invoice, in the order of arrival, those among them whose answer was lost.</summary>
    public required ImmutableList<ApiCall> InvoiceCalls { get; init; }

    /// <summary>Every call that was refused, or taken although it was not as the contract says. What was made to fail is not among them.</summary>
    public required ImmutableList<ApiCall> Refusals { get; init; }

    /// <summary>Every statement of prepaid balances, in the order of arrival.</summary>
    public required ImmutableList<BalanceReport> BalanceReports { get; init; }

    /// <summary>Calls of the Partner API beside the deeds, such as reads after an event, that failed or were not answered as the contract says.</summary>
    public required ImmutableList<Exchange> FailedCalls { get; init; }

    /// <summary>Every webhook about it, with all attempts to deliver it, by the time at which they came to be.</summary>
    public required ImmutableList<Webhook> Webhooks { get; init; }

    public string Id => Installation.Id;

    /// <summary>Every submission of billing data, in the order of arrival, with its hour.</summary>
    public ImmutableList<BillingReceipt> Reports => Installation.Billing.Receipts;

    public ImmutableList<Invoice> Invoices => Installation.Invoices;

    public MonthDeed? Deed(MonthDeedKind kind) => Deeds.Find(deed => deed.Kind == kind);

    public override string ToString() => $"{Id} on {Plan.Id} of {Product.Id}";
}
