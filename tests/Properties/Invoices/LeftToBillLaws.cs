using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Properties.BillingPlans;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Invoices;

public sealed class LeftToBillLaws
{
    private static readonly BillingAnchor Anchor = BillingAnchor.CalendarMonth;

    /// <summary>Plans of one resource until the moment at which it ends, and the periods in which it had any.</summary>
    private static readonly Gen<(BillingStory Story, Seq<BilledPlan> Plans, Seq<BillingPeriod> Periods)> Ending =
        from story in AnyBilling.Story
        let lived = TimeRange.Between(story.Plans.Spans.Head.Start, story.AsOf)
        where lived.IsSome
        let known = story.Resource.Plans.Filter(plan => plan.Span.Start < story.AsOf).Strict()
        select (story, known, lived.Match(life => BillingPeriod.Overlapping(life, Anchor), () => Seq<BillingPeriod>()));

    [Fact]
    public void Where_nothing_is_left_no_period_without_an_invoice_comes_to_anything() =>
        Law.Holds(
            from ending in Ending
            from billed in Gen.SubListOf<BillingPeriod>(ending.Periods)
            select (ending, billed),
            given =>
            {
                var ((story, plans, periods), billed) = given;
                var invoices = billed.Select(period => new PeriodInvoice(period, IsSettled: true, ClosesPeriod: true)).ToSeq().Strict();
                var owed = periods.Filter(period => !billed.Contains(period)).Bind(period => BillingLines.For(
                    period, story.AsOf < period.End ? story.AsOf : period.End, BilledInstallation.PerResource(Seq1(story.Resource))));
                return LeftToBill.Any(plans, invoices, Anchor, story.AsOf) || owed.ForAll(line => line.Total == Usd.Zero);
            });

    [Fact]
    public void Nothing_is_left_of_what_is_free_or_was_invoiced_and_settled() =>
        Law.Holds(Ending, given =>
        {
            var settled = given.Periods.Map(period => new PeriodInvoice(period, IsSettled: true, ClosesPeriod: true)).Strict();
            var free = given.Plans.Filter(plan => !plan.Plan.Pricing.Costs).Strict();
            return !LeftToBill.Any(given.Plans, settled, Anchor, given.Story.AsOf)
                && !LeftToBill.Any(free, Seq<PeriodInvoice>(), Anchor, given.Story.AsOf);
        });

    [Fact]
    public void An_invoice_that_is_on_its_way_is_always_waited_for() =>
        Law.Holds(Ending, given => given.Periods.ForAll(underWay => LeftToBill.Any(
            given.Plans, given.Periods.Map(period => new PeriodInvoice(period, period != underWay, ClosesPeriod: true)).Strict(), Anchor, given.Story.AsOf)));
}
