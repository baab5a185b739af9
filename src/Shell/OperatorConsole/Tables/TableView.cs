namespace Marketplace.Shell.OperatorConsole.Tables;

/// <summary>The frame of a table, ready to be shown: made by <c>TableQuery</c>, shown by <c>OperatorTable</c>.</summary>
/// <param name="Address">Where the form of the filters leads.</param>
/// <param name="Kept">What the form carries along.</param>
/// <param name="Whole">The list without filters; null where there are none set.</param>
/// <param name="Empty">What is said in place of rows; null where there are some.</param>
public sealed record TableView(
    string Caption, string Address, IReadOnlyList<HeadingView> Headings, string? Search, string? Searched, IReadOnlyList<FilterView> Filters,
    IReadOnlyList<HiddenField> Kept, string? Whole, string? Previous, string? Next, EmptyView? Empty);

/// <param name="Address">Sorts by it; null where it does not sort.</param>
/// <param name="Order"><c>ascending</c> or <c>descending</c> where the table is sorted by it.</param>
public sealed record HeadingView(string Label, string? Address, string? Order, bool IsNumber);

public sealed record FilterView(string Name, string Label, FilterKind Kind, IReadOnlyList<FilterChoice> Choices, string? Value);

public sealed record HiddenField(string Name, string Value);
