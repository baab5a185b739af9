using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Marketplace.Simulator.Schemas;

/// <summary>Where a JSON value leaves its schema, and how. It never carries the value: that may be a secret.</summary>
internal sealed record SchemaFault(string Path, string Reason)
{
    /// <summary>The field that tells shapes apart has the value of another shape.</summary>
    public bool IsOtherShape { get; init; }

    public override string ToString() => $"{(Path.Length == 0 ? "the body" : Path)}: {Reason}";
}

/// <summary>Holds JSON values against schemas.</summary>
internal static class SchemaCheck
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public static ImmutableList<SchemaFault> Faults(Schema schema, JsonElement value) => [.. Check(schema, value, path: "")];

    private static IEnumerable<SchemaFault> Check(Schema schema, JsonElement value, string path) => schema switch
    {
        Schema.Text text => CheckText(text, value, path),
        Schema.Number number => CheckNumber(number, value, path),
        Schema.Flag flag => CheckFlag(flag, value, path),
        Schema.ListOf list => CheckList(list, value, path),
        Schema.Fields fields => CheckFields(fields, value, path),
        Schema.MapOf map => CheckMap(map, value, path),
        Schema.OneOf one => CheckOneOf(one, value, path),
        Schema.Nullable maybe => value.ValueKind == JsonValueKind.Null ? [] : Check(maybe.Shape, value, path),
        Schema.Anything => [],
        _ => throw new UnreachableException(schema.GetType().Name),
    };

    private static IEnumerable<SchemaFault> CheckText(Schema.Text text, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return [WrongKind(path, "a string", value)];
        }

        if (!IsReadable(value, out var content))
        {
            return [new(path, "must not have half a surrogate pair, which is no character")];
        }

        return Refusal(text, content) is { } reason
            ? [new(path, reason) { IsOtherShape = text.Choices.Length == 1 }]
            : [];
    }

    /// <summary>JSON can spell half a character, by an escape; no text can hold it.</summary>
    private static bool IsReadable(JsonElement value, out string content)
    {
        try
        {
            content = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            content = "";
            return false;
        }
    }

    private static string? Refusal(Schema.Text text, string content)
    {
        if (content.Length < text.LengthMin)
        {
            return $"must have at least {text.LengthMin} characters";
        }

        if (content.Length > text.LengthMax)
        {
            return $"must have at most {text.LengthMax} characters";
        }

        if (!text.Choices.IsEmpty && !text.Choices.Contains(content, StringComparer.Ordinal))
        {
            return $"must be one of {string.Join(", ", text.Choices)}";
        }

        if (text.Pattern is { } pattern
            && !Regex.IsMatch(content, pattern, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, PatternTimeout))
        {
            return $"must match {pattern}";
        }

        return text.Form switch
        {
            TextForm.DateTime when !IsDateTime(content) => "must be an ISO 8601 date and time with its offset",
            TextForm.Uri when !Uri.TryCreate(content, UriKind.Absolute, out _) => "must be an absolute URI",
            _ => null,
        };
    }

    private static bool IsDateTime(string content) =>
        Regex.IsMatch(
            content, @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$",
            RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, PatternTimeout)
        && DateTimeOffset.TryParse(content, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static IEnumerable<SchemaFault> CheckNumber(Schema.Number number, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return [WrongKind(path, "a number", value)];
        }

        if (!value.TryGetDecimal(out var amount))
        {
            return [new(path, "must be a number that fits 28 digits")];
        }

        if (number.IsWhole && decimal.Truncate(amount) != amount)
        {
            return [new(path, "must be a whole number")];
        }

        if (amount < number.Minimum)
        {
            return [new(path, $"must not be less than {number.Minimum}")];
        }

        if (amount > number.Maximum)
        {
            return [new(path, $"must not be more than {number.Maximum}")];
        }

        if (amount <= number.Above)
        {
            return [new(path, $"must be more than {number.Above}")];
        }

        return amount >= number.Below ? [new(path, $"must be less than {number.Below}")] : [];
    }

    private static IEnumerable<SchemaFault> CheckFlag(Schema.Flag flag, JsonElement value, string path)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return [WrongKind(path, "true or false", value)];
        }

        return flag.Only is { } only && value.GetBoolean() != only ? [new(path, $"must be {(only ? "true" : "false")}")] : [];
    }

    private static IEnumerable<SchemaFault> CheckList(Schema.ListOf list, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [WrongKind(path, "an array", value)];
        }

        var count = value.GetArrayLength();
        if (count < list.CountMin)
        {
            return [new(path, $"must have at least {list.CountMin} entries")];
        }

        if (count > list.CountMax)
        {
            return [new(path, $"must have at most {list.CountMax} entries")];
        }

        return value.EnumerateArray().SelectMany((item, index) => Check(list.Item, item, $"{path}[{index}]"));
    }

    private static IEnumerable<SchemaFault> CheckFields(Schema.Fields fields, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return [WrongKind(path, "an object", value)];
        }

        var missing = fields.Named
            .Where(field => field.IsRequired && !value.TryGetProperty(field.Name, out _))
            .Select(field => new SchemaFault(Join(path, field.Name), "is missing"));
        var unknown = value.EnumerateObject()
            .Where(property => fields.IsClosed && fields.Named.All(field => field.Name != property.Name))
            .Select(property => new SchemaFault(Join(path, property.Name), "is not a known field"));
        var twice = value.EnumerateObject()
            .GroupBy(property => property.Name, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .Select(group => new SchemaFault(Join(path, group.Key), "appears twice"));
        var inside = fields.Named
            .SelectMany(field => value.TryGetProperty(field.Name, out var given) ? Check(field.Shape, given, Join(path, field.Name)) : []);
        return [.. missing, .. unknown, .. twice, .. inside];
    }

    private static IEnumerable<SchemaFault> CheckMap(Schema.MapOf map, JsonElement value, string path) =>
        value.ValueKind != JsonValueKind.Object
            ? [WrongKind(path, "an object", value)]
            : value.EnumerateObject().SelectMany(property => Check(map.Value, property.Value, Join(path, property.Name)));

    /// <summary>Explains by the shape that the caller most likely meant: of the same kind, of the same type, with the fewest faults.</summary>
    private static IEnumerable<SchemaFault> CheckOneOf(Schema.OneOf one, JsonElement value, string path)
    {
        var attempts = one.Shapes.Select(shape => Check(shape, value, path).ToImmutableList()).ToImmutableList();
        return attempts.Any(faults => faults.IsEmpty)
            ? []
            : attempts
                .OrderBy(faults => faults.Any(fault => fault.Path == path))
                .ThenBy(faults => faults.Any(fault => fault.IsOtherShape))
                .ThenBy(faults => faults.Count)
                .First();
    }

    private static SchemaFault WrongKind(string path, string wanted, JsonElement value) =>
        new(path, $"must be {wanted}, not {Name(value.ValueKind)}");

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "nothing",
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
