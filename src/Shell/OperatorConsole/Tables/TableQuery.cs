using System.Globalization;
using Marketplace.Shell.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.OperatorConsole.Tables;

/// <summary>What the query of a page asks of its table. What nobody knows is refused: a filter that is misspelt must not show everything.</summary>
/// <remarks>
/// A page begins after a place in the order (<see cref="PageCursor"/>), never at a number. The query carries the places by which the person
/// came, so that «previous» leads back to where they were, whatever has come or gone since.
/// </remarks>
internal sealed class TableQuery
{
    private const string SortName = "sort";
    private const string SearchName = "q";
    private const string AfterName = "after";
    private const int TextCharactersMax = 255;

    /// <summary>Further back leads to the first page.</summary>
    private const int PlacesMax = 20;

    private readonly TableShape shape;
    private readonly PathString path;
    private readonly Dictionary<string, string> filters = new(StringComparer.Ordinal);
    private readonly List<string> places = [];
    private readonly List<(string Name, string Value)> others = [];

    private TableQuery(TableShape shape, HttpRequest request, IReadOnlyList<string> besides)
    {
        (this.shape, path) = (shape, request.Path);
        var query = request.Query;
        var known = new List<string> { SortName, SearchName, AfterName };
        known.AddRange(shape.Filters.Select(filter => filter.Name));
        known.AddRange(besides);
        if (query.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw Wrong($"This list knows no \"{unknown}\".");

        ReadSort(Text(query, SortName) ?? shape.Sort);
        Search = shape.Search is null ? null : Text(query, SearchName);
        foreach (var filter in shape.Filters)
        {
            if (Text(query, filter.Name) is { } value)
                filters.Add(filter.Name, Checked(filter, value));
        }

        foreach (var name in besides)
        {
            if (Text(query, name) is { } value)
                others.Add((name, value));
        }

        ReadPlaces(query[AfterName].ToString());
    }

    /// <summary>The key of the column by which it is sorted.</summary>
    public string Sort { get; private set; } = "";

    public bool IsDescending { get; private set; }

    /// <summary>Null where nobody searches.</summary>
    public string? Search { get; }

    /// <summary>After which the page begins; null on the first. It was made by <see cref="PageCursor.After"/>, for this order.</summary>
    public PageCursor? After { get; private set; }

    /// <summary>One row more than is shown tells whether there is a next page.</summary>
    public static int Look => TableShape.PageRows + 1;

    /// <summary>Whether anything narrows the list.</summary>
    public bool IsNarrowed => Search is not null || filters.Count > 0;

    /// <param name="besides">Names that the page itself reads from the query; links keep them.</param>
    /// <exception cref="BadHttpRequestException">The query asks for what there is not; it becomes a page that says so.</exception>
    public static TableQuery Read(HttpRequest request, TableShape shape, params IReadOnlyList<string> besides) => new(shape, request, besides);

    /// <summary>Null where it is not filled in; a choice is one of its choices.</summary>
    public string? Filter(string name) => filters.GetValueOrDefault(name);

    /// <summary>The beginning of the day.</summary>
    public DateTimeOffset? Day(string name) => Filter(name) is { } text && TryDay(text, out var day) ? day : null;

    /// <summary>A cursor that was made for another order, or by nobody.</summary>
    public static BadHttpRequestException Stale() => Wrong("This link leads to a place in the list that is none. Begin at its first page.");

    /// <summary>The rows to show, of those that were looked for; the frame of the table around them.</summary>
    /// <param name="looked">Up to <see cref="Look"/>.</param>
    /// <param name="place">Of a row in the order, as the store reads it from <see cref="After"/>.</param>
    public (IReadOnlyList<TRow> Rows, TableView Table) Show<TRow>(IReadOnlyList<TRow> looked, Func<TRow, string> place)
    {
        IReadOnlyList<TRow> rows = looked.Count <= TableShape.PageRows ? looked : [.. looked.Take(TableShape.PageRows)];
        return (rows, View(rows.Count, looked.Count > rows.Count ? place(rows[^1]) : null));
    }

    private TableView View(int rows, string? next) => new(
        shape.Caption, path.Value!,
        [.. shape.Columns.Select(Heading)],
        shape.Search, Search,
        [.. shape.Filters.Select(filter => new FilterView(filter.Name, filter.Label, filter.Kind, filter.Choices, Filter(filter.Name)))],
        [.. others.Append((SortName, SortText(Sort, IsDescending))).Where(field => field.Item2 != shape.Sort).Select(field => new HiddenField(field.Item1, field.Item2))],
        IsNarrowed ? Link(Sort, IsDescending, [], isNarrowed: false) : null,
        places.Count == 0 ? null : Link(Sort, IsDescending, places[..^1]),
        next is null ? null : Link(Sort, IsDescending, [.. places.TakeLast(PlacesMax - 1), next]),
        rows > 0 ? null
        : IsNarrowed ? new EmptyView("Nothing fits", "Nothing in this list is like that. Loosen the filter or the search.")
        : places.Count > 0 ? new EmptyView("Nothing more", "What was here has gone since. Go back to the page before.")
        : shape.Empty);

    private HeadingView Heading(TableColumn column) =>
        column.Sort is not { } key ? new HeadingView(column.Label, null, null, column.IsNumber)
        : key == Sort && column.IsOneWay ? new HeadingView(column.Label, null, "ascending", column.IsNumber)
        : key == Sort ? new HeadingView(column.Label, Link(key, !IsDescending, []), IsDescending ? "descending" : "ascending", column.IsNumber)
        : new HeadingView(column.Label, Link(key, shape.Sort == $"-{key}", []), null, column.IsNumber);

    private string Link(string sort, bool descending, IReadOnlyList<string> after, bool isNarrowed = true)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in others)
            query.Add(name, value);
        if (isNarrowed && Search is { } words)
            query.Add(SearchName, words);
        foreach (var filter in shape.Filters.Where(filter => isNarrowed && filters.ContainsKey(filter.Name)))
            query.Add(filter.Name, filters[filter.Name]);
        if (SortText(sort, descending) is var text && text != shape.Sort)
            query.Add(SortName, text);
        if (after.Count > 0)
            query.Add(AfterName, string.Join('.', after));
        return path + query.ToString();
    }

    private void ReadSort(string text)
    {
        (Sort, IsDescending) = text.StartsWith('-') ? (text[1..], true) : (text, false);
        if (!shape.Columns.Any(column => column.Sort == Sort && !(column.IsOneWay && IsDescending)))
            throw Wrong($"This list is not sorted by \"{text}\".");
    }

    private void ReadPlaces(string text)
    {
        if (text.Length == 0)
            return;
        places.AddRange(text.Split('.'));
        After = places.Count <= PlacesMax ? PageCursor.Read(places[^1]) : null;
        if (After is null)
            throw Stale();
    }

    private static string? Text(IQueryCollection query, string name)
    {
        var values = query[name];
        if (values.Count > 1)
            throw Wrong($"The address has \"{name}\" more than once.");
        var text = values.ToString().Trim();
        if (text.Length > TextCharactersMax || text.Contains('\0', StringComparison.Ordinal))
            throw Wrong($"\"{name}\" is a text of at most {TextCharactersMax} characters.");
        return text.Length == 0 ? null : text;
    }

    private static string Checked(TableFilter filter, string value) =>
        filter.Kind switch
        {
            FilterKind.Choice when filter.Choices.All(choice => choice.Value != value) => throw Wrong($"\"{filter.Name}\" is none of the choices."),
            FilterKind.Day when !TryDay(value, out _) => throw Wrong($"\"{filter.Name}\" is a day like 2027-01-31, of the years 2001 to 9998."),
            _ => value,
        };

    /// <summary>A day as addresses and fields have it.</summary>
    public static bool TryDay(string text, out DateTimeOffset day) => TryTime(text, "yyyy-MM-dd", out day);

    /// <summary>A moment in UTC that has a month before it and a year after it: beyond those the calendar ends.</summary>
    public static bool TryTime(string? text, string form, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at) && at.Year is > 2000 and < 9999;

    private static string SortText(string sort, bool descending) => descending ? $"-{sort}" : sort;

    private static BadHttpRequestException Wrong(string why) => new(why);
}
