using Marketplace.Shell.Http;

namespace Marketplace.Shell.OperatorConsole.Tables;

/// <summary>What a table offers: its columns and by which of them it sorts, its filters, and a search. Made once, in a static readonly field.</summary>
/// <param name="Caption">What is in it, for whoever does not see it.</param>
/// <param name="Sort">The order when nobody asks for another: the key of a column, with a minus before it for the other direction.</param>
internal sealed record TableShape(string Caption, string Sort)
{
    /// <summary>As many rows as are shown at once.</summary>
    public const int PageRows = 50;

    public required IReadOnlyList<TableColumn> Columns { get; init; }

    public IReadOnlyList<TableFilter> Filters { get; init; } = [];

    /// <summary>What can be searched for, as the label of the field: <c>Name or id</c>. Null where nothing can.</summary>
    public string? Search { get; init; }

    /// <summary>What is said where there is nothing at all yet; a filter that finds nothing says so by itself.</summary>
    public EmptyView Empty { get; init; } = new("Nothing here yet", "");
}

/// <param name="Sort">By which the query asks for its order; null where there is no index for one.</param>
/// <param name="IsNumber">Stands at the right.</param>
/// <param name="IsOneWay">There is an index for its rising order alone.</param>
internal sealed record TableColumn(string Label, string? Sort = null, bool IsNumber = false, bool IsOneWay = false);

/// <summary>A field above the table.</summary>
/// <param name="Choices">Value and label of each; none where it is filled in by hand.</param>
internal sealed record TableFilter(string Name, string Label, FilterKind Kind, IReadOnlyList<FilterChoice> Choices)
{
    public static TableFilter Choice(string name, string label, params IReadOnlyList<FilterChoice> choices) => new(name, label, FilterKind.Choice, choices);

    /// <summary>An exact text, such as an id.</summary>
    public static TableFilter Text(string name, string label) => new(name, label, FilterKind.Text, []);

    /// <summary>A day in UTC.</summary>
    public static TableFilter Day(string name, string label) => new(name, label, FilterKind.Day, []);
}

/// <summary>How a filter is filled in.</summary>
public enum FilterKind
{
    Choice,
    Text,
    Day,
}

public sealed record FilterChoice(string Value, string Label);

/// <summary>What a table says that has no rows.</summary>
public sealed record EmptyView(string Title, string Text);
