using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Statements;
using Marketplace.Properties.Invoices;
using Xunit;

namespace Marketplace.Properties.Statements;

/// <summary>From what was measured to what was paid, whatever the life and whenever somebody looked.</summary>
public sealed class StatementLaws
{
    private static readonly Usd Cent = new(0.01m);

    [Fact]
    public void Every_statement_adds_up_to_the_cent() =>
        Law.Holds(AnyStatement.Life, life =>
        {
            foreach (var statement in life.Statements)
            {
                Assert.Equal(Seq<Difference>.Empty, statement.Differences);
                Assert.Equal(Usd.Zero, statement.Reckoning.Difference);
                Assert.True(!statement.IsClosed || statement.Reckoning.NotInvoiced == Usd.Zero);
            }
        });

    [Fact]
    public void What_became_of_an_invoice_sums_to_its_total_and_no_part_is_negative() =>
        Law.Holds(AnyStatement.Life, life => life.Statements.Bind(statement => statement.Invoices).ForAll(invoice =>
            invoice.Outcome is var outcome
            && outcome.Total == invoice.Invoice.Content.Total
            && new[] { outcome.Paid, outcome.Refunded, outcome.Open, outcome.Unsent, outcome.Carried, outcome.Waived, outcome.Tested }
                .All(part => part >= Usd.Zero)));

    [Fact]
    public void Every_invoice_is_on_one_statement() =>
        Law.Holds(AnyStatement.Life, life => life.Statements.Bind(statement => statement.Invoices).Map(invoice => invoice.Invoice.Content.ExternalId)
            .OrderBy(id => id.Value, StringComparer.Ordinal)
            .SequenceEqual(life.Invoices.Map(recorded => recorded.Content.ExternalId).OrderBy(id => id.Value, StringComparer.Ordinal)));

    [Fact]
    public void What_is_left_to_give_back_goes_on_from_period_to_period() =>
        Law.Holds(AnyStatement.Life, life => life.Statements.Zip(life.Statements.Tail)
            .All(pair => pair.Item1.Credits.Closing == pair.Item2.Credits.Opening)
            && life.Statements.ForAll(statement => statement.Credits.Closing >= Usd.Zero));

    [Fact]
    public void What_one_period_bills_ahead_the_next_has_billed_before() =>
        Law.Holds(AnyStatement.Life, life => life.Statements.Zip(life.Statements.Tail)
            .All(pair => pair.Item1.Reckoning.BilledAhead == pair.Item2.Reckoning.BilledBefore));

    [Fact]
    public void A_line_that_somebody_has_changed_is_a_difference_that_names_its_invoice() =>
        Law.Holds(Changed(keepTotal: true), given =>
        {
            var named = Assert.Single(Differences(given.Life).OfType<Difference.OfInvoice>());
            Assert.Equal((given.Invoice, Usd.Zero - Cent), (named.Invoice, named.Amount));
        });

    [Fact]
    public void A_line_that_somebody_has_changed_with_its_total_is_not_what_was_measured_or_carried() =>
        Law.Holds(Changed(keepTotal: false), given =>
        {
            Assert.Contains(
                Differences(given.Life),
                named => named is Difference.OfCharges { Amount: var more } ? more == Cent : named is Difference.OfCarried lost && lost.Invoice == given.Invoice);
            Assert.DoesNotContain(Differences(given.Life), named => named is Difference.OfInvoice);
        });

    private static IEnumerable<Difference> Differences(StatedLife life) => life.Statements.SelectMany(statement => statement.Differences);

    /// <summary>One cent more on one line. What is billed ahead of a period that is not closed shows when that is.</summary>
    private static Gen<(StatedLife Life, ExternalInvoiceId Invoice)> Changed(bool keepTotal) =>
        from life in AnyStatement.Life.Where(life => Lines(life).Any())
        from at in Gen.Choose(0, int.MaxValue)
        let lines = Lines(life).ToList()
        let changed = lines[at % lines.Count]
        select (life with
        {
            Invoices = life.Invoices.Map(recorded => recorded.Content.ExternalId == changed.Invoice.Content.ExternalId
                ? WithOneCentMore(recorded, changed.Line, keepTotal) : recorded).Strict(),
        }, changed.Invoice.Content.ExternalId);

    private static IEnumerable<(RecordedInvoice Invoice, int Line)> Lines(StatedLife life) =>
        from recorded in life.Invoices
        where life.StatementOf(recorded.Content.BillingPeriod).IsClosed
        from line in Enumerable.Range(0, recorded.Content.Lines.Count)
        where recorded.Content.Lines[line].Start.ForAll(start => start < recorded.Content.BillingPeriod.End)
        select (recorded, line);

    private static RecordedInvoice WithOneCentMore(RecordedInvoice recorded, int line, bool keepTotal)
    {
        var lines = recorded.Content.Lines.Select((one, at) => at == line ? one with { Total = one.Total + Cent } : one).ToSeq().Strict();
        var content = recorded.Content with { Lines = lines };
        return new RecordedInvoice(recorded.Invoice with { Content = content }, keepTotal ? recorded.Total : content.Total);
    }
}
