using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Xunit;

namespace Marketplace.Properties.Invoices;

/// <summary>Invoices at sign-up, in advance, carried, corrected and final, dated, with the arithmetic beside them.</summary>
public sealed class InvoiceKindStories
{
    private static readonly ResourceId Orders = new("res_orders");
    private static readonly PlanId Basic = new("basic");
    private static readonly PlanId Tiny = new("tiny");
    private static readonly PlanId Loyal = new("loyal");
    private static readonly PlanId Mini = new("mini");

    /// <summary>
    /// Pro: 31.00 a month in advance, 5.00 for signing up, 0.01 a query. Team: 62.00 a month in advance. Basic: 10.00 in arrears and 0.001
    /// a query. Tiny: 0.30 a month in arrears. Mini: 0.40 in advance. Loyal: 31.01 in advance, less 58 % and 1.0057.
    /// </summary>
    private static readonly Product Acme = AnyBilling.ProductOf(
        AnyBilling.PlanOf(AnyBilling.Free, 0m),
        With(AnyBilling.PlanOf(AnyBilling.Pro, 31m, Queries(0.01m)), oneTime: 5m),
        With(AnyBilling.PlanOf(AnyBilling.Team, 62m), oneTime: 0m),
        AnyBilling.PlanOf(Basic, 10m, Queries(0.001m)),
        AnyBilling.PlanOf(Tiny, 0.30m),
        With(AnyBilling.PlanOf(Mini, 0.40m), oneTime: 0m),
        Less(
            With(AnyBilling.PlanOf(Loyal, 31.01m), oneTime: 0m), new DiscountValue.Percent(58m), new DiscountValue.Amount(new Usd(1.0057m))));

    [Fact]
    public void A_take_up_and_the_rest_of_the_month_are_two_invoices_that_share_no_second()
    {
        // Pro from January 11th, 12:00: 20.5 of 31 days at 31.00 = 20.50, and 5.00 for signing up. 200 queries by the end of the month.
        var life = Life(
            "2027-01-01T00:00:00Z", null, [(AnyBilling.Pro, "2027-01-11T12:00:00Z", null)],
            [("2027-01-11T12:00:00Z", 0m), ("2027-01-20T00:00:00Z", 200m)]);
        var (signUp, rest, _) = Three(life.Invoiced([At("2027-01-11T12:01:00Z"), At("2027-02-02T01:00:00Z")]));

        Assert.Equal("icfg_1-20270111T120000-takeup", signUp.ExternalId.Value);
        Assert.Equal([("pro", 20.50m), ("pro: One-time charge", 5.00m)], Lines(signUp));
        Assert.Equal((At("2027-01-11T12:00:00Z"), At("2027-01-11T12:01:01Z")), (signUp.Period.Start, signUp.Period.End));
        Assert.Equal(At("2027-01-11T12:01:00Z"), signUp.InvoiceDate);

        // 200 * 0.01, and the base of February. The period begins the second after the sign-up's date.
        Assert.Equal([("pro: Queries", 2.00m), ("pro", 31.00m)], Lines(rest));
        Assert.Equal("icfg_1-20270101T000000-1", rest.ExternalId.Value);
        Assert.Equal((At("2027-01-11T12:01:01Z"), At("2027-02-01T00:00:00Z")), (rest.Period.Start, rest.Period.End));
        Assert.Equal((At("2027-02-01T00:00:00Z"), At("2027-03-01T00:00:00Z")), (rest.Lines[1].Start, rest.Lines[1].End));
    }

    [Fact]
    public void An_upgrade_from_a_plan_that_was_paid_in_advance_gives_back_what_is_left_of_it()
    {
        // Pro since December, January paid in advance. Team from January 16th, 00:00: 16 of 31 days at 62.00 = 32.00.
        // Unused of pro: 31.00 - 15.00 = 16.00. To pay: 32.00 - 16.00 = 16.00.
        var life = Life(
            "2026-12-01T00:00:00Z", null,
            [(AnyBilling.Pro, "2026-12-01T00:00:00Z", "2027-01-16T00:00:00Z"), (AnyBilling.Team, "2027-01-16T00:00:00Z", null)], []);
        var upgrade = Find(life.Invoiced([]), "icfg_1-20270116T000000-takeup");

        Assert.Equal([("team", 32.00m)], Lines(upgrade));
        var credit = Assert.Single(upgrade.Deductions);
        Assert.Equal(("pro: billed in advance and not used", 16.00m, AnyBilling.Team), (credit.Name, credit.Amount.Amount, credit.Plan));
        Assert.Equal(16.00m, upgrade.Total.Amount);
        // January's end has nothing of pro left to bill, and nothing to give back again.
        Assert.Equal([("team", 62.00m)], Lines(Find(life.Invoiced([]), "icfg_1-20270101T000000-1")));
        Assert.Equal(0m, Usd.Sum(life.At(life.End, life.Invoiced([])).OpenCredits.Map(left => left.Amount)).Amount);
    }

    [Fact]
    public void Thirty_cents_of_January_are_billed_with_February()
    {
        // Tiny all of January: 0.30 is too little. Basic from February 1st: 10.00. 10.30 in one invoice, whose period is both months.
        var life = Life(
            "2027-01-01T00:00:00Z", null, [(Tiny, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"), (Basic, "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z")],
            [], until: "2027-02-20T00:00:00Z");
        var history = life.Invoiced([]);

        var january = Assert.IsType<Invoice.Skipped>(history[0]);
        Assert.Equal((SmallTotal.Carried, 0.30m), (january.Rest, january.Content.Total.Amount));
        var february = Assert.IsType<Invoice.Drafted>(history[1]).Content;
        Assert.Equal([("tiny", 0.30m), ("basic", 10.00m)], Lines(february));
        Assert.Equal((At("2027-01-01T00:00:00Z"), At("2027-03-01T00:00:00Z")), (february.Period.Start, february.Period.End));
        Assert.Equal((Option<DateTimeOffset>.None, At("2027-02-01T00:00:00Z")), (february.Lines[0].Start, february.Lines[0].End));
        Assert.Equal([january.Content.ExternalId], february.Carries.AsEnumerable());

        // Where the catalogue gives small totals away, they stay on record.
        var waived = (life with { SmallTotals = SmallTotalPolicy.Waive }).Invoiced([]);
        Assert.Equal(SmallTotal.Waived, Assert.IsType<Invoice.Skipped>(waived[0]).Rest);
        Assert.Equal([("basic", 10.00m)], Lines(waived[1].Content));
    }

    [Fact]
    public void Where_small_totals_are_given_away_a_base_is_only_when_its_period_is_over()
    {
        // December's 0.40 of the sign-up and January's are 0.80 in December. February's 0.40 is too little in January, and is not billed in
        // advance: mini was left on February 15th, and 14 of 28 days are 0.20. As many of basic are 5.00.
        var life = Life(
            "2026-12-01T00:00:00Z", null, [(Mini, "2026-12-01T00:00:00Z", "2027-02-15T00:00:00Z"), (Basic, "2027-02-15T00:00:00Z", null)], [],
            until: "2027-03-05T00:00:00Z") with
        {
            SmallTotals = SmallTotalPolicy.Waive,
        };
        var history = life.Invoiced([]);

        Assert.Equal([("mini", 0.40m), ("mini", 0.40m)], Lines(Find(history, "icfg_1-20261201T000000-1")));
        Assert.Empty(Find(history, "icfg_1-20270101T000000-1").Lines);
        var february = Find(history, "icfg_1-20270201T000000-1");
        Assert.Equal([("basic", 5.00m), ("mini", 0.20m)], Lines(february).Order());
        Assert.Empty(february.Deductions);
        Assert.Empty(life.At(life.End, history).OpenCredits);
    }

    [Fact]
    public void What_was_given_away_and_not_used_is_not_given_back()
    {
        // Mini from January 1st to 16th, 12:00: 0.40 waits since the sign-up, and half of it was used. 0.20 is given away, and nothing is left.
        var life = Life(
            "2027-01-01T00:00:00Z", null,
            [(Mini, "2027-01-01T00:00:00Z", "2027-01-16T12:00:00Z"), (AnyBilling.Free, "2027-01-16T12:00:00Z", null)], []) with
        {
            SmallTotals = SmallTotalPolicy.Waive,
        };
        var history = life.Invoiced([]);

        var january = Assert.IsType<Invoice.Skipped>(history.Single(invoice => invoice.Content.ExternalId.Value == "icfg_1-20270101T000000-1"));
        Assert.Equal((SmallTotal.Waived, 0.20m), (january.Rest, january.Content.Total.Amount));
        Assert.Empty(life.At(life.End, history).OpenCredits);
    }

    [Fact]
    public void An_install_on_the_31st_is_billed_by_its_anniversaries()
    {
        // Installed on January 31st at 09:20: periods begin on the 31st at 09:00, or on the last day of a shorter month.
        var life = Life("2027-01-31T09:20:00Z", null, [(Basic, "2027-01-31T09:20:00Z", null)], [], until: "2027-04-30T00:00:00Z") with
        {
            Anchor = BillingAnchor.Anniversary(At("2027-01-31T09:20:00Z")),
        };
        var periods = life.Invoiced([]).Map(invoice => (invoice.Content.Period.Start, invoice.Content.Period.End, invoice.Content.Total.Amount));

        // January 31st to February 28th: 28 days are 2,419,200 s, without 1,200 s: 10.00 * 2,418,000 / 2,419,200 = 9.995… -> 10.00.
        Assert.Equal(
            [
                (At("2027-01-31T09:00:00Z"), At("2027-02-28T09:00:00Z"), 10.00m),
                (At("2027-02-28T09:00:00Z"), At("2027-03-31T09:00:00Z"), 10.00m),
                (At("2027-03-31T09:00:00Z"), At("2027-04-30T09:00:00Z"), 10.00m),
            ],
            periods.AsEnumerable());
        Assert.Equal("icfg_1-20270228T090000-1", life.Invoiced([])[1].Content.ExternalId.Value);
    }

    [Theory]
    [InlineData(2028, "2028-02-29T00:00:00Z")]
    [InlineData(2027, "2027-02-28T00:00:00Z")]
    public void An_anniversary_on_the_29th_has_its_day_in_a_leap_year_alone(int year, string february)
    {
        var life = Life($"{year}-01-29T00:00:00Z", null, [(Basic, $"{year}-01-29T00:00:00Z", null)], [], until: $"{year}-03-20T00:00:00Z") with
        {
            Anchor = BillingAnchor.Anniversary(At($"{year}-01-29T00:00:00Z")),
        };
        Assert.Equal([At(february), At($"{year}-03-29T00:00:00Z")], life.Invoiced([]).Map(invoice => invoice.Content.Period.End).AsEnumerable());
    }

    [Fact]
    public void What_is_used_late_is_corrected_at_the_margin_of_its_own_month()
    {
        // Basic: 1,000 queries in January were billed at 0.001 = 1.00. 500 more of January 20th are known after the invoice: 0.50 more.
        var before = Life(
            "2027-01-01T00:00:00Z", null, [(Basic, "2027-01-01T00:00:00Z", null)],
            [("2027-01-01T00:00:00Z", 0m), ("2027-01-10T00:00:00Z", 1000m)], until: "2027-02-20T00:00:00Z");
        var after = before with
        {
            Measurements = before.Measurements.Add(new Measurement(Orders, AnyBilling.Queries.Id, At("2027-01-20T00:00:00Z"), 1500m)),
        };
        var history = before.Invoiced([]).Take(1).Strict();
        var january = history[0].Content;
        Assert.Equal([("basic", 10.00m), ("basic: Queries", 1.00m)], Lines(january));

        var account = after.At(after.End, history);
        var late = new LateUsage(january.Period, before.At(after.End, history).Billed, account.Billed);
        var february = Drafted(account with { Late = Prelude.Seq1(late) });
        Assert.Equal([("basic", 10.00m), ("basic: Queries: late usage", 0.50m)], Lines(february));
        Assert.Equal(LineKind.Correction, february.Lines[1].Kind);
        Assert.Equal((At("2027-01-01T00:00:00Z"), At("2027-02-01T00:00:00Z")), (february.Lines[1].Start, february.Lines[1].End));

        // The other way about, what was billed too much is given back.
        var fewer = account with { Late = Prelude.Seq1(late with { Without = late.With, With = late.Without }) };
        Assert.Equal(9.50m, Drafted(fewer).Total.Amount);
    }

    [Fact]
    public void What_is_used_late_on_a_plan_that_was_left_is_billed_by_the_one_that_followed_and_says_so()
    {
        // Basic in January, tiny from February on: no invoice of February can bill basic, which was not active in it.
        var before = Life(
            "2027-01-01T00:00:00Z", null,
            [(Basic, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"), (AnyBilling.Free, "2027-02-01T00:00:00Z", null)],
            [("2027-01-01T00:00:00Z", 0m)], until: "2027-02-20T00:00:00Z");
        var after = before with
        {
            Measurements = before.Measurements.Add(new Measurement(Orders, AnyBilling.Queries.Id, At("2027-01-20T00:00:00Z"), 2000m)),
        };
        var history = before.Invoiced([]).Take(1).Strict();
        var late = new LateUsage(history[0].Content.Period, before.At(after.End, history).Billed, after.At(after.End, history).Billed);

        var line = Assert.Single(Drafted(after.At(after.End, history) with { Late = Prelude.Seq1(late) }).Lines);
        Assert.Equal((AnyBilling.Free, "basic: Queries: late usage", 2.00m), (line.Plan, line.Name, line.Total.Amount));
        Assert.EndsWith("(plan basic)", line.Details, StringComparison.Ordinal);

        // Where the resource was gone, nothing can bill it: it is on record as given away.
        var gone = Life(
            "2027-01-01T00:00:00Z", null, [(Basic, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z")], [], until: "2027-02-20T00:00:00Z");
        var drafts = Due(gone.At(after.End, history) with { Late = Prelude.Seq1(late) });
        Assert.Equal([SmallTotal.Nothing, SmallTotal.Waived], drafts.OfType<Invoice.Skipped>().Select(skipped => skipped.Rest));
        Assert.Equal("icfg_1-20270201T000000-unbillable", drafts.Last.Content.ExternalId.Value);
        Assert.Equal(2.00m, drafts.Last.Content.Total.Amount);
    }

    /// <summary>Found by <c>What_Vercel_refused_says_the_same_again_whatever_is_told_since</c> with the seed (1420334798863970320,16472096552353450131).</summary>
    [Fact]
    public void What_is_used_late_is_billed_by_the_last_plan_of_the_month_whatever_plan_comes_after_it()
    {
        // Basic in January, tiny until February 10th, then free. Tiny is taken again in March, and changes nothing of February.
        var inTime = February("2027-02-20T00:00:00Z", (AnyBilling.Free, "2027-02-10T00:00:00Z", null));
        var later = February(
            "2027-03-20T00:00:00Z", (AnyBilling.Free, "2027-02-10T00:00:00Z", "2027-03-01T00:00:00Z"), (Tiny, "2027-03-01T00:00:00Z", null));
        Assert.Equal(AnyBilling.Free, inTime.Last.Plan);
        Assert.Equal(inTime, later);

        static Seq<BillingLine> February(string until, params (PlanId, string, string?)[] since)
        {
            var before = Life(
                "2027-01-01T00:00:00Z", null,
                [(Basic, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"), (Tiny, "2027-02-01T00:00:00Z", "2027-02-10T00:00:00Z"), .. since],
                [("2027-01-01T00:00:00Z", 0m)], until);
            var after = before with
            {
                Measurements = before.Measurements.Add(new Measurement(Orders, AnyBilling.Queries.Id, At("2027-01-20T00:00:00Z"), 2000m)),
            };
            var history = before.Invoiced([]).Take(1).Strict();
            var late = new LateUsage(history[0].Content.Period, before.At(after.End, history).Billed, after.At(after.End, history).Billed);
            return Drafted(after.At(after.End, history) with { Late = Prelude.Seq1(late) }).Lines;
        }
    }

    [Fact]
    public void What_was_too_little_and_can_be_billed_no_more_is_given_away_once()
    {
        // Tiny in January came to 0.30, which waits. Another invoice has billed tiny until March, so that none of February can.
        var life = Life(
            "2027-01-01T00:00:00Z", null, [(Tiny, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z")], [], until: "2027-03-20T00:00:00Z");
        var waits = Assert.IsType<Invoice.Skipped>(life.Invoiced([])[0]);
        var other = waits.Content with
        {
            ExternalId = new ExternalInvoiceId("icfg_1-other"), Period = waits.Content.Period with { End = At("2027-03-01T00:00:00Z") },
        };
        var history = Prelude.Seq<Invoice>(waits, new Invoice.Drafted(other, At("2027-02-02T00:00:00Z")));

        var february = Due(life.At(life.End, history));
        Assert.Equal([SmallTotal.Nothing, SmallTotal.Waived], february.OfType<Invoice.Skipped>().Select(skipped => skipped.Rest));
        Assert.Equal(("icfg_1-20270201T000000-unbillable", 0.30m), (february.Last.Content.ExternalId.Value, february.Last.Content.Total.Amount));

        var march = InvoiceDraft.For(
                life.At(life.End, (history + february).Strict()),
                new InvoiceDue.PeriodEnd(BillingPeriod.MonthOf(At("2027-03-01T00:00:00Z")), Final: false), At("2027-04-05T00:00:00Z"))
            .IfLeft(limits => throw new InvalidOperationException(limits.ToString()));
        Assert.Equal(0m, Assert.Single(march).Next.Content.Total.Amount);
    }

    [Fact]
    public void An_uninstall_within_a_month_that_was_paid_in_advance_ends_with_a_credit_on_record()
    {
        // January 31.00 in advance on December's invoice. Uninstalled on January 11th, 00:00, with 150 queries: 10.00 of base are used,
        // 21.00 are not, and the queries cost 1.50. So 1.50 of the credit is given back, and 19.50 stays owed to the customer.
        var life = Life(
            "2026-12-01T00:00:00Z", "2027-01-11T00:00:00Z", [(AnyBilling.Pro, "2026-12-01T00:00:00Z", "2027-01-11T00:00:00Z")],
            [("2026-12-01T00:00:00Z", 0m), ("2027-01-05T00:00:00Z", 150m)], until: "2027-01-11T00:00:00Z");
        var history = life.Invoiced([At("2027-01-02T00:00:00Z")]);
        var final = Assert.IsType<Invoice.Skipped>(history.Last);

        Assert.True(final.Content.Final);
        Assert.Equal([("pro: Queries", 1.50m)], Lines(final.Content));
        Assert.Equal((SmallTotal.Nothing, 0m), (final.Rest, final.Content.Total.Amount));
        Assert.Equal(19.50m, Assert.Single(life.At(life.End, history).OpenCredits).Amount.Amount);
    }

    /// <summary>Found by <c>Every_statement_adds_up_to_the_cent</c> with the seed (9991966351191429961,9617764124561007773).</summary>
    [Fact]
    public void A_cent_that_moves_from_one_discount_to_the_other_is_given_back_where_nothing_else_is_billed()
    {
        // January in advance: 31.01 less 17.9858 and 1.0057, together 18.99, as 17.99 and 1.00: 12.02. Left 450 seconds before its end: 31.00 less
        // 17.98 and 1.00553, together 18.99, as 17.98 and 1.01: 12.01. No line is left for the cent more of the second one.
        var life = Life(
            "2026-12-01T00:00:00Z", null, [(Loyal, "2026-12-01T00:00:00Z", "2027-01-31T23:52:30Z"), (AnyBilling.Free, "2027-01-31T23:52:30Z", null)], []);
        var history = life.Invoiced([At("2027-01-02T00:00:00Z"), At("2027-02-02T01:00:00Z")]);

        Assert.Equal(0.01m, Assert.Single(life.At(life.End, history).OpenCredits).Amount.Amount);
    }

    [Fact]
    public void A_queue_that_wakes_an_hour_late_and_one_that_wakes_after_two_months_say_the_same()
    {
        var life = Life(
            "2027-01-01T00:00:00Z", null,
            [(AnyBilling.Pro, "2027-01-11T12:00:00Z", "2027-02-01T00:30:00Z"), (Basic, "2027-02-01T00:30:00Z", null)], [],
            until: "2027-03-20T00:00:00Z");
        var inTime = life.Invoiced([At("2027-01-11T12:01:00Z"), At("2027-02-01T01:00:00Z"), At("2027-02-02T01:00:00Z")]);
        Assert.Equal(inTime.Map(invoice => invoice.Content), life.Invoiced([]).Map(invoice => invoice.Content));
    }

    private static BillingPlan With(BillingPlan plan, decimal oneTime) =>
        plan with { Pricing = plan.Pricing with { Billed = BaseBilling.Advance, OneTime = new Usd(oneTime) } };

    private static BillingPlan Less(BillingPlan plan, params DiscountValue[] values) => plan with
    {
        Pricing = plan.Pricing with
        {
            Discounts = values.Select((value, at) => new Discount($"Off {at + 1}", value, Option<int>.None)).ToSeq().Strict(),
        },
    };

    private static MeteredPrice Queries(decimal unitPrice) => new(AnyBilling.Queries.Id, new Usd(unitPrice), "queries", 0m);

    private static InvoicedLife Life(
        string installed, string? uninstalled, (PlanId Plan, string From, string? To)[] plans, (string At, decimal Value)[] readings,
        string until = "2027-02-20T00:00:00Z") =>
        new(
            new Lifetime(At(installed), Moment(uninstalled)), BillingAnchor.CalendarMonth, SmallTotalPolicy.Carry, Acme,
            Prelude.Seq1((Orders, plans
                .Select(span => new PlanPeriod(
                    PlanSubject.Of(Orders), AnyBilling.On(span.Plan), At(span.From), Moment(span.To)))
                .ToSeq()
                .Strict())),
            readings.Select(read => new Measurement(Orders, AnyBilling.Queries.Id, At(read.At), read.Value)).ToSeq().Strict(), At(until));

    private static Seq<Invoice> Due(InvoicedInstallation account) =>
        InvoiceDraft.For(account, InvoicesDue.At(account, At("2027-03-05T00:00:00Z")).Head, At("2027-03-05T00:00:00Z"))
            .IfLeft(limits => throw new InvalidOperationException(limits.ToString()))
            .Map(drafted => drafted.Next)
            .Strict();

    private static InvoiceContent Drafted(InvoicedInstallation account) => Assert.IsType<Invoice.Drafted>(Assert.Single(Due(account))).Content;

    private static (InvoiceContent, InvoiceContent, InvoiceContent) Three(Seq<Invoice> history) =>
        (history[0].Content, history[1].Content, history[2].Content);

    private static InvoiceContent Find(Seq<Invoice> history, string id) =>
        history.Map(invoice => invoice.Content).Single(content => content.ExternalId.Value == id);

    private static (string Name, decimal Total)[] Lines(InvoiceContent content) =>
        [.. content.Lines.Select(line => (line.Name, line.Total.Amount))];

    private static Option<DateTimeOffset> Moment(string? moment) => moment is null ? Option<DateTimeOffset>.None : At(moment);

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
