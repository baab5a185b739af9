using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Usage;
using Xunit;

namespace Marketplace.Properties.Invoices;

/// <summary>One customer's bills, dated, with the arithmetic beside them.</summary>
public sealed class InvoiceStories
{
    private static readonly ResourceId Orders = new("res_orders");
    private static readonly ResourceId Scratch = new("res_scratch");

    /// <summary>Pro: 19.00 a month and storage at 0.0004 for an MB-hour, the first 10,000 included. Team: 49.00 a month.</summary>
    private static readonly Product Acme = AnyBilling.ProductOf(
        AnyBilling.PlanOf(AnyBilling.Free, 0m),
        AnyBilling.PlanOf(
            AnyBilling.Pro, 19m, new MeteredPrice(AnyBilling.Storage.Id, new Usd(0.0004m), "MB-hours", 10_000m)),
        AnyBilling.PlanOf(AnyBilling.Team, 49m));

    private static readonly Lifetime Installed = new(At("2027-01-05T08:00:00Z"), At("2027-02-10T15:30:00Z"));

    /// <summary>Pro from January 6th, team from January 16th, closed with the uninstall.</summary>
    private static readonly BilledResource OrdersDb = Resource(
        Orders, "orders-db", Installed.End,
        [(AnyBilling.Pro, "2027-01-06T00:00:00Z"), (AnyBilling.Team, "2027-01-16T00:00:00Z")],
        [("2027-01-06T00:00:00Z", 20m), ("2027-01-08T00:00:00Z", 100m)]);

    /// <summary>Free all the time, and gone after a day.</summary>
    private static readonly BilledResource ScratchDb = Resource(
        Scratch, "scratch", At("2027-01-07T00:00:00Z"), [(AnyBilling.Free, "2027-01-06T00:00:00Z")], [("2027-01-06T00:00:00Z", 5m)]);

    [Fact]
    public void January_with_a_change_of_plan()
    {
        var january = BillingPeriod.MonthOf(Installed.Start);
        var draft = Draft(new InvoiceDue.PeriodEnd(january, Final: false), At("2027-02-01T00:00:00Z"), LanguageExt.Seq<Invoice>.Empty);
        var content = Assert.IsType<Invoice.Drafted>(draft).Content;

        // Pro on the 6th to the 15th: 19.00 * 10 / 31 = 6.129… -> 6.13
        // Team on the 16th to the 31st: 49.00 * 16 / 31 = 25.290… -> 25.29
        // Storage under pro: 47 hours at 20 (the reading of the 8th at 00:00 is the level of the hour that ends there), then
        // 193 hours at 100: 940 + 19,300 = 20,240 MB-hours. Included: 10,000 * 10 / 31 = 3,225.806452 (rounded up).
        // 17,014.193548 * 0.0004 = 6.805… -> 6.81
        Assert.Equal(
            [("pro", 6.13m), ("pro: Storage", 6.81m), ("team", 25.29m)],
            content.Lines.AsEnumerable().Select(line => (line.Name, line.Total.Amount)).ToArray());
        Assert.Equal(17_014.193548m, content.Lines[1].Quantity);
        Assert.Equal(38.23m, content.Total.Amount);
        Assert.Equal(At("2027-01-31T23:59:59Z"), content.InvoiceDate);
        Assert.Equal("icfg_1-20270101T000000-1", content.ExternalId.Value);
        Assert.Equal((At("2027-01-06T00:00:00Z"), At("2027-01-16T00:00:00Z")), (content.Lines[0].Start, content.Lines[0].End));
        Assert.True(content.Lines[2].End.IsNone);
    }

    [Fact]
    public void The_final_invoice_ends_with_the_uninstall()
    {
        var january = Draft(
            new InvoiceDue.PeriodEnd(BillingPeriod.MonthOf(Installed.Start), Final: false), At("2027-02-01T00:00:00Z"),
            LanguageExt.Seq<Invoice>.Empty);
        var february = BillingPeriod.MonthOf(At("2027-02-01T00:00:00Z"));
        var draft = Draft(new InvoiceDue.PeriodEnd(february, Final: true), At("2027-02-10T15:30:00Z"), Prelude.Seq1(january));
        var content = Assert.IsType<Invoice.Drafted>(draft).Content;

        // Team from the 1st to the 10th at 15:30: 49.00 * 833,400 s / 2,419,200 s = 16.880… -> 16.88
        var line = Assert.Single(content.Lines);
        Assert.Equal(("team", 16.88m), (line.Name, line.Total.Amount));
        Assert.Equal("orders-db: 833400 of 2419200 seconds at 49.00", line.Details);
        Assert.True(content.Final);
        Assert.Equal(Installed.End, content.InvoiceDate);
        Assert.Equal("icfg_1-20270201T000000-final", content.ExternalId.Value);
    }

    [Fact]
    public void A_month_of_a_free_plan_is_skipped()
    {
        var january = BillingPeriod.MonthOf(Installed.Start);
        var skipped = InvoiceDraft.For(
            Account(BilledInstallation.PerResource(Prelude.Seq1(ScratchDb)), LanguageExt.Seq<Invoice>.Empty, Reported(january)), new InvoiceDue.PeriodEnd(january, Final: false), At("2027-02-01T00:00:00Z"));
        Assert.Equal(Usd.Zero, Assert.IsType<Invoice.Skipped>(Right(skipped).Next).Content.Total);
    }

    [Fact]
    public void Half_an_hour_of_pro_comes_to_a_cent_and_is_skipped()
    {
        // 19.00 * 1,800 s / 2,678,400 s = 0.0127… -> 0.01
        var brief = Resource(
            Orders, "orders-db", At("2027-01-06T00:30:00Z"), [(AnyBilling.Pro, "2027-01-06T00:00:00Z")], []);
        var january = BillingPeriod.MonthOf(Installed.Start);
        var skipped = InvoiceDraft.For(
            Account(BilledInstallation.PerResource(Prelude.Seq1(brief)), LanguageExt.Seq<Invoice>.Empty, Reported(january)), new InvoiceDue.PeriodEnd(january, Final: false), At("2027-02-01T00:00:00Z"));
        Assert.Equal(0.01m, Assert.IsType<Invoice.Skipped>(Right(skipped).Next).Content.Total.Amount);
    }

    [Theory]
    // 19.00 * 19.5 h / 744 h = 0.497… -> 0.50; 19.00 * 19 h / 744 h = 0.485… -> 0.49
    [InlineData("2027-01-06T19:30:00Z", "0.50", true)]
    [InlineData("2027-01-06T19:00:00Z", "0.49", false)]
    public void Half_a_dollar_is_enough(string until, string total, bool drafted)
    {
        var brief = Resource(Orders, "orders-db", At(until), [(AnyBilling.Pro, "2027-01-06T00:00:00Z")], []);
        var january = BillingPeriod.MonthOf(Installed.Start);
        var made = Right(InvoiceDraft.For(
            Account(BilledInstallation.PerResource(Prelude.Seq1(brief)), LanguageExt.Seq<Invoice>.Empty, Reported(january)), new InvoiceDue.PeriodEnd(january, Final: false), At("2027-02-01T00:00:00Z"))).Next;
        Assert.Equal((decimal.Parse(total), drafted), (made.Content.Total.Amount, made is Invoice.Drafted));
    }

    [Fact]
    public void The_last_hour_of_January_is_still_on_its_way()
    {
        // The report of 23:00 was sent and not answered; it can be sent until 23:59:59 on February 1st. Later, nothing is waited for.
        var january = BillingPeriod.MonthOf(Installed.Start);
        var known = Reported(january);
        var last = known.Last;
        var slots = known.Take(known.Count - 1).Strict()
            .Add(new UsageSlot.Sent(last.Installation, last.Slot, last.Period, last.Slot.End));

        var limits = On("2027-02-01T00:05:00Z").LeftAsEnumerable().Single();
        Assert.Equal(Prelude.Seq1<InvoiceLimit>(new InvoiceLimit.UsageNotReported(Prelude.Seq1(last.Slot))), limits);
        Assert.True(On("2027-02-01T23:59:59Z").IsLeft);
        Assert.True(On("2027-02-02T00:00:00Z").IsRight);

        Either<Seq<InvoiceLimit>, Seq<Core.Transition<Invoice, InvoiceEvent>>> On(string now) => InvoiceDraft.For(
            Account(BilledInstallation.PerResource(Prelude.Seq1(OrdersDb)), LanguageExt.Seq<Invoice>.Empty, slots), new InvoiceDue.PeriodEnd(january, Final: false), At(now));
    }

    private static Invoice Draft(InvoiceDue due, DateTimeOffset now, Seq<Invoice> history) =>
        Right(InvoiceDraft.For(
            Account(BilledInstallation.PerResource(Prelude.Seq(OrdersDb, ScratchDb)), history, Reported(due.Period)), due, now)).Next;

    private static InvoicedInstallation Account(BilledInstallation billed, Seq<Invoice> history, Seq<UsageSlot> slots) =>
        new(AnyInvoice.Installation, Installed, BillingAnchor.CalendarMonth, billed, history, slots)
        {
            SmallTotals = SmallTotalPolicy.Waive,
        };

    private static Core.Transition<Invoice, InvoiceEvent> Right(
        Either<Seq<InvoiceLimit>, Seq<Core.Transition<Invoice, InvoiceEvent>>> drafted) =>
        Assert.Single(drafted.IfLeft(limits => throw new InvalidOperationException(limits.ToString())));

    private static Seq<UsageSlot> Reported(BillingPeriod period) =>
        HourSlot.DueIn(Installed, period.Range, DateTimeOffset.MaxValue)
            .Select(slot => (UsageSlot)new UsageSlot.Confirmed(AnyUsageSlot.Installation, slot, period, slot.End))
            .ToSeq()
            .Strict();

    private static BilledResource Resource(
        ResourceId id,
        string name,
        Option<DateTimeOffset> end,
        (PlanId Plan, string From)[] plans,
        (string At, decimal Megabytes)[] storage)
    {
        var opened = plans.Skip(1).Aggregate(
            PlanPeriods.Open(id, AnyBilling.On(plans[0].Plan), At(plans[0].From)),
            (known, next) => known.Change(AnyBilling.On(next.Plan), At(next.From)).IfLeft(known));
        var closed = end.Match(Some: at => opened.Close(at).IfLeft(opened), None: () => opened);
        return BilledResource.Of(
                id, name, Acme, Option<InstallationBilling>.None, closed.Spans,
                storage.Select(read => new Measurement(id, AnyBilling.Storage.Id, At(read.At), read.Megabytes)).ToSeq().Strict())
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
    }

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
