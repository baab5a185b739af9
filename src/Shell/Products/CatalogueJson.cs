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
        Object(root, path: string.Empty, errors, read);

    public string Text(string name) => Required(name, TextOrNone(name), "text", string.Empty);

    public Option<string> TextOrNone(string name) =>
        Field(name, JsonValueKind.String, "must be text, in quotes", value => value.GetString()!);

    public bool FlagOr(string name, bool otherwise) =>
        Read<bool>(name, value => value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => Wrong<bool>(name, "must be true or false"),
        }).IfNone(otherwise);

    public Option<int> CountOrNone(string name) =>
        Read(name, value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count)
            ? Some(count)
            : Wrong<int>(name, "must be a whole number"));

    public Usd Amount(string name) => Required(name, AmountOrNone(name), "a decimal string such as \"19.00\"", Usd.Zero);

    public Option<Usd> AmountOrNone(string name) => Decimal(name, "19.00").Map(amount => new Usd(amount));

    public Option<decimal> QuantityOrNone(string name) => Decimal(name, "1000");

    public T OneOf<T>(string name, Dictionary<string, T> choices)
        where T : struct
    {
        var wanted = $"must be one of {string.Join(", ", choices.Keys)}";
        var found = Read(name, value => value.ValueKind == JsonValueKind.String && choices.TryGetValue(value.GetString()!, out var choice)
            ? Some(choice)
            : Wrong<T>(name, wanted));
        return Required(name, found, $"one of {string.Join(", ", choices.Keys)}", default);
    }

    public Seq<T> Each<T>(string name, Func<CatalogueJson, T> read) =>
        Required(name, ListOrNone(name, read), "a list", Seq<T>());

    public Seq<T> EachOrNone<T>(string name, Func<CatalogueJson, T> read) => ListOrNone(name, read).IfNone(Seq<T>());

    public Option<T> ObjectOrNone<T>(string name, Func<CatalogueJson, T> read) =>
        Read(name, value => Some(Object(value, PathOf(name), errors, read)));

    public Seq<string> KeysOrNone(string name) =>
        Field(name, JsonValueKind.Object, "must be an object", value => value.EnumerateObject().Select(property => property.Name).ToSeq().Strict())
            .IfNone(Seq<string>());

    /// <summary>Names of the file's own choice, each with a text, a number or a flag, kept as it is written.</summary>
    public Map<string, string> ScalarsOrNone(string name) =>
        Field(name, JsonValueKind.Object, "must be an object", value => value.EnumerateObject()
            .Aggregate(Map<string, string>(), (scalars, property) => property.Value.ValueKind switch
            {
                JsonValueKind.String => scalars.AddOrUpdate(property.Name, property.Value.GetString()!),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
                    scalars.AddOrUpdate(property.Name, property.Value.GetRawText()),
                _ => Noted(scalars, $"{PathOf(name)}.{property.Name}", "must be text, a number, true or false"),
            })).IfNone(Map<string, string>());

    private static T Object<T>(JsonElement element, string path, List<CatalogueError> errors, Func<CatalogueJson, T> read)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new CatalogueError(path, "must be an object"));
            using var empty = JsonDocument.Parse("{}");
            return read(new CatalogueJson(empty.RootElement.Clone(), path, []));
        }

        var json = new CatalogueJson(element, path, errors);
        var result = read(json);
        json.NoteTheRest();
        return result;
    }

    private Option<Seq<T>> ListOrNone<T>(string name, Func<CatalogueJson, T> read) =>
        Field(name, JsonValueKind.Array, "must be a list", value => value.EnumerateArray()
            .Select((item, at) => Object(item, $"{PathOf(name)}[{at}]", errors, read))
            .ToSeq().Strict());

    private Option<decimal> Decimal(string name, string example) =>
        Read(name, value => value.ValueKind != JsonValueKind.String || !IsDecimalString(value.GetString()!)
            ? Wrong<decimal>(name, $"must be a decimal string such as \"{example}\"")
            : Exactly(value.GetString()!).Match(Some, () => Wrong<decimal>(name, "has more digits than can be kept exactly (28)")));

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

    private Option<T> Field<T>(string name, JsonValueKind kind, string wanted, Func<JsonElement, T> read) =>
        Read(name, value => value.ValueKind == kind ? Some(read(value)) : Wrong<T>(name, wanted));

    private Option<T> Read<T>(string name, Func<JsonElement, Option<T>> read)
    {
        asked.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? read(value) : None;
    }

    private T Required<T>(string name, Option<T> found, string what, T standIn)
    {
        if (found.IsNone && !errors.Exists(error => error.Path == PathOf(name)))
        {
            errors.Add(new CatalogueError(PathOf(name), $"is missing: must be {what}"));
        }

        return found.IfNone(standIn);
    }

    private Option<T> Wrong<T>(string name, string wanted) => Noted(Option<T>.None, PathOf(name), wanted);

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

    /// <summary>The contract's decimal string: digits, and a fraction only with digits on both sides of its point.</summary>
    private static bool IsDecimalString(string text) =>
        text.Split('.') is { Length: 1 or 2 } parts && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit));
}
