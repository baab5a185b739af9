using System.Globalization;

namespace Marketplace.Shell.Http;

/// <summary>
/// What the query of a list asks for. Everything that is wrong with it is said at once, a parameter that nobody knows too: a filter that is
/// misspelt must not show everything.
/// </summary>
internal sealed class AskedQuery(IQueryCollection query)
{
    private const int TextCharactersMax = 255;
    private const string NoCursor = "is not one that an answer named";

    private static readonly string[] MomentForms =
    [
        "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<ProblemError> errors = [];

    /// <summary>Null when it is absent or empty.</summary>
    public string? Text(string name)
    {
        known.Add(name);
        var values = query[name];
        if (values.Count > 1)
            return Wrong<string>(name, "is there more than once");
        if (values.ToString() is not { Length: > 0 } text)
            return null;
        return text.Length > TextCharactersMax || text.Contains('\0', StringComparison.Ordinal)
            ? Wrong<string>(name, $"is a text of at most {TextCharactersMax} characters")
            : text;
    }

    public string? Choice(string name, params IReadOnlyCollection<string> choices) =>
        Text(name) is { } text && !choices.Contains(text) ? Wrong<string>(name, $"is one of {string.Join(", ", choices)}") : Text(name);

    public DateTimeOffset? Moment(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (DateTimeOffset.TryParseExact(text, MomentForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return moment.ToUniversalTime();
        Wrong<string>(name, "is a time of RFC 3339 with its offset, like 2027-01-31T23:00:00Z");
        return null;
    }

    /// <summary>Which page, and how long.</summary>
    /// <param name="read">Null when a cursor is none of ours.</param>
    public AskedPage<T> Page<T>(T start, Func<string, T?> read)
        where T : class =>
        new(Text("cursor") is { } cursor ? read(cursor) ?? Wrong<T>("cursor", NoCursor) ?? start : start, Limit());

    /// <inheritdoc cref="Page{T}"/>
    public AskedPage<long> Page(long start, Func<string, long?> read)
    {
        var from = Text("cursor") is { } cursor ? read(cursor) : start;
        if (from is null)
            Wrong<string>("cursor", NoCursor);
        return new AskedPage<long>(from ?? start, Limit());
    }

    /// <summary>Once everything was asked for that is known.</summary>
    public ProblemResult? Problem()
    {
        foreach (var name in query.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal))
            Wrong<string>(name, $"is not known here; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        return errors.Count == 0
            ? null
            : ProviderProblems.Invalid(string.Join(' ', errors.Select(error => $"{error.Pointer[1..]} {error.Detail}.")), errors);
    }

    private int Limit()
    {
        if (Text("limit") is not { } text)
            return AskedPage.LimitDefault;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= AskedPage.LimitMax)
            return limit;
        Wrong<string>("limit", $"is a whole number from 1 to {AskedPage.LimitMax}");
        return AskedPage.LimitDefault;
    }

    private T? Wrong<T>(string name, string detail)
        where T : class
    {
        if (!errors.Exists(error => error.Pointer[1..] == name))
            errors.Add(new ProblemError($"?{name}", detail));
        return null;
    }
}

/// <summary>A page of a list.</summary>
/// <param name="From">After which the page begins.</param>
internal sealed record AskedPage<T>(T From, int Limit)
{
    /// <summary>One more than is shown tells whether there is a next page.</summary>
    public int Look => Limit + 1;
}

internal static class AskedPage
{
    public const int LimitDefault = 50;
    public const int LimitMax = 200;
}
