using System.Globalization;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Integration.Dashboard;

/// <summary>Amounts and times as a customer reads them.</summary>
public sealed class ShownTests
{
    [Theory]
    [InlineData("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", "1 – 31 Jan 2027")]
    [InlineData("2027-01-31T12:00:00Z", "2027-02-28T12:00:00Z", "31 Jan – 28 Feb 2027")]
    [InlineData("2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z", "15 Dec 2026 – 14 Jan 2027")]
    [InlineData("2027-01-21T09:30:00Z", "2027-01-21T10:00:00Z", "21 Jan 2027")]
    public void A_period_is_named_by_its_first_and_its_last_day(string start, string end, string shown) =>
        Assert.Equal(shown, Shown.Period(new BillingPeriod(At(start), At(end))));

    [Theory]
    [InlineData("0", "$0.00")]
    [InlineData("1234567.891", "$1,234,567.89")]
    [InlineData("-5", "−$5.00")]
    public void Money_has_two_decimals_and_its_sign_in_front(string amount, string shown) =>
        Assert.Equal(shown, Shown.Money(new Usd(decimal.Parse(amount, CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData("12", "$12.00")]
    [InlineData("0.00004", "$0.00004")]
    public void The_price_of_a_unit_keeps_every_decimal(string amount, string shown) =>
        Assert.Equal(shown, Shown.Price(new Usd(decimal.Parse(amount, CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData("9500", "9,500")]
    [InlineData("12500", "12.5K")]
    [InlineData("250000000", "250M")]
    [InlineData("1500000000000", "1.5T")]
    public void A_mark_of_a_scale_has_room_beside_it_on_a_phone(string mark, string shown) =>
        Assert.Equal(shown, ChartScale.Short(decimal.Parse(mark, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2.04:10:00", "2 days 4 h")]
    [InlineData("1.00:00:00", "1 day 0 h")]
    [InlineData("03:20:59", "3 h 20 min")]
    [InlineData("00:05:03.2", "5 min 4 s")]
    [InlineData("00:00:45", "45 s")]
    [InlineData("-00:01:00", "0 s")]
    public void What_is_left_of_a_time_has_two_parts_at_most(string span, string shown) =>
        Assert.Equal(shown, Shown.Span(TimeSpan.Parse(span, CultureInfo.InvariantCulture)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
