using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Core.UsageEvents;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.UsageEvents;

public sealed class UsageIntakeLaws
{
    private static readonly TimeSpan AcceptedFor = TimeSpan.FromDays(45);

    private static readonly ResourceId Resource = new("res_1");

    /// <summary>A resource that is handed over a few times, with a gap here and there, and an event around it.</summary>
    private static readonly Gen<Reported> Any =
        from now in AnyTime.Moment
        from hours in Gen.ListOf(Gen.Choose(0, 400))
        from gone in Gen.Choose(0, 1)
        from closed in Gen.ListOf(Gen.Choose(-10, 60), hours.Count + 1)
        from back in Gen.Frequency((6, AnyNumber.Between(-600, 40 * 86400L)), (1, AnyNumber.Between(-7200, 90 * 86400L)))
        from late in Gen.Elements(LateUsagePolicy.Carry, LateUsagePolicy.Refuse)
        select new Reported(now, Homes(now, [.. hours], gone == 1, [.. closed]), now.AddSeconds(-back), late);

    [Fact]
    public void An_event_counts_with_whoever_had_the_resource_at_its_moment() =>
        Law.Holds(Any, given => given.Judged.Match(
            Right: home => home.Plans.Exists(span => span.Contains(given.UsedAt))
                && given.Homes.Count(other => other.Plans.Exists(span => span.Contains(given.UsedAt))) == 1,
            Left: _ => true));

    [Fact]
    public void What_nobody_had_at_the_moment_counts_with_nobody() =>
        Law.Holds(Any, given =>
            given.Homes.Any(home => home.Plans.Exists(span => span.Contains(given.UsedAt))) || given.Judged.IsLeft);

    [Fact]
    public void What_is_late_is_refused_or_billed_with_the_first_open_period() =>
        Law.Holds(Any, given => given.Judged.Match(
            Right: home => home.LateIn(MetricKind.Interval, given.UsedAt) == (given.UsedAt < home.ClosedUntil ? home.ClosedUntil : DateTimeOffset.MinValue)
                && (given.UsedAt >= home.ClosedUntil || given.Late == LateUsagePolicy.Carry),
            Left: rejection => rejection is not UsageEventRejection.PeriodClosed(var until) || given.UsedAt < until));

    [Fact]
    public void A_reading_at_the_very_end_of_a_closed_period_is_late_and_an_amount_is_not() =>
        Law.Holds(Any, given => given.Homes.All(home =>
            home.ClosedUntil == DateTimeOffset.MinValue
            || (home.LateIn(MetricKind.Total, home.ClosedUntil) == home.ClosedUntil
                && home.LateIn(MetricKind.Rate, home.ClosedUntil.AddTicks(1)) == DateTimeOffset.MinValue
                && home.LateIn(MetricKind.Interval, home.ClosedUntil) == DateTimeOffset.MinValue)));

    [Fact]
    public void What_is_refused_stays_refused_but_for_what_came_too_early() =>
        Law.Holds(
            from given in Any from later in Gen.Choose(0, 100_000) select (given, later),
            both => both.given.Judged.Match(
                Right: _ => true,
                Left: rejection => rejection is UsageEventRejection.TooFarAhead
                    || (both.given with { Now = both.given.Now.AddSeconds(both.later) }).Judged.IsLeft));

    [Fact]
    public void The_offset_of_a_time_makes_no_difference() =>
        Law.Holds(
            from given in Any from quarters in Gen.Choose(-56, 56) select (given, offset: TimeSpan.FromMinutes(quarters * 15)),
            both => both.given.Judged == (both.given with { UsedAt = both.given.UsedAt.ToOffset(both.offset) }).Judged);

    [Theory]
    [InlineData("0", true)]
    [InlineData("0.000000001", true)]
    [InlineData("1.0000000000", true)]
    [InlineData("0.0000000001", false)]
    [InlineData("999999999999.999999999", true)]
    [InlineData("1000000000000", false)]
    [InlineData("-0.1", false)]
    public void A_quantity_has_its_limits(string quantity, bool isAllowed) =>
        Assert.Equal(isAllowed, QuantityLimits.Allow(decimal.Parse(quantity, System.Globalization.CultureInfo.InvariantCulture)));

    private static MeteredHome[] Homes(DateTimeOffset now, int[] hours, bool gone, int[] closed)
    {
        var start = now.AddDays(-40);
        var homes = new List<MeteredHome>();
        for (var i = 0; i <= hours.Length; i++)
        {
            var last = i == hours.Length;
            var end = last ? start.AddDays(100) : start.AddHours(hours[i]);
            var life = last && !gone ? Lifetime.Since(start) : new Lifetime(start, end);
            homes.Add(new MeteredHome(
                new InstallationId($"icfg_{i}"), Resource, AnyBilling.ProductOf(), Prelude.Seq1(life),
                closed[i] < 0 ? DateTimeOffset.MinValue : now.AddDays(-closed[i])));
            start = end;
        }

        return [.. homes];
    }

    private sealed record Reported(DateTimeOffset Now, MeteredHome[] Homes, DateTimeOffset UsedAt, LateUsagePolicy Late)
    {
        public Either<UsageEventRejection, MeteredHome> Judged => UsageIntake.Judge(
            new UsageEvent(Resource, AnyBilling.Queries.Id, 1m, UsedAt), Homes, Late, AcceptedFor, Now);
    }
}
