using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Transfers;

/// <summary>A resource in two hands costs what it would have cost in one.</summary>
public sealed class HandOverLaws
{
    private static readonly ResourceId Id = new("res_1");

    /// <summary>The target's plan for all of it, which covers what has none of its own.</summary>
    private static readonly Option<PlanId> Covering = new PlanId("company");

    private static readonly Gen<Story> Stories =
        from begun in AnyTime.Moment
        from changes in Gen.Choose(1, 400)
        from heldHours in Gen.Choose(1, 400)
        from afterHours in Gen.Choose(1, 400)
        from steps in Gen.Choose(0, 50).ListOf(12)
        from planAfter in Gen.OneOf(AnyBilling.PlanId.Select(Some), Gen.Constant(Option<PlanId>.None))
        select new Story(begun, begun.AddHours(heldHours), begun.AddHours(heldHours + afterHours), begun.AddHours(Math.Min(changes, heldHours)), steps, planAfter);

    [Fact]
    public void Source_and_target_together_have_plans_for_as_long_as_one_alone() =>
        Law.Holds(Stories, story =>
        {
            var moved = story.Moved();
            var all = new TimeRange(story.Begun, story.End);
            Assert.Equal(all.Duration, moved.LeftPlans.Covered(all) + moved.ArrivedPlans.Covered(all));
            Assert.True(moved.LeftPlans.Spans.ForAll(span => span.End.Exists(end => end <= story.At)));
            Assert.True(moved.ArrivedPlans.Spans.ForAll(span => span.Start == story.At && span.End.IsNone));
            Assert.Equal(story.PlanAfter | Covering, moved.ArrivedPlans.ActiveAt(story.At));
            Assert.Equal(story.At, moved.Left.UninstalledAt);
            Assert.Equal(story.At, moved.Arrived.Facts.CreatedAt);
        });

    /// <summary>A counter that is read every hour, and for the transfer.</summary>
    [Fact]
    public void What_was_counted_is_counted_once_and_for_whoever_had_it() =>
        Law.Holds(Stories, story =>
        {
            var (before, after) = story.Counted();
            var standsAt = before[^1].Value + 7m;
            var moved = story.Moved(known: Seq1(before[^1]), read: Seq1(Reading(standsAt, story.At)));
            var source = Readings.Of(AnyBilling.Queries.Id, (before + moved.Readings).Strict(), story.End);
            var target = Readings.Of(
                AnyBilling.Queries.Id, (moved.Readings + after.Map(one => one with { Value = one.Value + standsAt })).Strict(), story.End);

            Assert.Equal(standsAt - before[0].Value, source.Consumed(new TimeRange(story.Begun, story.At)));
            Assert.Equal(after.Last.Value, target.Consumed(new TimeRange(story.At, story.End)));
        });

    /// <summary>The hourly job read later than we did or at the same moment, and stored before us: what is stored stays.</summary>
    [Fact]
    public void A_reading_that_came_in_between_is_not_counted_again() =>
        Law.Holds(
            from story in Stories from ours in Gen.Choose(0, 1000) from stored in Gen.Choose(0, 1000) from seconds in Gen.Choose(0, 1) select (story, ours, stored, seconds),
            given =>
            {
                var readAt = given.story.At.AddSeconds(-given.seconds);
                var moved = given.story.Moved(
                    known: Seq1(Reading(given.stored, given.story.At)), read: Seq1(Reading(given.ours, readAt)));
                var reading = Assert.Single(moved.Readings);
                Assert.Equal((given.stored, given.story.At), ((int)reading.Value, reading.MeasuredAt));
            });

    /// <summary>Its counter runs all the time; now and then it changes hands twice at one moment.</summary>
    [Fact]
    public void To_and_fro_each_hand_pays_for_its_own_times_and_both_together_what_one_would() =>
        Law.Holds(
            from begun in AnyTime.Moment
            from stays in (from hours in Gen.Frequency((1, Gen.Constant(0)), (4, Gen.Choose(1, 200))) from counted in Gen.Choose(0, 1000) select (hours, counted)).ListOf()
            from lastHours in Gen.Choose(1, 200)
            select (begun, stays, lastHours),
            given =>
            {
                var hands = new[] { new Hand(PlanPeriods.Open(Id, AnyBilling.On(AnyBilling.Pro), given.begun), Seq1(Reading(0m, given.begun))), Hand.Empty };
                var (holder, now, stands) = (0, given.begun, 0m);
                foreach (var (hours, counted) in given.stays)
                {
                    (now, stands) = (now.AddHours(hours), stands + counted);
                    var moved = HandOver.Of(
                        new Arrival(new Resource.Ready(Profile(given.begun)), AnyBilling.Pro), hands[holder].Plans, hands[1 - holder].Plans, None,
                        Seq1(hands[holder].Readings.Last), Seq1(Reading(stands, now)), now).IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
                    hands[holder] = hands[holder].With(moved.LeftPlans, moved.Readings);
                    hands[1 - holder] = hands[1 - holder].With(moved.ArrivedPlans, moved.Readings);
                    holder = 1 - holder;
                }

                var all = new BillingPeriod(given.begun, now.AddHours(given.lastHours));
                hands[holder] = hands[holder].With(hands[holder].Plans, Seq1(Reading(stands + 7m, all.End)));
                var lines = hands.SelectMany(hand => hand.Lines(all)).ToList();

                Assert.Equal(all.Range.Duration, hands[0].Plans.Covered(all.Range) + hands[1].Plans.Covered(all.Range));
                Assert.Equal(stands + 7m, lines.Where(line => line.Units == "queries").Sum(line => line.Quantity));
                Assert.Equal(stands + 7m, hands.Sum(hand => hand.Used(all)));
                // Each hand's bill is rounded once.
                Assert.InRange(lines.Where(line => line.Units == "period").Sum(line => line.Total.Amount), 11.99m, 12.01m);
            });

    /// <summary>The worker was late: the source had another plan from then on, and the target begins on what it agreed to.</summary>
    [Fact]
    public void A_plan_whose_time_has_come_begins_at_the_source_before_it_is_handed_over() =>
        Law.Holds(
            from story in Stories from late in Gen.Choose(0, 400) select (story, late),
            given =>
            {
                var (story, due) = (given.story, given.story.At.AddHours(-given.late));
                due = due < story.ChangedAt ? story.ChangedAt : due;
                var waiting = new Resource.Ready(Profile(story.Begun) with { NextPlan = new NextPlan(AnyBilling.Team, due) });
                var moved = HandOver.Of(
                    new Arrival(waiting, story.PlanAfter), story.Plans, PlanPeriods.Unopened(Id), Covering, Seq<Measurement>(), Seq<Measurement>(), story.At)
                    .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

                Assert.Equal(story.At > due ? Some(AnyBilling.Team) : None, moved.LeftPlans.ActiveAt(due));
                Assert.Equal(story.At - story.Begun, moved.LeftPlans.Covered(new TimeRange(story.Begun, story.End)));
                Assert.IsType<ResourceEvent.PlanChanged>(Assert.Single(moved.Begun));
                Assert.Equal(Some(AnyBilling.Team), moved.Left.Profile.Plan);
                Assert.Equal((story.PlanAfter, None), (moved.Arrived.Facts.Plan, moved.Arrived.Facts.NextPlan));
            });

    [Fact]
    public void What_the_customer_knows_of_a_resource_stays() =>
        Law.Holds(Stories, story =>
        {
            var moved = story.Moved();
            var (before, after) = (moved.Left.Profile, moved.Arrived.Facts);
            Assert.Equal(before with { CreatedAt = after.CreatedAt, Plan = after.Plan }, after);
            Assert.IsType<Resource.Ready>(moved.Arrived);
        });

    private static Measurement Reading(decimal value, DateTimeOffset at) => new(Id, AnyBilling.Queries.Id, at, value);

    private static ResourceProfile Profile(DateTimeOffset begun) =>
        new(Id, new ProductId("acme-postgres"), "db", Map<string, MetadataValue>(), Some(AnyBilling.Pro), None, None, begun);

    /// <summary>What one installation has stored of the resource.</summary>
    private sealed record Hand(PlanPeriods Plans, Seq<Measurement> Readings)
    {
        public static readonly Hand Empty = new(PlanPeriods.Unopened(Id), Seq<Measurement>());

        private static readonly Product Product = AnyBilling.ProductOf(AnyBilling.PlanOf(AnyBilling.Pro, 12m, new MeteredPrice(AnyBilling.Queries.Id, new Usd(1m), "queries", 0m)));

        /// <summary>Of two readings at one moment the stored one stays.</summary>
        public Hand With(PlanPeriods plans, Seq<Measurement> readings) =>
            new(plans, (Readings + readings.Filter(one => !Readings.Exists(stored => stored.MeasuredAt == one.MeasuredAt))).Strict());

        public Seq<BillingLine> Lines(BillingPeriod period) => BillingLines.For(period, period.End, BilledInstallation.PerResource(Seq1(Billed)));

        public decimal Used(BillingPeriod period) =>
            MetricUsage.Of(Billed, period, UsageDay.Of(period.Start), period.End).Sum(usage => usage.PeriodValue);

        private BilledResource Billed => BilledResource.Of(Id, "db", Product, None, Plans.Spans, Readings)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
    }

    private sealed record Story(
        DateTimeOffset Begun, DateTimeOffset At, DateTimeOffset End, DateTimeOffset ChangedAt, IList<int> Steps, Option<PlanId> PlanAfter)
    {
        public PlanPeriods Plans => PlanPeriods.Open(Id, AnyBilling.On(AnyBilling.Free), Begun).Change(AnyBilling.On(AnyBilling.Pro), ChangedAt)
            .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));

        public HandOver Moved(Seq<Measurement> known = default, Seq<Measurement> read = default)
        {
            var profile = Profile(Begun);
            return HandOver.Of(new Arrival(new Resource.Ready(profile), PlanAfter), Plans, PlanPeriods.Unopened(Id), Covering, known, read, At)
                .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
        }

        /// <summary>Half of the steps before the instant, half after it, which begin anew at nought.</summary>
        public (Seq<Measurement> Before, Seq<Measurement> After) Counted()
        {
            return (Run(Begun, At, Steps.Take(6)), Run(At, End, Steps.Skip(6)));

            static Seq<Measurement> Run(DateTimeOffset from, DateTimeOffset to, IEnumerable<int> steps)
            {
                var (readings, stands, number) = (Seq<Measurement>(), 0m, 0);
                foreach (var step in steps)
                    readings = readings.Add(Reading(stands += step, from + ((to - from) * ++number / 8)));
                return readings.Strict();
            }
        }
    }
}
