using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.Charts;

// What charts show. They are drawn as SVG on the server, with percentages across, so that they fit any width without a script or a style.

/// <summary>Some numbers over the same points, drawn beside or on each other; each series names every point.</summary>
/// <param name="Title">What is to be seen, as a sentence's subject: <c>Installs by day</c>.</param>
/// <param name="Format">How a number is written; as a plain quantity when null.</param>
public sealed record ChartView(string Title, IReadOnlyList<string> Points, IReadOnlyList<ChartSeries> Series, Func<decimal, string>? Format = null)
{
    internal string Say(decimal value) => Format is { } format ? format(value) : Shown.Quantity(value);

    /// <summary>Beside the scale, where there is little room; the whole number is in the table.</summary>
    internal string Mark(decimal value) => Format is null ? ChartScale.Short(value) : Say(value);

    internal bool IsEmpty => Points.Count == 0 || Series.All(series => series.Values.All(value => value == 0));
}

/// <param name="Tone">Its colour; the name is beside it wherever there are several.</param>
/// <param name="Values">One for each point, not negative.</param>
public sealed record ChartSeries(string Name, ChartTone Tone, IReadOnlyList<decimal> Values);

/// <summary>A colour of a chart, which never says anything that is not in words too.</summary>
public enum ChartTone
{
    Accent,
    Good,
    Busy,
    Warn,
    Bad,
    Quiet,

    /// <summary>Nothing is there.</summary>
    None,
}

/// <summary>Many small states in rows and columns.</summary>
/// <param name="Columns">One for each cell of a row, such as the hours of a day.</param>
/// <param name="Legend">What each tone means.</param>
public sealed record HeatMapView(string Title, string RowsAre, IReadOnlyList<string> Columns, IReadOnlyList<HeatRow> Rows, IReadOnlyList<HeatMeaning> Legend);

/// <param name="Address">Where more of the row is; null where nothing is.</param>
public sealed record HeatRow(string Label, string? Address, IReadOnlyList<HeatCell> Cells);

/// <param name="Text">The state in words or numbers: <c>12 sent, 1 dead</c>.</param>
/// <param name="Address">Where more of it is; null where nothing is.</param>
public sealed record HeatCell(ChartTone Tone, string Text, string? Address = null);

public sealed record HeatMeaning(ChartTone Tone, string Label);
