using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Statements;
using Marketplace.Properties.Statements;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Invoices;

/// <summary>Whatever the provider charges beside the plans, and whenever, in whatever life.</summary>
public sealed class ChargeOnceLaws
{
    private static readonly Gen<ChargeLine> Line =
        from resource in Gen.Elements("res_a", "res_b")
        from name in Gen.Elements("Migration", "Support")
        from cents in Gen.Choose(1, 9_000)
        from tenths in Gen.Choose(1, 30)
        select new ChargeLine(new ResourceId(resource), name, "", new Usd(cents / 100m), tenths / 10m, "hours");

    private static readonly Gen<ChargeOnce> Asked =
        Line.NonEmptyListOf().Select(lines => new ChargeOnce(lines.Take(3).DistinctBy(line => (line.Resource, line.Name)).ToSeq().Strict()));

    private static readonly Gen<(InvoicedLife Life, DateTimeOffset[] Looks, (DateTimeOffset At, ChargeOnce Asked)[] Charges)> Any =
        from life in AnyInvoicedLife.Life
        from looks in AnyInvoicedLife.Looks(life)
        from charges in (from minutes in Gen.Choose(0, (int)(life.Until - life.Life.Start).TotalMinutes) from asked in Asked select (life.Life.Start.AddMinutes(minutes), asked)).ListOf()
        select (life, looks, charges.ToArray());

    [Fact]
    public void Everything_that_is_charged_by_plans_and_beside_them_is_invoiced_or_on_record_to_the_cent() =>
        Law.Holds(Any, given =>
        {
            var (history, charged) = given.Life.Invoiced(given.Looks, given.Charges);
            var account = given.Life.At(given.Life.End, history);
            Assert.Equal(
                given.Life.Charged + Usd.Sum(charged.Map(Total)) + InvoicedLifeLaws.Ahead(given.Life, history),
                Totals(history.OfType<Invoice.Drafted>()) + Totals(history.OfType<Invoice.Skipped>().Where(invoice => invoice.Rest == SmallTotal.Waived))
                    + Totals(InvoicedLifeLaws.Carried(history)) - Usd.Sum(account.OpenCredits.Map(credit => credit.Amount)));
            Assert.True(InvoicesDue.At(account, given.Life.End).IsEmpty);
        });

    [Fact]
    public void Nobody_is_billed_by_one_plan_twice_for_the_same_time_though_something_was_charged_beside_it() =>
        Law.Holds(Any, given =>
        {
            var sent = given.Life.Invoiced(given.Looks, given.Charges).History.OfType<Invoice.Drafted>().Select(invoice => invoice.Content).ToList();
            return sent.SelectMany((one, at) => sent.Skip(at + 1).Select(other => (one, other)))
                .Where(pair => pair.one.Bills.Exists(who => pair.other.Bills.Contains(who)))
                .All(pair => pair.one.Period.Range.Intersect(pair.other.Period.Range).IsNone)
                && sent.Select(content => content.ExternalId).Distinct().Count() == sent.Count;
        });

    [Fact]
    public void What_is_charged_beside_the_plans_is_billed_by_a_subscription_that_is_active_and_keeps_every_limit() =>
        Law.Holds(Any, given =>
        {
            var (history, _) = given.Life.Invoiced(given.Looks, given.Charges);
            foreach (var content in history.Map(invoice => invoice.Content).Filter(content => content.IsOneOff))
            {
                Assert.True(content.Period.Contains(content.InvoiceDate) && content.BillingPeriod.Contains(content.InvoiceDate));
                Assert.True(content.Total >= Invoice.MinimumTotal && !content.ClosesPeriod && !content.Final);
                Assert.All(content.Lines, line =>
                {
                    Assert.Equal(PlanType.Subscription, given.Life.Product.Plan(line.Plan).Map(plan => plan.Type).IfNone(PlanType.Prepayment));
                    Assert.Contains(
                        given.Life.Plans.Find(one => PlanSubject.Of(one.Id) == line.Subject).Map(one => one.Plans).IfNone(Prelude.Seq<PlanPeriod>()),
                        span => span.Plan == line.Plan && span.Start <= content.Period.Start && span.End.ForAll(end => end > content.Period.Start));
                });
            }
        });

    [Fact]
    public void A_statement_adds_up_to_the_cent_whatever_was_charged_beside_the_plans() =>
        Law.Holds(Any, given =>
        {
            var (history, charged) = given.Life.Invoiced(given.Looks, given.Charges);
            var statements = new StatedLife(given.Life, history.Map(invoice => new RecordedInvoice(invoice, invoice.Content.Total)).Strict()).Statements;
            Assert.All(statements, statement =>
            {
                Assert.Equal(Prelude.Seq<Difference>(), statement.Differences);
                Assert.Equal(Usd.Zero, statement.Reckoning.Difference);
            });
            Assert.Equal(Usd.Sum(charged.Map(Total)), Usd.Sum(statements.Map(statement => statement.Reckoning.OneOffs)));
        });

    [Fact]
    public void Nothing_is_charged_beside_the_plans_once_a_life_has_ended() =>
        Law.Holds(
            Any.Where(given => given.Life.Life.End.IsSome),
            given => given.Charges.All(charge => charge.At < given.Life.Life.NoLaterThan(charge.At)
                || charge.At < given.Life.Life.End.IfNone(charge.At)
                || charge.Asked.Decide(given.Life.At(charge.At, Prelude.Seq<Invoice>()), charge.At)
                    .Match(Right: _ => false, Left: why => why is ChargeRejection.InstallationLeaves)));

    [Theory]
    [InlineData("120.00", "1.5", "Migration", "hours", true)]
    [InlineData("0.000000001", "1000000", "Migration", "hours", false)]
    [InlineData("0", "1", "Migration", "hours", false)]
    [InlineData("1", "0", "Migration", "hours", false)]
    [InlineData("1.0000000001", "1", "Migration", "hours", false)]
    [InlineData("1000001", "1", "Migration", "hours", false)]
    [InlineData("1", "1", " ", "hours", false)]
    [InlineData("1", "1", "Migration", "", false)]
    public void A_line_has_a_name_units_and_an_amount_that_can_be_billed(string price, string quantity, string name, string units, bool isGood) =>
        Assert.Equal(
            isGood,
            ChargeOnce.Parse(Seq1(new ChargeLineRequest(
                None, name, None, decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture),
                decimal.Parse(quantity, System.Globalization.CultureInfo.InvariantCulture), units))).IsSuccess);

    [Fact]
    public void Every_line_that_is_wrong_is_named()
    {
        var good = new ChargeLineRequest(None, "Migration", None, 1m, 1m, "hours");
        string[] Wrong(params ChargeLineRequest[] lines) =>
            ChargeOnce.Parse(lines.ToSeq().Strict()).Match(Succ: _ => [], Fail: errors => errors.Select(error => error.Key).ToArray());

        Assert.Equal(["lines"], Wrong());
        Assert.Equal(["lines"], Wrong(good, good));
        Assert.Equal(["lines/1/name", "lines/2/quantity"], Wrong(good, good with { Name = None }, good with { Quantity = -1m }));
    }

    private static Usd Total(ChargeOnce charged) => Usd.Sum(charged.Lines.Map(line => (line.Price * line.Quantity).ToCents()));

    private static Usd Totals(IEnumerable<Invoice> invoices) => Usd.Sum(invoices.Select(invoice => invoice.Content.Total));
}
