using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Balances;

namespace Marketplace.Shell.Dashboard;

/// <summary>How long a balance lasts, by how fast it went lately.</summary>
internal static class BalancePace
{
    /// <summary>The days that say how fast it goes.</summary>
    private const int DaysMax = 7;

    /// <summary>Uses are entered once an hour, each for the hour before.</summary>
    private static readonly TimeSpan Entered = TimeSpan.FromHours(1);

    /// <param name="known">Oldest first, and more of them than are looked at.</param>
    /// <returns>Null where it did not go down, where nothing is left, and until a day of use says something about the next.</returns>
    public static string? Say(Seq<BalanceDay> known, Usd left, DateTimeOffset now)
    {
        var window = UsageDay.Of(now).Start.AddDays(1 - DaysMax);
        var since = known.Map(one => one.BurntFrom).Somes().HeadOrNone()
            .Map(first => first - Entered > window ? first - Entered : window)
            .IfNone(now);
        var burnt = Usd.Zero - Usd.Sum(known.Filter(one => one.Day.Start >= window).Map(one => one.Burnt));
        var days = (decimal)(now - since).TotalDays;
        if (days < 1 || burnt <= Usd.Zero || left <= Usd.Zero)
            return null;

        var (counted, lasts) = (Math.Round(days), Math.Floor(left.Amount * days / burnt.Amount));
        return $"{Shown.Money(burnt)} went in {(counted == 1 ? "a day" : $"{counted} days")}. At this pace it lasts "
            + (lasts < 1 ? "less than a day." : lasts == 1 ? "about a day." : lasts > 3650 ? "for years." : $"about {Shown.Quantity(lasts)} days.");
    }
}
