using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Invoices;

public sealed class InvoicesDueLaws
{
    private static readonly Gen<(Lifetime Life, BillingAnchor Anchor, DateTimeOffset Now)> Any =
        from start in AnyTime.Moment
        from ends in Gen.Elements(true, false)
        from lived in Gen.Choose(0, 24 * 200)
        from passed in Gen.Choose(-5, 24 * 200)
        from anchor in AnyTime.Anchor
        from end in Gen.OneOf(
            Gen.Constant(start.AddHours(lived)),
            Gen.Constant(BillingPeriod.Containing(start.AddHours(lived), anchor).End))
        from now in Gen.OneOf(Gen.Constant(start.AddHours(passed)), Gen.Choose(0, 2).Select(hours => end.AddHours(hours)))
        select (ends ? new Lifetime(start, end) : Lifetime.Since(start), anchor, now);

    [Fact]
    public void Every_moment_of_the_life_is_in_one_invoice_once_its_period_is_over() =>
        Law.Holds(
            from given in Any
            where given.Life.Start < given.Life.NoLaterThan(given.Now)
            from moment in AnyTime.In(new TimeRange(given.Life.Start, given.Life.NoLaterThan(given.Now).AddTicks(-10)))
            select (given, moment),
            given =>
            {
                var (life, anchor, now) = given.given;
                var ended = life.End.Exists(end => end <= now);
                var open = !ended && BillingPeriod.Containing(now, anchor).Contains(given.moment);
                return Due(given.given).Count(due => due.Period.Contains(given.moment)) == (open ? 0 : 1);
            });

    [Fact]
    public void Invoices_follow_each_other_in_order_and_none_is_due_before_the_life_began() =>
        Law.Holds(Any, given =>
        {
            var due = Due(given);
            return due.Zip(due.IsEmpty ? due : due.Tail).ForAll(pair => pair.Item1.Period.End == pair.Item2.Period.Start)
                && due.HeadOrNone().ForAll(first => first.Period.Contains(given.Life.Start));
        });

    [Fact]
    public void Only_the_last_invoice_of_a_life_that_has_ended_is_final() =>
        Law.Holds(Any, given =>
        {
            var due = Due(given);
            var ended = given.Life.End.Exists(end => end <= given.Now && end > given.Life.Start);
            return due.Count(each => each.Final) == (ended ? 1 : 0) && (!ended || due.Last.Final);
        });

    [Fact]
    public void Whoever_looks_later_or_again_finds_what_is_left() =>
        Law.Holds(
            from given in Any from made in Gen.SubListOf(Due(given).ToArray()) select (given, made),
            given => Due(given.given, [.. given.made]) == Due(given.given).Filter(due => !given.made.Contains(due)).Strict());

    [Fact]
    public void What_is_due_stays_due() =>
        Law.Holds(
            from given in Any from hours in Gen.Choose(0, 24 * 60) select (given, hours),
            given => Due(given.given).ForAll(due =>
                Due((given.given.Life, given.given.Anchor, given.given.Now.AddHours(given.hours)))
                    .Exists(later => later.Period == due.Period)));

    [Fact]
    public void A_life_from_the_20th_of_January_to_the_10th_of_March()
    {
        var life = new Lifetime(At("2027-01-20T09:00:00Z"), At("2027-03-10T15:00:00Z"));
        Assert.Empty(On("2027-01-31T23:59:59Z"));
        Assert.Equal(["2027-01"], On("2027-02-01T00:00:00Z"));
        Assert.Equal(["2027-01", "2027-02"], On("2027-03-10T14:59:59Z"));
        Assert.Equal(["2027-01", "2027-02", "2027-03 final"], On("2027-03-10T15:00:00Z"));
        Assert.Equal(["2027-01", "2027-02", "2027-03 final"], On("2027-06-01T00:00:00Z"));

        string[] On(string now) =>
        [
            .. Due((life, BillingAnchor.CalendarMonth, At(now)))
                .AsEnumerable()
                .Select(due => due.Period.Start.ToString("yyyy-MM") + (due.Final ? " final" : "")),
        ];
    }

    [Fact]
    public void An_uninstall_at_the_very_end_of_a_period_makes_that_periods_invoice_final()
    {
        var life = new Lifetime(At("2027-01-20T09:00:00Z"), At("2027-02-01T00:00:00Z"));
        var due = Assert.Single(Due((life, BillingAnchor.CalendarMonth, At("2027-02-01T00:00:00Z"))));
        Assert.Equal((At("2027-01-01T00:00:00Z"), true), (due.Period.Start, due.Final));
    }

    private static Seq<InvoiceDue.PeriodEnd> Due(
        (Lifetime Life, BillingAnchor Anchor, DateTimeOffset Now) given, params InvoiceDue.PeriodEnd[] made) =>
        InvoicesDue.At(
                new InvoicedInstallation(
                    AnyInvoice.Installation, given.Life, given.Anchor, BilledInstallation.PerResource(Seq<BilledResource>.Empty),
                    made.Select(due => AnyInvoice.Closed(due.Period)).ToSeq().Strict(), Seq<UsageSlot>.Empty),
                given.Now)
            .OfType<InvoiceDue.PeriodEnd>()
            .ToSeq()
            .Strict();

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
