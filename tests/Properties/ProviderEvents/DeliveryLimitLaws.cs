using FsCheck;
using FsCheck.Fluent;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Time;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.ProviderEvents;

public sealed class DeliveryLimitLaws
{
    /// <summary>In percent of the wait, as the job adds it.</summary>
    private static readonly Gen<int> Jitter = Gen.Choose(0, 25);

    private static readonly TimeSpan LongestWait = 1.25 * RetrySchedule.Longest;

    [Fact]
    public void What_nobody_takes_is_tried_for_three_days_and_hardly_longer() =>
        Law.Holds(from since in AnyTime.Moment from jitter in Jitter select (since, jitter), given =>
        {
            var (givenUpAt, attempts) = Fail(given.since, given.since, given.jitter);
            return givenUpAt >= given.since + DeliveryLimit.TriedFor
                && givenUpAt <= given.since + DeliveryLimit.TriedFor + LongestWait
                && attempts is > 200 and < 400;
        });

    [Fact]
    public void However_late_its_turn_comes_an_event_has_more_than_an_hour() =>
        Law.Holds(
            from since in AnyTime.Moment from jitter in Jitter from hours in Gen.Choose(0, 1000) select (since, jitter, hours),
            given =>
            {
                var first = given.since.AddHours(given.hours);
                return Fail(given.since, first, given.jitter).At >= first + TimeSpan.FromHours(1);
            });

    /// <summary>When it is given up, after how many attempts.</summary>
    private static (DateTimeOffset At, int Attempts) Fail(DateTimeOffset since, DateTimeOffset first, int jitter)
    {
        var (now, attempts) = (first, 1);
        while (!DeliveryLimit.IsReached(since, attempts, now))
        {
            now += RetrySchedule.Next(attempts) * (1 + (jitter / 100.0));
            attempts++;
        }

        return (now, attempts);
    }
}
