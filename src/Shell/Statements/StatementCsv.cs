using System.Text;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Core.Statements;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;

namespace Marketplace.Shell.Statements;

/// <summary>
/// A statement as comma-separated values: one row for each fact. What is deducted, given back or used up is negative, so that the lines,
/// discounts and credits of an invoice sum to it.
/// </summary>
internal static class StatementCsv
{
    public const string MediaType = "text/csv";

    private static readonly string[] Columns =
    [
        "kind", "installation_id", "period_start", "period_end", "resource_id", "billing_plan_id", "metric", "invoice_id", "vercel_invoice_id",
        "reference", "name", "details", "state", "start", "end", "quantity", "units", "price", "amount",
    ];

    public static string Of(Statement statement)
    {
        var text = new StringBuilder();
        CsvText.Append(text, Columns.Select(CsvField.Ours));
        foreach (var fact in Facts(statement))
        {
            CsvText.Append(text,
            [
                CsvField.Ours(fact.Kind), statement.Installation.Value, CsvField.Ours(StatementText.Moment(statement.Period.Start)),
                CsvField.Ours(StatementText.Moment(statement.Period.End)), fact.ResourceId, fact.Plan, fact.Metric, fact.Invoice,
                fact.VercelInvoice, fact.Reference, fact.Name, fact.Details, CsvField.Ours(fact.State), CsvField.Ours(fact.Start),
                CsvField.Ours(fact.End), CsvField.Ours(fact.Quantity), fact.Units, CsvField.Ours(fact.Price), CsvField.Ours(fact.Amount),
            ]);
        }

        return text.ToString();
    }

    private static IEnumerable<Fact> Facts(Statement statement) =>
        statement.Usage.SelectMany(Usage)
            .Concat(statement.Charges.Lines.Select(line => Line("charge", line)))
            .Concat(statement.Charges.Discounts.Select(discount => Discount("charge-discount", discount)))
            .Concat(statement.Invoices.SelectMany(Invoice))
            .Concat(statement.Balances.SelectMany(Balance))
            .Concat(statement.Burns.SelectMany(Burn))
            .Concat(Sums("credits", ("opening", statement.Credits.Opening), ("granted", statement.Credits.Granted),
                ("given", Usd.Zero - statement.Credits.Given), ("closing", statement.Credits.Closing),
                ("not-given-back", statement.Credits.NotGivenBack)))
            .Concat(Reconciliation(statement.Reckoning))
            .Concat(statement.Differences.Select(Differing));

    private static IEnumerable<Fact> Usage(StatedUsage usage)
    {
        var fact = new Fact("usage")
        {
            ResourceId = usage.Subject.ResourceId(), Metric = usage.Metric.Id.Value, Name = usage.Metric.Name, Units = usage.Metric.Units,
        };
        yield return fact with { Details = StatementText.Of(usage.Metric.Kind), Quantity = StatementText.Exact(usage.Quantity) };
        yield return fact with { Kind = "usage-readings", Quantity = StatementText.Exact(usage.Readings), Units = "readings" };
        yield return fact with { Kind = "usage-events", Quantity = StatementText.Exact(usage.Events), Units = "events" };
        yield return fact with { Kind = "usage-reported", Quantity = StatementText.Exact(usage.Reported) };
        yield return fact with { Kind = "usage-late", Quantity = StatementText.Exact(usage.Late) };
    }

    private static IEnumerable<Fact> Invoice(StatedInvoice stated)
    {
        var (invoice, content) = (stated.Invoice, stated.Invoice.Content);
        Fact Its(Fact fact) => fact with
        {
            Invoice = content.ExternalId.Value, VercelInvoice = invoice.KnownAs.MatchUnsafe<string?>(id => id.Value, () => null),
        };
        yield return Its(new Fact("invoice")
        {
            State = InvoiceRows.StateOf(invoice), Start = StatementText.Moment(content.Period.Start),
            End = StatementText.Moment(content.Period.End), Reference = string.Join(' ', content.Carries),
            Details = content.Test.IsSome ? "test" : content.Final ? "final" : content.IsTakeUp ? "take-up" : content.IsOneOff ? "one-off" : null,
            Amount = StatementText.Amount(stated.Recorded.Total),
        });
        foreach (var line in content.Lines)
            yield return Its(Line("invoice-line", line));
        foreach (var discount in content.Discounts)
            yield return Its(Discount("invoice-discount", discount));
        foreach (var use in content.Credits)
        {
            yield return Its(new Fact("invoice-credit")
            {
                ResourceId = use.On.Subject.ResourceId(), Plan = use.On.Plan.Value, Name = use.Source.Name,
                Start = StatementText.Moment(use.Source.PeriodStart), Amount = StatementText.Negative(use.Amount),
            });
        }

        foreach (var refund in stated.Refunds)
            yield return Its(Refund(refund));
        foreach (var (part, amount) in Parts(stated.Outcome).Where(part => part.Amount != Usd.Zero))
            yield return Its(new Fact("invoice-outcome") { State = part, Amount = StatementText.Amount(amount) });
    }

    private static Fact Refund(Refund refund)
    {
        var wire = RefundWire.Of(refund);
        return new Fact("refund")
        {
            Reference = wire.Id, State = wire.State, Name = wire.Reason, Details = wire.Failure, Start = StatementText.Moment(wire.RequestedAt),
            End = StatementText.Moment(wire.ChangedAt), Amount = StatementText.Negative(refund.Terms.Amount),
        };
    }

    private static IEnumerable<Fact> Balance(LedgerPage page)
    {
        var fact = new Fact("balance") { ResourceId = page.Balance.Map(id => id.Value).OrNull() };
        yield return fact with { Name = "opening", Amount = StatementText.Amount(page.Opening) };
        foreach (var entry in page.Entries)
        {
            yield return fact with
            {
                Kind = StatementText.KindOf(entry), Reference = entry.Cause.Value, Details = entry.Reason.OrNull(), Start = StatementText.Moment(entry.At),
                Plan = entry.Burnt.Map(burnt => burnt.Use.Plan.Value).OrNull(), Amount = StatementText.Amount(entry.Amount),
            };
        }

        yield return fact with { Name = "closing", Amount = StatementText.Amount(page.Closing) };
    }

    private static IEnumerable<Fact> Burn(StatedBurn burn) =>
        Sums("prepaid-use", ("charged", burn.Charged), ("burnt", Usd.Zero - burn.Burnt), ("left", burn.Left))
            .Select(fact => fact with { ResourceId = burn.Use.Subject.ResourceId(), Plan = burn.Use.Plan.Value });

    private static IEnumerable<Fact> Reconciliation(Reckoning reckoning) =>
        Sums("reconciliation", ("charged", reckoning.Charged), ("billed-before", Usd.Zero - reckoning.BilledBefore),
            ("billed-ahead", reckoning.BilledAhead), ("corrections", reckoning.Corrections), ("one-offs", reckoning.OneOffs), ("unused", reckoning.Unused),
            ("brought-forward", reckoning.BroughtForward), ("credits-given", Usd.Zero - reckoning.CreditsGiven),
            ("not-invoiced", Usd.Zero - reckoning.NotInvoiced), ("due", reckoning.Due))
        .Concat(Sums("reconciliation", [.. Parts(reckoning.Outcome), ("total", reckoning.Total), ("difference", reckoning.Difference)]));

    private static IEnumerable<(string Part, Usd Amount)> Parts(Outcome outcome) =>
    [
        ("paid", outcome.Paid), ("refunded", outcome.Refunded), ("open", outcome.Open), ("unsent", outcome.Unsent),
        ("carried", outcome.Carried), ("waived", outcome.Waived), ("tested", outcome.Tested),
    ];

    private static Fact Differing(Difference difference)
    {
        var text = StatementText.Of(difference);
        return new Fact("difference")
        {
            Reference = text.About, Name = text.Kind,
            Details = text.Expected is null ? text.Detail : $"{text.Detail}: {text.Found} and not {text.Expected}",
            Amount = StatementText.Amount(difference.Amount),
        };
    }

    private static IEnumerable<Fact> Sums(string kind, params (string Name, Usd Amount)[] sums) =>
        sums.Select(sum => new Fact(kind) { Name = sum.Name, Amount = StatementText.Amount(sum.Amount) });

    private static Fact Line(string kind, BillingLine line) => new(kind)
    {
        ResourceId = line.Subject.ResourceId(), Plan = line.Plan.Value, Name = line.Name, Details = line.Details,
        State = InvoiceText.Of(line.Kind), Start = StatementText.Moment(line.Start), End = StatementText.Moment(line.End),
        Quantity = StatementText.Exact(line.Quantity), Units = line.Units, Price = StatementText.Amount(line.Price),
        Amount = StatementText.Amount(line.Total),
    };

    private static Fact Discount(string kind, BillingDiscount discount) => new(kind)
    {
        ResourceId = discount.Subject.ResourceId(), Plan = discount.Plan.Value, Name = discount.Name, Details = discount.Details,
        Start = StatementText.Moment(discount.Start), End = StatementText.Moment(discount.End), Amount = StatementText.Negative(discount.Amount),
    };

    private sealed record Fact(string Kind)
    {
        public string? ResourceId { get; init; }

        public string? Plan { get; init; }

        public string? Metric { get; init; }

        public string? Invoice { get; init; }

        public string? VercelInvoice { get; init; }

        public string? Reference { get; init; }

        public string? Name { get; init; }

        public string? Details { get; init; }

        public string? State { get; init; }

        public string? Start { get; init; }

        public string? End { get; init; }

        public string? Quantity { get; init; }

        public string? Units { get; init; }

        public string? Price { get; init; }

        public string? Amount { get; init; }
    }
}
