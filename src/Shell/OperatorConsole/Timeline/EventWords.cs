using System.Globalization;
using System.Text.Json;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.OperatorConsole.Timeline;

/// <summary>An event of the audit in words. Events hold no secret, so that all that is in one is shown.</summary>
internal static class EventWords
{
    /// <summary>A list longer than that says how long it is.</summary>
    private const int ListedMax = 8;

    /// <summary>As far as the T of <c>2027-01-31T</c>.</summary>
    private const int MomentMin = 11;

    /// <summary><c>resource.PlanChanged</c> is «Resource: plan changed».</summary>
    public static string Of(string kind)
    {
        var dot = kind.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? Sentence(kind) : $"{Sentence(kind[..dot])}: {Words(kind[(dot + 1)..])}";
    }

    /// <summary>What else is known of it; what is unknown is left out.</summary>
    public static IReadOnlyList<Fact> Details(string json)
    {
        using var detail = JsonDocument.Parse(json);
        return detail.RootElement.ValueKind != JsonValueKind.Object
            ? []
            : [.. detail.RootElement.EnumerateObject().Select(field => new Fact(Sentence(field.Name), Text(field.Value))).Where(fact => fact.Value.Length > 0)];
    }

    /// <summary>A moment as the pages write moments; anything else as it is.</summary>
    public static string Value(string text) =>
        text.Length > MomentMin && text[MomentMin - 1] == 'T'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Shown.Moment(at)
            : text;

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            JsonValueKind.String => Value(value.GetString()!),
            JsonValueKind.Array when value.GetArrayLength() > ListedMax =>
                $"{string.Join(", ", value.EnumerateArray().Take(ListedMax).Select(Text))} and {Counted.Of(value.GetArrayLength() - ListedMax, "other")}",
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
            _ => value.GetRawText(),
        };

    private static string Sentence(string name) => Words(name) is { Length: > 0 } words ? $"{char.ToUpperInvariant(words[0])}{words[1..]}" : name;

    /// <summary><c>accountId</c> is «account id».</summary>
    private static string Words(string name) => string.Concat(name.Select((letter, at) =>
        letter == '_' ? " "
        : char.IsUpper(letter) && at > 0 && name[at - 1] != '_' ? string.Create(CultureInfo.InvariantCulture, $" {char.ToLowerInvariant(letter)}")
        : char.ToLowerInvariant(letter).ToString()));
}
