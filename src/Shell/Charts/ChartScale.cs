using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.Charts;

/// <summary>A scale from zero to a round number, in round steps.</summary>
/// <param name="Top">At least as much as the greatest value, and more than zero.</param>
public sealed record ChartScale(decimal Step, decimal Top)
{
    private const int StepsMax = 4;

    /// <summary>From the bottom to the top.</summary>
    public IEnumerable<decimal> Marks
    {
        get
        {
            for (var mark = 0m; mark <= Top; mark += Step)
                yield return mark;
        }
    }

    public static ChartScale Of(decimal greatest, bool isWhole)
    {
        if (greatest <= 0)
            return new ChartScale(1, 1);

        var step = 1m;
        while (step * StepsMax < greatest)
            step *= 10;
        while (!(isWhole && step == 1) && step / 10 * StepsMax >= greatest)
            step /= 10;
        foreach (var part in (decimal[])[0.2m, 0.25m, 0.5m])
        {
            if (step * part * StepsMax >= greatest && !(isWhole && step * part != decimal.Truncate(step * part)))
            {
                step *= part;
                break;
            }
        }

        return new ChartScale(step, Math.Ceiling(greatest / step) * step);
    }

    /// <summary>A mark in few characters: <c>9,500</c>, <c>12.5K</c>, <c>1.5T</c>.</summary>
    public static string Short(decimal mark)
    {
        var (unit, name) = mark switch
        {
            >= 1_000_000_000_000m => (1_000_000_000_000m, "T"),
            >= 1_000_000_000m => (1_000_000_000m, "B"),
            >= 1_000_000m => (1_000_000m, "M"),
            >= 10_000m => (1_000m, "K"),
            _ => (1m, ""),
        };
        return $"{Shown.Quantity(mark / unit)}{name}";
    }

    /// <summary>As the part of the height, from the bottom.</summary>
    public decimal Part(decimal value) => value / Top;
}
