using System.Text;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Statements;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.OperatorConsole.Billing.Pages;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Statements;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>/ops/billing/statements/{installation}: its periods, and one of them from usage to payments, to look at or to keep.</summary>
internal static class OperatorStatementEndpoints
{
    public static readonly RequestDelegate Periods = OperatorEndpoint.Page(ListPeriods);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowStatement);

    public static readonly RequestDelegate Download = OperatorEndpoint.Page(DownloadStatement);

    private static async Task<IResult> ListPeriods(
        Operator person, string installationId, StatementStore statements, OperatorMessages messages, CancellationToken cancel) =>
        await statements.Periods(new InstallationId(installationId), cancel) is { } periods
            ? OperatorPage.Of<StatementsPage>(person.Frame, new StatementsView(
                installationId, BillingPaths.Ledger(installationId), [.. periods.Select(period => new PeriodRow(
                    BillingPaths.Statement(installationId, StatedPeriods.NameOf(period.Period)), Shown.Period(period.Period), period.IsClosed))]))
            : messages.NoSuch(person.Frame, "Installation", BillingPaths.Root, "To the slot ledger");

    private static async Task<IResult> ShowStatement(
        Operator person, string installationId, string period, StatementStore statements, OperatorMessages messages, CancellationToken cancel) =>
        await statements.Find(new InstallationId(installationId), period, cancel) switch
        {
            StatementAnswer.Found(var statement) => OperatorPage.Of<StatementPage>(person.Frame, View(statement)),
            _ => NoSuch(person, installationId, messages),
        };

    private static async Task<IResult> DownloadStatement(
        Operator person, string installationId, string period, string? format, HttpContext context, StatementStore statements,
        OperatorMessages messages, CancellationToken cancel)
    {
        var isCsv = format switch
        {
            "csv" => true,
            "json" => false,
            _ => throw new BadHttpRequestException("A statement is downloaded as csv or json."),
        };
        if (await statements.Find(new InstallationId(installationId), period, cancel) is not StatementAnswer.Found(var statement))
            return NoSuch(person, installationId, messages);

        var file = new ContentDispositionHeaderValue("attachment");
        file.SetHttpFileName($"statement-{statement.Installation}-{StatedPeriods.NameOf(statement.Period)}.{format}");
        context.Response.Headers.ContentDisposition = file.ToString();
        context.Response.Headers.CacheControl = "no-store";
        return isCsv
            ? TypedResults.Text(StatementCsv.Of(statement), StatementCsv.MediaType, Encoding.UTF8)
            : TypedResults.Text(JsonSerializer.Serialize(StatementWire.Of(statement), WireJson.Options), "application/json", Encoding.UTF8);
    }

    private static IResult NoSuch(Operator person, string installation, OperatorMessages messages) =>
        messages.NoSuch(person.Frame, "Statement", BillingPaths.StatementsOf(installation), "All periods");

    private static StatementView View(Statement statement)
    {
        var (installation, reckoning) = (statement.Installation.Value, statement.Reckoning);
        return new StatementView(
            installation, BillingPaths.Ledger(installation), BillingPaths.StatementsOf(installation), Shown.Period(statement.Period),
            BillingPaths.Statement(installation, StatedPeriods.NameOf(statement.Period)), MomentView.Of(statement.AsOf), statement.IsClosed,
            [.. statement.Differences.Select(Difference)],
            reckoning.Difference == Usd.Zero ? null : Shown.Money(reckoning.Difference),
            Told(
            [
                ("Charged for the period", reckoning.Charged), ("Billed in advance before", Usd.Zero - reckoning.BilledBefore),
                ("Billed in advance for the next", reckoning.BilledAhead), ("Corrections of earlier periods", reckoning.Corrections),
                ("Charged beside the plans", reckoning.OneOffs), ("Paid and not used", reckoning.Unused),
                ("Carried from earlier invoices", reckoning.BroughtForward), ("Credits given", Usd.Zero - reckoning.CreditsGiven),
                ("Still to be invoiced", Usd.Zero - reckoning.NotInvoiced),
            ]),
            Shown.Money(reckoning.Due), Told(Parts(reckoning.Outcome)), Shown.Money(reckoning.Total),
            [.. statement.Usage.Select(usage => new StatedUsageRow(
                Subject(usage.Subject.ResourceId()), usage.Metric.Name, $"{Shown.Quantity(usage.Quantity)} {usage.Metric.Units}",
                Shown.Quantity(usage.Readings), Shown.Quantity(usage.Events), Shown.Quantity(usage.Late)))],
            [.. statement.Charges.Lines.Select(PlanViews.Of)], Shown.Money(statement.Charges.Total),
            [.. statement.Invoices.Select(stated => new StatedInvoiceRow(
                stated.Invoice.Content.ExternalId.Value, BillingPaths.Invoice(installation, stated.Invoice.Content.ExternalId.Value),
                InvoiceWords.KindOf(stated.Invoice.Content),
                InvoiceWords.Mark(InvoiceRows.StateOf(stated.Invoice), InvoiceText.Of((stated.Invoice as Invoice.Skipped)?.Rest)),
                Shown.Money(stated.Recorded.Total)))],
            [.. statement.Balances.Select(page => new StatedBalanceRow(
                Subject(page.Balance.Map(id => id.Value).OrNull()), Shown.Money(page.Opening), Shown.Money(page.Bought), Shown.Money(page.Adjusted),
                Shown.Money(Usd.Zero - page.Burnt), Shown.Money(page.Closing)))]);
    }

    /// <summary>By its name, with what it should be and what it is.</summary>
    private static DifferenceRow Difference(Difference difference)
    {
        var text = StatementText.Of(difference);
        return new DifferenceRow(
            text.Kind, text.About, text.Detail, text.Expected is null ? null : $"{text.Found} and not {text.Expected}", Shown.Money(difference.Amount));
    }

    private static (string Label, Usd Amount)[] Parts(Outcome outcome) =>
    [
        ("Paid", outcome.Paid), ("Refunded", outcome.Refunded), ("Open", outcome.Open), ("Not sent yet", outcome.Unsent),
        ("Carried to later invoices", outcome.Carried), ("Waived", outcome.Waived), ("Tested", outcome.Tested),
    ];

    private static Fact[] Told((string Label, Usd Amount)[] parts) =>
        [.. parts.Where(part => part.Amount != Usd.Zero).Select(part => new Fact(part.Label, Shown.Money(part.Amount)))];

    private static string Subject(string? resource) => resource ?? "The installation as a whole";
}

public sealed record StatementsView(string Installation, string InstallationAddress, IReadOnlyList<PeriodRow> Periods);

public sealed record PeriodRow(string Address, string Period, bool IsClosed);

/// <param name="Off">By how much invoices and charges differ altogether; null where they do not.</param>
/// <param name="Reckoned">What the invoices have to come to, by where it comes from; with what is zero left out.</param>
/// <param name="Became">What became of what they do come to.</param>
public sealed record StatementView(
    string Installation, string InstallationAddress, string All, string Period, string Address, MomentView AsOf, bool IsClosed,
    IReadOnlyList<DifferenceRow> Differences, string? Off, IReadOnlyList<Fact> Reckoned, string Due, IReadOnlyList<Fact> Became, string Total,
    IReadOnlyList<StatedUsageRow> Usage, IReadOnlyList<LineView> Charges, string Charged, IReadOnlyList<StatedInvoiceRow> Invoices,
    IReadOnlyList<StatedBalanceRow> Balances);

/// <param name="Name">As the Provider API has it.</param>
public sealed record DifferenceRow(string Name, string About, string Detail, string? Compared, string Amount);

public sealed record StatedUsageRow(string Subject, string Metric, string Quantity, string Readings, string Events, string Late);

public sealed record StatedInvoiceRow(string Id, string Address, string Kind, Mark State, string Amount);

public sealed record StatedBalanceRow(string Balance, string Opening, string Bought, string Adjusted, string Used, string Closing);
