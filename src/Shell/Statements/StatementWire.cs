using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Invoices;
using Marketplace.Core.Statements;
using Marketplace.Core.Time;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.VercelApi;

namespace Marketplace.Shell.Statements;

/// <summary>A statement as JSON. Amounts are decimal strings; quantities keep every digit.</summary>
internal sealed record StatementWire(
    string InstallationId, StatedPeriodWire Period, DateTime AsOf, bool Closed, StatedUsageWire[] Usage, StatedChargesWire Charges,
    StatedInvoiceWire[] Invoices, CreditsWire Credits, BalanceWire[] Balances, PrepaidWire[] Prepaid, ReconciliationWire Reconciliation,
    DifferenceWire[] Differences)
{
    public static StatementWire Of(Statement statement) => new(
        statement.Installation.Value, StatedPeriodWire.Of(statement.Period), statement.AsOf.UtcDateTime, statement.IsClosed,
        [.. statement.Usage.Select(StatedUsageWire.Of)], StatedChargesWire.Of(statement.Charges),
        [.. statement.Invoices.Select(StatedInvoiceWire.Of)], CreditsWire.Of(statement.Credits),
        [.. statement.Balances.Select(BalanceWire.Of)], [.. statement.Burns.Select(PrepaidWire.Of)],
        ReconciliationWire.Of(statement.Reckoning), [.. statement.Differences.Select(DifferenceWire.Of)]);
}

/// <param name="Name">By which the path of a statement calls it.</param>
internal sealed record StatedPeriodWire(string Name, DateTime Start, DateTime End)
{
    public static StatedPeriodWire Of(BillingPeriod period) =>
        new(StatedPeriods.NameOf(period), period.Start.UtcDateTime, period.End.UtcDateTime);
}

/// <param name="ResourceId">Absent for the installation as a whole.</param>
/// <param name="Readings">How many of its meter; <paramref name="Events"/> that were reported, and their sum.</param>
/// <param name="Late">The sum of what was reported when the period was closed; it is billed with a later one.</param>
internal sealed record StatedUsageWire(
    string? ResourceId, string Metric, string Name, string Type, string Units, decimal Quantity, long Readings, long Events, decimal Reported,
    decimal Late)
{
    public static StatedUsageWire Of(StatedUsage usage) => new(
        usage.Subject.ResourceId(), usage.Metric.Id.Value, usage.Metric.Name, StatementText.Of(usage.Metric.Kind), usage.Metric.Units,
        usage.Quantity, usage.Readings, usage.Events, usage.Reported, usage.Late);
}

internal sealed record StatedChargesWire(InvoiceLineWire[] Lines, InvoiceDiscountWire[] Discounts, string Total)
{
    public static StatedChargesWire Of(Core.BillingPlans.BillingCharges charges) => new(
        [.. charges.Lines.Select(InvoiceLineWire.Of)], [.. charges.Discounts.Select(InvoiceDiscountWire.Of)], DecimalString.Amount(charges.Total));
}

/// <param name="Carries">The earlier invoices that came to too little, all of which is on this one.</param>
internal sealed record StatedInvoiceWire(
    string Id, string? VercelInvoiceId, string State, bool TakeUp, bool OneOff, bool Final, bool Test, StatedTimeWire Period, DateTime InvoiceDate,
    InvoiceLineWire[] Lines, InvoiceDiscountWire[] Discounts, InvoiceCreditWire[] Credits, string[] Carries, string Total, OutcomeWire Outcome,
    RefundWire[] Refunds)
{
    public static StatedInvoiceWire Of(StatedInvoice stated)
    {
        var (invoice, content) = (stated.Invoice, stated.Invoice.Content);
        return new(
            content.ExternalId.Value, invoice.KnownAs.MatchUnsafe<string?>(id => id.Value, () => null), InvoiceRows.StateOf(invoice),
            content.IsTakeUp, content.IsOneOff, content.Final, content.Test.IsSome,
            new StatedTimeWire(content.Period.Start.UtcDateTime, content.Period.End.UtcDateTime), content.InvoiceDate.UtcDateTime,
            [.. content.Lines.Select(InvoiceLineWire.Of)], [.. content.Discounts.Select(InvoiceDiscountWire.Of)],
            [.. content.Credits.Select(InvoiceCreditWire.Of)], [.. content.Carries.Select(id => id.Value)],
            StatementText.Amount(stated.Recorded.Total), OutcomeWire.Of(stated.Outcome), [.. stated.Refunds.Select(RefundWire.Of)]);
    }
}

internal sealed record StatedTimeWire(DateTime Start, DateTime End);

internal sealed record OutcomeWire(string Paid, string Refunded, string Open, string Unsent, string Carried, string Waived, string Tested)
{
    public static OutcomeWire Of(Outcome outcome) => new(
        StatementText.Amount(outcome.Paid), StatementText.Amount(outcome.Refunded), StatementText.Amount(outcome.Open),
        StatementText.Amount(outcome.Unsent), StatementText.Amount(outcome.Carried), StatementText.Amount(outcome.Waived),
        StatementText.Amount(outcome.Tested));
}

/// <param name="NotGivenBack">Of the closing, where no invoice comes any more.</param>
internal sealed record CreditsWire(string Opening, string Granted, string Given, string Closing, string NotGivenBack)
{
    public static CreditsWire Of(CreditAccount credits) => new(
        StatementText.Amount(credits.Opening), StatementText.Amount(credits.Granted), StatementText.Amount(credits.Given),
        StatementText.Amount(credits.Closing), StatementText.Amount(credits.NotGivenBack));
}

/// <param name="ResourceId">Absent for the balance of the installation as a whole.</param>
internal sealed record BalanceWire(string? ResourceId, string Opening, string Bought, string Adjusted, string Burnt, string Closing, BalanceEntryWire[] Entries)
{
    public static BalanceWire Of(LedgerPage page) => new(
        page.Balance.Map(id => id.Value).OrNull(), StatementText.Amount(page.Opening), StatementText.Amount(page.Bought),
        StatementText.Amount(page.Adjusted), StatementText.Amount(page.Burnt), StatementText.Amount(page.Closing), [.. page.Entries.Select(BalanceEntryWire.Of)]);
}

/// <param name="Cause">What it was entered for: the invoice of a purchase, the plan and hour of a use, or an adjustment.</param>
/// <param name="Reason">Of an adjustment.</param>
internal sealed record BalanceEntryWire(string Cause, string Kind, DateTime At, string Amount, string? Reason)
{
    public static BalanceEntryWire Of(BalanceEntry entry) => new(
        entry.Cause.Value, StatementText.KindOf(entry), entry.At.UtcDateTime, StatementText.Amount(entry.Amount), entry.Reason.OrNull());
}

/// <summary>What a prepayment plan was used for in the period, and how much of that is taken from its balance.</summary>
internal sealed record PrepaidWire(string? ResourceId, string BillingPlanId, string Charged, string Burnt, string Left)
{
    public static PrepaidWire Of(StatedBurn burn) => new(
        burn.Use.Subject.ResourceId(), burn.Use.Plan.Value, StatementText.Amount(burn.Charged), StatementText.Amount(burn.Burnt),
        StatementText.Amount(burn.Left));
}

internal sealed record ReconciliationWire(
    string Charged, string BilledBefore, string BilledAhead, string Corrections, string OneOffs, string Unused, string BroughtForward, string CreditsGiven,
    string NotInvoiced, string Due, string Total, OutcomeWire Outcome, string Difference)
{
    public static ReconciliationWire Of(Reckoning reckoning) => new(
        StatementText.Amount(reckoning.Charged), StatementText.Amount(reckoning.BilledBefore), StatementText.Amount(reckoning.BilledAhead),
        StatementText.Amount(reckoning.Corrections), StatementText.Amount(reckoning.OneOffs), StatementText.Amount(reckoning.Unused), StatementText.Amount(reckoning.BroughtForward),
        StatementText.Amount(reckoning.CreditsGiven), StatementText.Amount(reckoning.NotInvoiced), StatementText.Amount(reckoning.Due),
        StatementText.Amount(reckoning.Total), OutcomeWire.Of(reckoning.Outcome), StatementText.Amount(reckoning.Difference));
}

internal sealed record DifferenceWire(string Kind, string About, string? Expected, string? Found, string Amount, string Detail)
{
    public static DifferenceWire Of(Difference difference)
    {
        var text = StatementText.Of(difference);
        return new(text.Kind, text.About, text.Expected, text.Found, StatementText.Amount(difference.Amount), text.Detail);
    }
}
