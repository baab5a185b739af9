using System.Globalization;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Integration.Dashboard;

/// <summary>How long a balance is said to last. It is 2027-01-20, 10:00, wherever nothing else is said.</summary>
public sealed class BalancePaceTests
{
    private static readonly DateTimeOffset Now = At("2027-01-20T10:00:00Z");

    [Fact]
    public void It_is_counted_from_the_first_use_and_not_from_the_purchase_or_from_midnight() =>
        // 48 hours from the hour before January 18th, 11:00. 20.00 a day: 100.00 are five days of it.
        Assert.Equal(
            "$40.00 went in 2 days. At this pace it lasts about 5 days.",
            Say(new Usd(100m), Bought("2027-01-14"), Used("2027-01-18T11:00:00Z", 10m), Used("2027-01-19T01:00:00Z", 20m), Used("2027-01-20T01:00:00Z", 10m)));

    [Fact]
    public void What_goes_on_for_long_is_judged_by_its_last_seven_days() =>
        // 6 days and 10 hours since January 14th, 00:00: 64.20 of them are 10.00 for each of 6.42 days. The 900.00 before them are over.
        Assert.Equal(
            "$64.17 went in 6 days. At this pace it lasts about 10 days.",
            Say(new Usd(100.5m), Used("2027-01-02T05:00:00Z", 900m), Used("2027-01-15T05:00:00Z", 64.17m)));

    [Fact]
    public void The_first_hours_of_use_say_nothing_yet() =>
        Assert.Null(Say(new Usd(90m), Bought("2027-01-19"), Used("2027-01-20T09:00:00Z", 10m)));

    [Fact]
    public void Nothing_is_said_of_what_is_empty_or_does_not_go_down()
    {
        Assert.Null(Say(Usd.Zero, Used("2027-01-15T05:00:00Z", 10m)));
        Assert.Null(Say(new Usd(10m), Bought("2027-01-15")));
        Assert.Null(Say(new Usd(10m), Used("2027-01-02T05:00:00Z", 10m)));
    }

    private static string? Say(Usd left, params BalanceDay[] days) => BalancePace.Say(days.ToSeq().Strict(), left, Now);

    private static BalanceDay Bought(string day) =>
        new(UsageDay.Of(At($"{day}T00:00:00Z")), new Usd(100m), Usd.Zero, Usd.Zero, new Usd(100m), Option<DateTimeOffset>.None);

    private static BalanceDay Used(string from, decimal amount) =>
        new(UsageDay.Of(At(from)), Usd.Zero, Usd.Zero, Usd.Zero - new Usd(amount), Usd.Zero, At(from));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
