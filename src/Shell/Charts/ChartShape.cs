using System.Globalization;

namespace Marketplace.Shell.Charts;

/// <summary>Where things are in a chart: across in percent of its width, which nobody knows here, and down in pixels.</summary>
internal static class ChartShape
{
    public const int Height = 168;
    public const int Top = 8;

    /// <summary>Below the line of zero the points are named.</summary>
    public const int Bottom = 24;

    public const int Drawn = Height - Top - Bottom;

    private const int NamesMax = 5;

    public static decimal Down(ChartScale scale, decimal value) => Top + Drawn * (1 - scale.Part(value));

    public static string Percent(decimal part) => $"{Number(part * 100)}%";

    public static string Number(decimal number) => Math.Round(number, 3).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>The points whose names have room, evenly from the first.</summary>
    public static IEnumerable<int> Named(int points)
    {
        var every = Math.Max(1, (points + NamesMax - 1) / NamesMax);
        return Enumerable.Range(0, points).Where(point => point % every == 0);
    }

    public static string Class(ChartTone tone) => tone.ToString().ToLowerInvariant();

    /// <summary>For whoever does not see it.</summary>
    public static string Summary(ChartView view)
    {
        if (view.IsEmpty)
            return $"{view.Title}: nothing.";
        var series = view.Series.Select(one =>
        {
            var most = one.Values.Max();
            var at = one.Values.ToList().IndexOf(most);
            return $"{one.Name}: at most {view.Say(most)} ({view.Points[at]}), at last {view.Say(one.Values[^1])}";
        });
        return $"{view.Title}, {view.Points[0]} to {view.Points[^1]}. {string.Join("; ", series)}.";
    }
}
