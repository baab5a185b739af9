using System.Globalization;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Products;

/// <summary>
/// One object of the catalogue's file, read field by field. A field that is missing, of the wrong kind, there twice, or that nobody
/// asked for is noted with its path, and reading goes on with a stand-in: so one start names every mistake. A <c>null</c> is as good as absent.
/// </summary>
internal sealed class CatalogueJson
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly JsonElement element;
    private readonly string path;
    private readonly List<CatalogueError> errors;
    private readonly List<string> asked = [];

    private CatalogueJson(JsonElement element, string path, List<CatalogueError> errors)
    {
        this.element = element;
        this.path = path;
        this.errors = errors;
    }

    public static T Root<T>(JsonElement root, List<CatalogueError> errors, Func<CatalogueJson, T> read) =>
        ReadObject(root, path: string.Empty, errors, read);

    public string Text(string name) => Required(name, TextOrNone(name), "text", string.Empty);

    public Option<string> TextOrNone(string name) => Value(name, "must be text, in quotes", AsText);

    public Option<Seq<string>> TextsOrNone(string name) => ValuesOrNone(name, "must be text, in quotes", AsText);

    public Option<bool> FlagOrNone(string name) => Value(name, "must be true or false", value => value.ValueKind switch
    {
        JsonValueKind.True => Some(true),
        JsonValueKind.False => false,
        _ => None,
    });

    public bool FlagOr(string name, bool otherwise) => FlagOrNone(name).IfNone(otherwise);

    public Option<int> CountOrNone(string name) => Value(name, "must be a whole number", value =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? Some(count) : None);

    public int Count(string name) => Required(name, CountOrNone(name), "a whole number", 1);

    public decimal Number(string name) => Required(name, NumberOrNone(name), "a number", 1m);

    public Option<decimal> NumberOrNone(string name) => Value(name, "must be a number", AsNumber);

    public Option<Seq<decimal>> NumbersOrNone(string name) => ValuesOrNone(name, "must be a number", AsNumber);

    public Usd Amount(string name) => Required(name, AmountOrNone(name), "a decimal string such as \"19.00\"", Usd.Zero);

    public Option<Usd> AmountOrNone(string name) => DecimalString(name, "19.00").Map(amount => new Usd(amount));

    public decimal Quantity(string name) => Required(name, QuantityOrNone(name), "a decimal string such as \"1000\"", 1m);

    public Option<decimal> QuantityOrNone(string name) => DecimalString(name, "1000");

    public T OneOf<T>(string name, Dictionary<string, T> choices, T standIn) =>
        Required(name, OneOfOrNone(name, choices), Wanted(choices), standIn);

    public Option<T> OneOfOrNone<T>(string name, Dictionary<string, T> choices) =>
        Value(name, $"must be {Wanted(choices)}", value =>
            AsText(value).Bind(text => choices.TryGetValue(text, out var choice) ? Some(choice) : None));

    /// <summary>Exactly one of several fields, each of which is read in its own way.</summary>
    public T OneAmong<T>(T standIn, params (string Name, Func<string, T> Read)[] fields)
    {
        var given = fields.Where(field => Find(field.Name).IsSome).Select(field => (field.Name, Value: field.Read(field.Name))).ToList();
        var wanted = string.Join(", ", fields.Select(field => field.Name));
        if (given.Count == 0)
        {
            return Noted(standIn, path, $"must have exactly one of {wanted}");
        }

        foreach (var (name, _) in given.Skip(1))
        {
            Noted(standIn, PathOf(name), $"is one too many: there must be exactly one of {wanted}");
        }

        return given[0].Value;
    }

    /// <summary>This object, whose <c>type</c> can only be the one.</summary>
    public CatalogueJson Typed(string type)
    {
        OneOf("type", new Dictionary<string, Unit>(StringComparer.Ordinal) { [type] = unit }, unit);
        return this;
    }

    public Seq<T> Each<T>(string name, Func<CatalogueJson, T> read) => Required(name, ListOrNone(name, read), "a list", Seq<T>());

    /// <summary>A list whose items are objects, or texts that stand for one.</summary>
    public Seq<T> EachOrText<T>(string name, Func<CatalogueJson, T> read, Func<string, T> ofText) =>
        Required(name, ListOrNone(name, read, ofText), "a list", Seq<T>());

    public Seq<T> EachOrNone<T>(string name, Func<CatalogueJson, T> read) => ListOrNone(name, read).IfNone(Seq<T>());

    public T Object<T>(string name, Func<CatalogueJson, T> read) =>
        ObjectOrNone(name, read).IfNone(() => Noted(read(new CatalogueJson(Nothing, path, [])), PathOf(name), "is missing: must be an object"));

    public Option<T> ObjectOrNone<T>(string name, Func<CatalogueJson, T> read) =>
        Find(name).Map(value => ReadObject(value, PathOf(name), errors, read));

    /// <summary>An object whose field names are of the file's own choice.</summary>
    public Seq<T> Entries<T>(string name, Func<string, CatalogueJson, T> read) =>
        ObjectOrNone(name, entries => entries.element.EnumerateObject()
                .DistinctBy(entry => entry.Name, StringComparer.Ordinal)
                .Select(entry => entries.ObjectOrNone(entry.Name, json => read(entry.Name, json)))
                .Somes().ToSeq().Strict())
            .IfNone(Seq<T>());

    /// <summary>Names of the file's own choice, each with a text, a number or a flag, kept as it is written.</summary>
    public Map<string, string> Scalars(string name) =>
        ObjectOrNone(name, scalars => scalars.element.EnumerateObject().Aggregate(
                Map<string, string>(),
                (all, entry) => scalars.Value(entry.Name, "must be text, a number, true or false", value => value.ValueKind switch
                {
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Some(value.GetRawText()),
                    _ => AsText(value),
                }).Match(some => all.AddOrUpdate(entry.Name, some), () => all)))
            .IfNone(Map<string, string>());

    /// <summary>Names of the file's own choice, each with an amount.</summary>
    public Map<string, Usd> Amounts(string name) =>
        ObjectOrNone(name, amounts => amounts.element.EnumerateObject().Aggregate(
                Map<string, Usd>(),
                (all, entry) => amounts.AmountOrNone(entry.Name).Match(some => all.AddOrUpdate(entry.Name, some), () => all)))
            .IfNone(() => Noted(Map<string, Usd>(), PathOf(name), "is missing: must be an object of decimal strings"));

    /// <summary>A field that the reader understands itself; none when it is absent, or noted as wrong.</summary>
    public Option<T> Value<T>(string name, string wanted, Func<JsonElement, Option<T>> read) =>
        Find(name).Bind(value => read(value).Match(Some, () => Noted(Option<T>.None, PathOf(name), wanted)));

    /// <summary>Notes what is wrong with a field that has been read.</summary>
    public void Note(string name, string reason) => errors.Add(new CatalogueError(PathOf(name), reason));

    /// <summary>Notes what is wrong with items of a list that has been read.</summary>
    public void NoteEach<T>(string name, Seq<T> items, Func<T, Option<string>> complaint)
    {
        foreach (var (item, at) in items.Select((item, at) => (item, at)))
        {
            complaint(item).IfSome(reason => errors.Add(new CatalogueError($"{PathOf(name)}[{at}]", reason)));
        }
    }

    /// <summary>Takes every field of this object as asked for.</summary>
    public void IgnoreTheRest() => asked.AddRange(element.EnumerateObject().Select(property => property.Name));

    private Option<Seq<T>> ListOrNone<T>(string name, Func<CatalogueJson, T> read, Func<string, T>? ofText = null) =>
        Value(name, "must be a list", value => value.ValueKind == JsonValueKind.Array
            ? Some(value.EnumerateArray()
                .Select((item, at) => ofText is not null && item.ValueKind == JsonValueKind.String
                    ? ofText(item.GetString()!)
                    : ReadObject(item, $"{PathOf(name)}[{at}]", errors, read))
                .ToSeq().Strict())
            : None);

    private Option<Seq<T>> ValuesOrNone<T>(string name, string wanted, Func<JsonElement, Option<T>> read) =>
        Value(name, "must be a list", value => value.ValueKind == JsonValueKind.Array
            ? Some(value.EnumerateArray()
                .Select((item, at) => read(item).Match(Some, () => Noted(Option<T>.None, $"{PathOf(name)}[{at}]", wanted)))
                .Somes().ToSeq().Strict())
            : None);

    private Option<decimal> DecimalString(string name, string example) =>
        Value(name, $"must be a decimal string such as \"{example}\"", value => AsText(value).Filter(IsDecimalString))
            .Bind(text => Exactly(text).Match(
                Some, () => Noted(Option<decimal>.None, PathOf(name), "has more digits than can be kept exactly (28)")));

    /// <summary>The contract's decimal string: digits, and a fraction only with digits on both sides of its point.</summary>
    private static bool IsDecimalString(string text) =>
        text.Split('.') is { Length: 1 or 2 } parts && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit));

    /// <summary>The parser rounds what is too long without a word: only a number that prints as it was written has been kept.</summary>
    private static Option<decimal> Exactly(string text)
    {
        var shortest = text.TrimStart('0');
        var written = shortest.Length == 0 || shortest[0] == '.' ? $"0{shortest}" : shortest;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == written
            ? Some(number)
            : None;
    }

    private static string Wanted<T>(Dictionary<string, T> choices) => $"one of {string.Join(", ", choices.Keys)}";

    private static Option<string> AsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? Some(value.GetString()!) : None;

    private static Option<decimal> AsNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? Some(number) : None;

    private static T ReadObject<T>(JsonElement element, string path, List<CatalogueError> errors, Func<CatalogueJson, T> read)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new CatalogueError(path, "must be an object"));
            return read(new CatalogueJson(Nothing, path, []));
        }

        var json = new CatalogueJson(element, path, errors);
        var result = read(json);
        json.NoteTheRest();
        return result;
    }

    private Option<JsonElement> Find(string name)
    {
        if (!asked.Contains(name, StringComparer.Ordinal))
        {
            asked.Add(name);
        }

        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Some(value) : None;
    }

    private T Required<T>(string name, Option<T> found, string what, T standIn)
    {
        if (found.IsNone && !errors.Exists(error => error.Path == PathOf(name)))
        {
            errors.Add(new CatalogueError(PathOf(name), $"is missing: must be {what}"));
        }

        return found.IfNone(standIn);
    }

    private T Noted<T>(T standIn, string where, string reason)
    {
        errors.Add(new CatalogueError(where, reason));
        return standIn;
    }

    private void NoteTheRest()
    {
        var seen = new System.Collections.Generic.HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                errors.Add(new CatalogueError(PathOf(property.Name), "is there twice"));
            }
            else if (!asked.Contains(property.Name, StringComparer.Ordinal))
            {
                errors.Add(new CatalogueError(PathOf(property.Name), $"is not a field here; the fields are {string.Join(", ", asked)}"));
            }
        }
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
