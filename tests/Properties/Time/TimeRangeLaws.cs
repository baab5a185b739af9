using FsCheck.Fluent;
using Marketplace.Core.Time;
using Xunit;

namespace Marketplace.Properties.Time;

public sealed class TimeRangeLaws
{
    [Fact]
    public void What_two_ranges_share_lies_in_both_whichever_comes_first() =>
        Law.Holds(
            from one in AnyTime.Range
            from moment in AnyTime.In(one)
            from length in AnyTime.Range
            select (one, other: new TimeRange(moment, moment + length.Duration)),
            given => given.one.Intersect(given.other) == given.other.Intersect(given.one)
                && given.one.Intersect(given.other).ForAll(shared =>
                    shared.Start < shared.End
                    && given.one.Contains(shared.Start) && given.other.Contains(shared.Start)
                    && given.one.Contains(shared.End.AddTicks(-1)) && given.other.Contains(shared.End.AddTicks(-1))));

    [Fact]
    public void Ranges_that_only_touch_share_nothing() =>
        Law.Holds(
            from range in AnyTime.Range from middle in AnyTime.In(range) select (range, middle),
            given =>
            {
                var before = TimeRange.Between(given.range.Start, given.middle);
                var after = TimeRange.Between(given.middle, given.range.End);
                var together = before.Map(part => part.Duration).IfNone(TimeSpan.Zero)
                    + after.Map(part => part.Duration).IfNone(TimeSpan.Zero);
                return together == given.range.Duration
                    && before.Bind(one => after.Bind(one.Intersect)).IsNone;
            });

    [Fact]
    public void A_life_shares_with_a_range_the_moments_that_lie_in_both() =>
        Law.Holds(
            from range in AnyTime.Range
            from start in AnyTime.In(range)
            from length in AnyTime.Range
            from ends in Gen.Elements(true, false)
            from moment in Gen.OneOf(
                AnyTime.In(range), Gen.Elements(start, start + length.Duration, start.AddTicks(-1), start.AddTicks(1)))
            select (range, life: ends ? new Lifetime(start, start + length.Duration) : Lifetime.Since(start), moment),
            given => given.life.Within(given.range).Exists(lived => lived.Contains(given.moment))
                == (given.range.Contains(given.moment) && given.life.Contains(given.moment)));

    [Fact]
    public void A_life_as_of_a_moment_knows_of_no_later_end() =>
        Law.Holds(
            from life in AnyTime.Life
            from moment in Gen.OneOf(
                AnyTime.Moment,
                from ticks in Gen.Choose(-1, 1) select life.End.IfNone(life.Start).AddTicks(ticks))
            select (life, moment),
            given => given.life.AsOf(given.moment) is var seen
                && seen.Start == given.life.Start
                && seen.End.ForAll(end => end <= given.moment && given.life.End == end)
                && (given.life.End.Exists(end => end <= given.moment) == seen.End.IsSome)
                && given.life.NoLaterThan(given.moment) <= given.moment);
}
