using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Log;

/// <summary>What went to and fro, newest first.</summary>
/// <param name="Found">What was found, the newest first, where only that is asked for.</param>
/// <param name="Total">How many there are that fit.</param>
/// <param name="Newer">The page before this one.</param>
public sealed record LogView(
    LogFilter Filter, IReadOnlyList<Choice> Installations, IReadOnlyList<FindingRow> Found, IReadOnlyList<LogRow> Rows, int Total, string? Newer,
    string? Older);

/// <summary>Which of them are shown.</summary>
/// <param name="Direction"><c>vercel</c>, <c>provider</c> or <c>webhooks</c>; all of them when absent.</param>
public sealed record LogFilter(string? Installation, string? Direction, bool OnlyFindings, string? Path)
{
    public bool IsAll => this is { Installation: null, Direction: null, OnlyFindings: false, Path: null };
}

/// <summary>Something to choose in a form.</summary>
public sealed record Choice(string Value, string Text, bool IsChosen);

/// <param name="Direction">Who called whom, in words.</param>
/// <param name="Toggle">Shows its bodies, or hides them again; none where there are none.</param>
/// <param name="Bodies">Masked; none unless they are asked for.</param>
public sealed record LogRow(
    long Number, DateTimeOffset At, string Direction, string Title, string Method, string Path, Mark Status, string Elapsed, string? Note,
    IReadOnlyList<string> Findings, string? Toggle, IReadOnlyList<BodyView> Bodies);

/// <summary>A body as people may see it.</summary>
public sealed record BodyView(string Title, string Text)
{
    /// <summary>Logs print records; the body stays out.</summary>
    public override string ToString() => Title;
}

public sealed record FindingRow(DateTimeOffset At, string Subject, string Text);
