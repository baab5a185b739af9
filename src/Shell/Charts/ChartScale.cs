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

    /// <summary>As the part of the height, from the bottom.</summary>
    public decimal Part(decimal value) => value / Top;
}
