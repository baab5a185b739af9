using Marketplace.Jobs.Scheduling;
using Marketplace.Shell.JobHosts;

namespace Marketplace.Integration.JobHosts.Hangfire;

public sealed class CadenceTests
{
    [Theory]
    [InlineData(1, "* * * * * *")]
    [InlineData(2, "0/2 * * * * *")]
    [InlineData(7, "4/6 * * * * *")]
    [InlineData(45, "16/30 * * * * *")]
    [InlineData(60, "16 * * * * *")]
    [InlineData(150, "16 0/2 * * * *")]
    [InlineData(1800, "16 16/30 * * * *")]
    [InlineData(5 * 3600, "16 16 0/4 * * *")]
    [InlineData(36 * 3600, "16 16 16 * * *")]
    public void What_comes_again_and_again_comes_at_least_as_often_as_asked_at_a_time_of_its_own(int seconds, string expected) =>
        Assert.Equal(expected, Cadence.Of("outbox", JobSchedule.EverySeconds(seconds)));

    [Fact]
    public void A_time_of_day_stays_what_it_is() => Assert.Equal("17 3 * * *", Cadence.Of("answers", new JobSchedule.Cron("17 3 * * *")));

    [Theory]
    [InlineData("every day")]
    [InlineData("0 17 3 * * *")]
    public void What_has_not_five_fields_is_no_time_of_day(string expression) =>
        Assert.Throws<ArgumentException>(() => Cadence.Of("answers", new JobSchedule.Cron(expression)));
}
