using FsCheck.Fluent;
using Marketplace.Core.Time;
using Xunit;

namespace Marketplace.Properties.Time;

public sealed class HourSlotLaws
{
    [Fact]
    public void Hours_tile_time() =>
        Law.Holds(
            AnyTime.MomentElsewhere,
            moment =>
            {
                var slot = HourSlot.Of(moment);
                return slot.Range.Contains(moment) && slot.Next().Start == slot.End
                    && slot.Start.Offset == TimeSpan.Zero && slot.Start.UtcTicks % TimeSpan.TicksPerHour == 0;
            });

    [Fact]
    public void The_last_complete_hour_is_over_and_the_next_is_not() =>
        Law.Holds(
            AnyTime.Moment,
            now => HourSlot.LastCompleteAt(now).End <= now && HourSlot.LastCompleteAt(now).Next().End > now);

    [Fact]
    public void The_hours_of_a_range_cover_it_one_after_the_other() =>
        Law.Holds(
            AnyTime.Range,
            range =>
            {
                var slots = HourSlot.Overlapping(range).ToList();
                return slots[0].Range.Contains(range.Start) && slots[^1].Range.Contains(range.End.AddTicks(-1))
                    && slots.Skip(1).Select((slot, i) => slots[i].Next() == slot).All(follows => follows);
            });

    [Fact]
    public void Complete_hours_never_hold_more_time_than_the_range() =>
        Law.Holds(
            AnyTime.Range,
            range =>
            {
                var slots = HourSlot.Inside(range).ToList();
                return slots.TrueForAll(slot => slot.Range.Intersect(range) == slot.Range)
                    && TimeSpan.FromHours(slots.Count) <= range.Duration
                    && TimeSpan.FromHours(slots.Count + 2) > range.Duration;
            });

    [Fact]
    public void What_is_due_is_every_hour_of_the_life_that_is_over_or_ended_early() =>
        Law.Holds(
            from range in AnyTime.Range
            from start in AnyTime.In(new TimeRange(range.Start.AddDays(-1), range.End))
            from life in Gen.OneOf(
                Gen.Constant(Lifetime.Since(start)),
                AnyTime.In(new TimeRange(start, range.End.AddDays(1))).Select(end => new Lifetime(start, end)))
            from now in Gen.OneOf(
                AnyTime.In(new TimeRange(range.Start, range.End.AddHours(3))),
                Gen.Choose(-1, 70).Select(minutes => life.End.IfNone(range.End).AddMinutes(minutes)))
            select (Life: life, Range: range, Now: now),
            given =>
            {
                var expected = HourSlot.Overlapping(given.Range)
                    .Where(slot => given.Life.Within(given.Range).Exists(lived => slot.Range.Intersect(lived).IsSome))
                    .Where(slot => slot.End <= given.Now || given.Life.End.Exists(end => end <= given.Now && end <= slot.End));
                return HourSlot.DueIn(given.Life, given.Range, given.Now).SequenceEqual(expected);
            });

    [Fact]
    public void The_hour_in_which_a_life_ends_is_due_at_once()
    {
        var life = new Lifetime(DateTimeOffset.Parse("2027-01-10T10:20:00Z"), DateTimeOffset.Parse("2027-01-10T12:40:00Z"));
        var day = UsageDay.Of(life.Start).Range;
        Assert.Equal(["10:00", "11:00"], Due("2027-01-10T12:39:59Z"));
        Assert.Equal(["10:00", "11:00", "12:00"], Due("2027-01-10T12:40:00Z"));
        Assert.Equal(["10:00", "11:00", "12:00"], Due("2027-01-10T18:00:00Z"));

        IEnumerable<string> Due(string now) =>
            HourSlot.DueIn(life, day, DateTimeOffset.Parse(now)).Select(slot => slot.Start.ToString("HH:mm"));
    }
}
