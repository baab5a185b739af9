using FsCheck.Fluent;
using Marketplace.Core.Time;
using Xunit;

namespace Marketplace.Properties.Time;

public sealed class RetryScheduleLaws
{
    [Fact]
    public void Each_wait_is_twice_the_one_before_until_the_longest() =>
        Law.Holds(
            Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, int.MaxValue - 1)),
            attempt =>
            {
                var twice = RetrySchedule.Next(attempt) * 2;
                return RetrySchedule.Next(attempt + 1) == (twice < RetrySchedule.Longest ? twice : RetrySchedule.Longest);
            });

    [Fact]
    public void Every_wait_is_at_least_the_first_whatever_the_number() =>
        Law.Holds(
            Gen.OneOf(Gen.Choose(int.MinValue, int.MaxValue), Gen.Elements(int.MinValue, 0, 1, int.MaxValue)),
            attempt => RetrySchedule.Next(attempt) is var wait
                && wait >= RetrySchedule.First && wait <= RetrySchedule.Longest
                && (attempt > 1 || wait == RetrySchedule.First));

    [Fact]
    public void Seven_failures_pass_in_ten_minutes() =>
        // 5 + 10 + 20 + 40 + 80 + 160 + 320 s = 635 s
        Assert.Equal(
            TimeSpan.FromSeconds(635),
            Enumerable.Range(1, 7).Aggregate(TimeSpan.Zero, (sum, attempt) => sum + RetrySchedule.Next(attempt)));
}
