namespace Marketplace.Shell.Http;

/// <summary>Where a page ended of a list that begins with the newest: at a moment and, of all that came at that moment, an id.</summary>
internal sealed record NewestFirst(DateTimeOffset At, string Id)
{
    /// <summary>Before the first page: nothing is newer. PostgreSQL's grain is a microsecond.</summary>
    public static readonly NewestFirst Start = new(DateTimeOffset.MaxValue.AddTicks(-9), "");

    public static string After(DateTimeOffset at, string id) => PageCursor.After(PageCursor.Part(at), id);

    public static NewestFirst? Read(string text) =>
        PageCursor.Read(text) is { Parts: [var at, var id] } && PageCursor.Moment(at) is { } moment && moment <= Start.At ? new NewestFirst(moment, id) : null;
}

/// <summary>The same of a list that is numbered.</summary>
internal sealed record NewestNumber(long Number)
{
    public static readonly NewestNumber Start = new(long.MaxValue);

    public static string After(long number) => PageCursor.After(PageCursor.Part(number));

    public static NewestNumber? Read(string text) =>
        PageCursor.Read(text) is { Parts: [var number] } && PageCursor.Number(number) is { } before ? new NewestNumber(before) : null;
}
