using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>
/// One object of the settings, read field by field. What is wrong is noted with its place, and reading goes on, so that one start
/// names every mistake. A <c>null</c> is as good as absent.
/// </summary>
internal sealed class SettingsJson
{
    private readonly JsonElement element;
    private readonly string path;
    private readonly SettingsLines lines;
    private readonly List<SettingsProblem> problems;
    private readonly List<string> asked = [];

    private SettingsJson(JsonElement element, string path, SettingsLines lines, List<SettingsProblem> problems)
    {
        this.element = element;
        this.path = path;
        this.lines = lines;
        this.problems = problems;
    }

    public static T Root<T>(JsonElement root, SettingsLines lines, List<SettingsProblem> problems, Func<SettingsJson, T> read) =>
        new SettingsJson(root, path: "", lines, problems).ReadHere(read);

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Never empty.</summary>
    public string Text(string name, string example) =>
        Required(name, NameOrNone(name, example), $"text such as \"{example}\"") ?? example;

    public string? TextOrNone(string name) =>
        Find(name) is { } value ? AsText(value) ?? Wrong<string>(name, "must be text in quotes") : null;

    /// <summary>Text that is not empty.</summary>
    public string? NameOrNone(string name, string example) =>
        TextOrNone(name) is { } text
            ? text.Trim().Length > 0 ? text : Wrong<string>(name, $"is empty: write text such as \"{example}\", or leave the field out")
            : null;

    public bool? FlagOrNone(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : WrongValue<bool>(name, "must be true or false, without quotes");

    public decimal? NumberOrNone(string name) =>
        Find(name) is { } value ? AsNumber(value) ?? WrongValue<decimal>(name, "must be a number, without quotes") : null;

    public int? CountOrNone(string name, int least) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= least ? count
        : WrongValue<int>(name, $"must be a whole number, and at least {least}");

    public Uri? AddressOrNone(string name) =>
        TextOrNone(name) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : Wrong<Uri>(name, "must be an address that begins with http:// or https://, such as \"http://127.0.0.1:3000\"");

    /// <summary>One of a few words, each with its meaning.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices)
        where T : class
    {
        if (Required(name, TextOrNone(name), $"one of {string.Join(", ", choices.Keys)}") is not { } text)
        {
            return null;
        }

        return choices.GetValueOrDefault(text) ?? Wrong<T>(name, NotAmong(text, choices.Keys));
    }

    /// <summary>A field that can say one thing only.</summary>
    public void Only(string name, string word)
    {
        if (Required(name, TextOrNone(name), $"\"{word}\"") is { } text && text != word)
        {
            Note(name, $"must be \"{word}\" here");
        }
    }

    public ImmutableArray<string>? TextsOrNone(string name) =>
        Items(name)?.Select((item, at) => AsText(item) ?? Wrong<string>($"{name}[{at}]", "must be text in quotes")).OfType<string>().ToImmutableArray();

    public ImmutableArray<decimal>? NumbersOrNone(string name) =>
        Items(name)?.Select((item, at) => AsNumber(item) ?? WrongValue<decimal>($"{name}[{at}]", "must be a number, without quotes"))
            .OfType<decimal>().ToImmutableArray();

    /// <summary>Words out of a few.</summary>
    public ImmutableArray<string> ChoicesOrNone(string name, ImmutableArray<string> known)
    {
        var given = TextsOrNone(name) ?? [];
        for (var at = 0; at < given.Length; at++)
        {
            if (!known.Contains(given[at], StringComparer.Ordinal))
            {
                Note($"{name}[{at}]", NotAmong(given[at], known));
            }
        }

        return given;
    }

    /// <summary>A list of objects.</summary>
    public ImmutableArray<T>? EachOrNone<T>(string name, Func<SettingsJson, T> read) =>
        Items(name)?.Select((item, at) => Inside($"{name}[{at}]", item).ReadHere(read)).ToImmutableArray();

    /// <summary>A list of objects, or of texts that stand for one.</summary>
    public ImmutableArray<T>? EachOrTextOrNone<T>(string name, Func<SettingsJson, T> read, Func<string, T> ofText) =>
        Items(name)?.Select((item, at) => AsText(item) is { } text ? ofText(text) : Inside($"{name}[{at}]", item).ReadHere(read)).ToImmutableArray();

    public T? ObjectOrNone<T>(string name, Func<SettingsJson, T> read)
        where T : class? =>
        Find(name) is { } value ? Inside(name, value).ReadHere(read) : null;

    /// <summary>An object whose field names are of the file's own choice.</summary>
    public ImmutableArray<T>? EntriesOrNone<T>(string name, Func<string, SettingsJson, T> read) =>
        Find(name) is { } value ? Inside(name, value).ReadHere(entries => entries.Entries(read)) : null;

    /// <summary>An object whose field names are of the file's own choice, each with a text.</summary>
    public ImmutableSortedDictionary<string, string> TextsByName(string name) =>
        ObjectOrNone(name, entries => entries.Names.ToImmutableSortedDictionary(
            entry => entry, entry => entries.TextOrNone(entry) ?? "", StringComparer.Ordinal))
        ?? ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>An object as it is.</summary>
    public JsonObject? JsonOrNone(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? JsonNode.Parse(value.GetRawText(), documentOptions: SettingsFile.Lenient)!.AsObject()
        : Wrong<JsonObject>(name, "must be an object: {…}");

    /// <summary>Something of any kind, which the caller understands.</summary>
    public JsonElement? AnyOrNone(string name) => Find(name);

    /// <summary>Notes that a field has to be there, unless something is wrong with it already.</summary>
    public T? Required<T>(string name, T? found, string what)
    {
        if (found is null && !problems.Exists(problem => problem.Path == PathOf(name)))
        {
            Note(name, $"is missing: it must be {what}");
        }

        return found;
    }

    public void Note(string name, string reason) =>
        problems.Add(new SettingsProblem(lines.Of(PathOf(name)), PathOf(name), reason));

    /// <summary>Notes what is wrong with this object as a whole.</summary>
    public void Note(string reason) => problems.Add(new SettingsProblem(lines.Of(path), path, reason));

    /// <summary>Whether anything is wrong within this object so far.</summary>
    public bool HasProblems => problems.Exists(problem =>
        path.Length == 0 || (problem.Path.StartsWith(path, StringComparison.Ordinal) && (problem.Path.Length == path.Length || problem.Path[path.Length] is '.' or '[')));

    /// <summary>Takes every field of this object as asked for.</summary>
    public void IgnoreTheRest() => asked.AddRange(Names);

    /// <summary>What to say of a word that is not known: which one was meant, where that is likely, and which there are.</summary>
    public static string NotAmong(string given, IEnumerable<string> known)
    {
        var words = known.ToImmutableArray();
        return NearestWord.To(given, words) is { } near
            ? $"is not known; did you mean {near}? There are {string.Join(", ", words)}"
            : $"must be one of {string.Join(", ", words)}";
    }

    private ImmutableArray<T> Entries<T>(Func<string, SettingsJson, T> read)
    {
        IgnoreTheRest();
        return [.. Names.Select(name => Inside(name, element.GetProperty(name)).ReadHere(entry => read(name, entry)))];
    }

    private IEnumerable<string> Names => element.EnumerateObject().Select(property => property.Name).Distinct(StringComparer.Ordinal);

    private T ReadHere<T>(Func<SettingsJson, T> read)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Note("must be an object: {…}");
            return read(new SettingsJson(JsonElement.Parse("{}"), path, lines, []));
        }

        var result = read(this);
        NoteTheRest();
        return result;
    }

    private SettingsJson Inside(string name, JsonElement value) => new(value, PathOf(name), lines, problems);

    private JsonElement? Find(string name)
    {
        if (!asked.Contains(name, StringComparer.Ordinal))
        {
            asked.Add(name);
        }

        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private IEnumerable<JsonElement>? Items(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToImmutableArray()
        : Wrong<IEnumerable<JsonElement>>(name, "must be a list: […]");

    private void NoteTheRest()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                Note(property.Name, "is there twice: remove one");
            }
            else if (!asked.Contains(property.Name, StringComparer.Ordinal))
            {
                Note(property.Name, UnknownField(property.Name));
            }
        }
    }

    private string UnknownField(string name) => NearestWord.To(name, [.. asked]) is { } near
        ? $"is not a field here; did you mean {near}?"
        : $"is not a field here; the fields are {string.Join(", ", asked)}";

    private T? Wrong<T>(string name, string reason)
        where T : class
    {
        Note(name, reason);
        return null;
    }

    private T? WrongValue<T>(string name, string reason)
        where T : struct
    {
        Note(name, reason);
        return null;
    }

    private static string? AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static decimal? AsNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private string PathOf(string name) => SettingsLines.Join(path, name);
}
