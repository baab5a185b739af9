using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Xunit;

namespace Marketplace.Properties.Invoices;

/// <summary>Whatever plans are taken up, changed, left and taken again, and whenever somebody looks.</summary>
public sealed class InvoicedLifeLaws
{
    private static readonly Gen<(InvoicedLife Life, DateTimeOffset[] Looks)> Any =
        from life in AnyInvoicedLife.Life from looks in AnyInvoicedLife.Looks(life) select (life, looks);

    [Fact]
    public void Everything_that_is_charged_in_a_life_is_invoiced_or_on_record_to_the_cent() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            var sent = Totals(history.OfType<Invoice.Drafted>());
            var waived = Totals(history.OfType<Invoice.Skipped>().Where(invoice => invoice.Rest == SmallTotal.Waived));
            var account = given.Life.At(given.Life.End, history);
            var ahead = Ahead(given.Life, history);
            Assert.Equal(given.Life.Charged + ahead, sent + waived + Totals(Carried(history)) - Usd.Sum(account.OpenCredits.Map(credit => credit.Amount)));
        });

    [Fact]
    public void Nobody_is_billed_by_one_plan_twice_for_the_same_time() =>
        Law.Holds(Any, given =>
        {
            var sent = given.Life.Invoiced(given.Looks).OfType<Invoice.Drafted>().Select(invoice => invoice.Content).ToList();
            return sent.SelectMany((one, at) => sent.Skip(at + 1).Select(other => (one, other)))
                .Where(pair => pair.one.Bills.Exists(who => pair.other.Bills.Contains(who)))
                .All(pair => pair.one.Period.Range.Intersect(pair.other.Period.Range).IsNone);
        });

    [Fact]
    public void What_was_too_little_is_on_one_later_invoice_or_still_waits() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            var carried = history.Bind(invoice => invoice.Content.Carries.Map(id => (id, by: invoice.Content))).ToList();
            return carried.Select(one => one.id).Distinct().Count() == carried.Count
                && carried.All(one => history.OfType<Invoice.Skipped>().Any(skipped =>
                    skipped.Rest == SmallTotal.Carried && skipped.Content.ExternalId == one.id && skipped.Content.InvoiceDate < one.by.InvoiceDate))
                && (given.Life.Life.End.IsNone || !Carried(history).Any());
        });

    [Fact]
    public void A_total_is_its_lines_without_its_deductions_and_worth_sending() =>
        Law.Holds(Any, given => given.Life.Invoiced(given.Looks).ForAll(invoice =>
            invoice.Content is var content
            && content.Total == Usd.Sum(content.Lines.Map(line => line.Total)) - Usd.Sum(content.Deductions.Map(discount => discount.Amount))
            && content.Total == content.Total.ToCents()
            && content.Total >= (invoice is Invoice.Drafted ? Invoice.MinimumTotal : Usd.Zero)
            && content.Lines.ForAll(line => line.Total > Usd.Zero)
            && content.Deductions.ForAll(discount => discount.Amount > Usd.Zero && content.Bills.Contains(SubjectPlan.Of(discount)))));

    [Fact]
    public void A_deduction_is_never_more_than_what_its_subject_is_billed_by_its_plan() =>
        Law.Holds(Any, given => given.Life.Invoiced(given.Looks).ForAll(invoice => invoice.Content.Bills.ForAll(who =>
            Usd.Sum(invoice.Content.Deductions.Filter(discount => SubjectPlan.Of(discount) == who).Map(discount => discount.Amount))
            <= Usd.Sum(invoice.Content.Lines.Filter(line => SubjectPlan.Of(line) == who).Map(line => line.Total)))));

    [Fact]
    public void No_more_is_given_back_than_was_granted() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            var superseded = history.Bind(invoice => invoice.Content.Carries);
            var granted = history.Bind(invoice => invoice.Content.Granted).ToLookup(credit => credit.Source, credit => credit.Amount);
            return history.Filter(invoice => !superseded.Contains(invoice.Content.ExternalId))
                .Bind(invoice => invoice.Content.Credits)
                .GroupBy(use => use.Source)
                .All(same => Usd.Sum(same.Select(use => use.Amount)) <= Usd.Sum(granted[same.Key]));
        });

    [Fact]
    public void A_charge_for_signing_up_is_made_once() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            var superseded = history.Bind(invoice => invoice.Content.Carries);
            return history.Filter(invoice => !superseded.Contains(invoice.Content.ExternalId))
                .Bind(invoice => invoice.Content.Lines)
                .Where(line => line.Kind == LineKind.OneTime)
                .CountBy(SubjectPlan.Of)
                .All(counted => counted.Value == 1);
        });

    [Fact]
    public void Whoever_looks_whenever_makes_the_same_invoices_as_long_as_nobody_has_left() =>
        Law.Holds(
            Any.Where(given => given.Life.Life.End.IsNone),
            given => Assert.Equal(Said(given.Life.Invoiced([])), Said(given.Life.Invoiced(given.Looks))));

    [Fact]
    public void No_two_invoices_have_one_name_and_what_is_made_again_has_its_own() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            return history.Map(invoice => invoice.Content.ExternalId).Distinct().Count() == history.Count
                && given.Life.Invoiced([.. given.Looks, .. given.Looks]) == history;
        });

    [Fact]
    public void A_life_that_has_ended_has_one_final_invoice_and_it_is_the_last_one_sent() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            var final = history.Filter(invoice => invoice.Content.Final);
            return final.Count == (given.Life.Life.End.IsSome ? 1 : 0)
                && final.ForAll(last => history.OfType<Invoice.Drafted>().All(sent =>
                    sent.Content.InvoiceDate < last.Content.InvoiceDate || sent == last || IsBefore(history, sent, last)));
        });

    [Fact]
    public void An_invoice_that_Vercel_refused_says_the_same_again_as_long_as_nothing_is_mended() =>
        Law.Holds(Any, given =>
        {
            var history = given.Life.Invoiced(given.Looks);
            return history.OfType<Invoice.Drafted>().All(sent =>
            {
                var refused = new Invoice.Refused(sent.Content, Prelude.Seq1("no"), given.Life.End);
                var known = history.Map(invoice => invoice == sent ? refused : invoice).Strict();
                return InvoiceDraft.Again(given.Life.At(given.Life.End, known), sent.Content).ForAll(again => Same(again.Content, sent.Content));
            });
        });

    [Fact]
    public void Tests_and_real_invoices_know_nothing_of_each_other() =>
        Law.Holds(Any, given =>
        {
            var tests = given.Life.Invoiced(given.Looks, new InvoiceTest(Validate: true, InvoiceTestResult.Paid));
            return tests.ForAll(invoice => invoice.Content.Test.IsSome && invoice.Content.ExternalId.Value.EndsWith("-test", StringComparison.Ordinal))
                && Said(tests.Map(Real).ToSeq()).SequenceEqual(Said(given.Life.Invoiced(given.Looks)));
        });

    private static bool Same(InvoiceContent again, InvoiceContent before) =>
        again.Lines == before.Lines && again.Discounts == before.Discounts && again.Total == before.Total;

    private static Invoice Real(Invoice test) =>
        test with
        {
            Content = test.Content with
            {
                Test = Option<InvoiceTest>.None,
                ExternalId = new ExternalInvoiceId(test.Content.ExternalId.Value[..^"-test".Length]),
                Carries = test.Content.Carries.Map(id => new ExternalInvoiceId(id.Value[..^"-test".Length])).Strict(),
            },
        };

    private static bool IsBefore(Seq<Invoice> history, Invoice one, Invoice other) =>
        history.ToList().IndexOf(one) < history.ToList().IndexOf(other);

    /// <summary>Without when it was made.</summary>
    private static IEnumerable<(InvoiceContent, SmallTotal?)> Said(Seq<Invoice> history) =>
        history.OrderBy(invoice => invoice.Content.ExternalId.Value, StringComparer.Ordinal)
            .Select(invoice => (invoice.Content, (invoice as Invoice.Skipped)?.Rest))
            .ToList();

    /// <summary>What was billed of a period that nobody has closed yet, and what its next one was billed in advance.</summary>
    internal static Usd Ahead(InvoicedLife life, Seq<Invoice> history)
    {
        var superseded = history.Bind(invoice => invoice.Content.Carries);
        var open = life.Periods.IsEmpty ? life.Life.Start : life.Periods.Last.End;
        return Usd.Sum(history.Filter(invoice => !superseded.Contains(invoice.Content.ExternalId)).Bind(invoice =>
            invoice.Content.Lines.Filter(line => line.Start.Exists(start => start >= open)).Map(line => line.Total)
            + invoice.Content.Discounts.Filter(discount => discount.Start.Exists(start => start >= open)).Map(discount => Usd.Zero - discount.Amount)));
    }

    internal static IEnumerable<Invoice> Carried(Seq<Invoice> history)
    {
        var superseded = history.Bind(invoice => invoice.Content.Carries);
        return history.OfType<Invoice.Skipped>()
            .Where(invoice => invoice.Rest == SmallTotal.Carried && !superseded.Contains(invoice.Content.ExternalId));
    }

    private static Usd Totals(IEnumerable<Invoice> invoices) => Usd.Sum(invoices.Select(invoice => invoice.Content.Total));
}
