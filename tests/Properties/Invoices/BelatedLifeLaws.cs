using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Xunit;

namespace Marketplace.Properties.Invoices;

/// <summary>Whatever is reported late, whoever dies after closing a period, and whatever Vercel refuses.</summary>
public sealed class BelatedLifeLaws
{
    [Fact]
    public void Everything_that_is_used_is_billed_once_whenever_it_is_told_to_the_cent() =>
        Law.Holds(AnyBelatedLife.Life, life =>
        {
            var books = life.Books();
            var sent = Totals(books.History.Filter(invoice => invoice is Invoice.Drafted or Invoice.Refused));
            var waived = Totals(books.History.OfType<Invoice.Skipped>().Where(invoice => invoice.Rest == SmallTotal.Waived));
            Assert.Equal(
                books.Charged + InvoicedLifeLaws.Ahead(life.Life, books.History),
                sent + waived + Totals(InvoicedLifeLaws.Carried(books.History)) - Usd.Sum(books.AtTheEnd.OpenCredits.Map(credit => credit.Amount)));
        });

    [Fact]
    public void Nobody_is_billed_by_one_plan_twice_for_the_same_time_though_it_was_told_late() =>
        Law.Holds(AnyBelatedLife.Life, life =>
        {
            var sent = life.Books().History.Filter(invoice => invoice is not Invoice.Skipped).Map(invoice => invoice.Content).ToList();
            return sent.SelectMany((one, at) => sent.Skip(at + 1).Select(other => (one, other)))
                .Where(pair => pair.one.Bills.Exists(who => pair.other.Bills.Contains(who)))
                .All(pair => pair.one.Period.Range.Intersect(pair.other.Period.Range).IsNone);
        });

    [Fact]
    public void What_Vercel_refused_says_the_same_again_whatever_is_told_since() =>
        Law.Holds(AnyBelatedLife.Life, life => life.Books().Changed.IsEmpty);

    [Fact]
    public void An_invoice_with_late_use_is_its_lines_without_its_deductions_and_never_negative() =>
        Law.Holds(AnyBelatedLife.Life, life => life.Books().History.ForAll(invoice =>
            invoice.Content is var content
            && content.Total == content.Total.ToCents()
            && content.Total >= (invoice is Invoice.Skipped ? Usd.Zero : Invoice.MinimumTotal)
            && content.Lines.ForAll(line => line.Total > Usd.Zero && line.Total == line.Total.ToCents())
            && content.Bills.ForAll(who =>
                Usd.Sum(content.Deductions.Filter(discount => SubjectPlan.Of(discount) == who).Map(discount => discount.Amount))
                <= Usd.Sum(content.Lines.Filter(line => SubjectPlan.Of(line) == who).Map(line => line.Total)))));

    private static Usd Totals(IEnumerable<Invoice> invoices) => Usd.Sum(invoices.Select(invoice => invoice.Content.Total));
}
