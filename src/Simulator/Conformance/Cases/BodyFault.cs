using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>One thing that is wrong with a body, made from the schema that it then leaves.</summary>
/// <param name="Path">The field, from the outside in.</param>
/// <param name="Kind">As the ids of cases spell it, such as <c>of-another-kind</c>.</param>
/// <param name="Told">What is wrong, after "when <c>name</c>".</param>
/// <param name="Put">Puts it into a body that is right.</param>
internal sealed record BodyFault(ImmutableArray<string> Path, string Kind, string Told, Action<JsonObject> Put)
{
    public const string Missing = "missing";
    public const string Null = "null";
    public const string OfAnotherKind = "of-another-kind";
    public const string Empty = "empty";
    public const string WithAWrongEntry = "with-a-wrong-entry";
    public const string TooSmall = "too-small";
    public const string TooLarge = "too-large";
    public const string NotAmongTheChoices = "not-among-the-choices";
    public const string NoDate = "no-date";

    /// <summary>As the wire spells it, with dots.</summary>
    public string Field => string.Join('.', Path);

    public string Name => $"{Spelling.Dashed(Field)}-{Kind}";

    /// <summary>Everything that can be wrong with each field, at every depth.</summary>
    public static IEnumerable<BodyFault> Of(Schema.Fields fields) => Of(fields, []);

    private static IEnumerable<BodyFault> Of(Schema.Fields fields, ImmutableArray<string> outside)
    {
        foreach (var field in fields.Named)
        {
            var path = outside.Add(field.Name);
            if (field.IsRequired)
            {
                yield return new(path, Missing, "is missing", body => Parent(body, path).Remove(path[^1]));
                yield return Replaced(path, Null, "is null", static () => null);
            }

            yield return Replaced(path, OfAnotherKind, "is of another kind", () => AnotherKind(field.Shape));
            foreach (var fault in OfShape(field.Shape, path))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<BodyFault> OfShape(Schema shape, ImmutableArray<string> path) => shape switch
    {
        Schema.Text { Choices.IsEmpty: false } => [Replaced(path, NotAmongTheChoices, "is not among its choices", () => "conformance")],
        Schema.Text { Form: TextForm.DateTime } => [Replaced(path, NoDate, "is no date", () => "yesterday")],
        Schema.Text => [Replaced(path, Empty, "is empty", () => "")],
        Schema.Number { Minimum: { } least, Maximum: { } most } =>
            [Replaced(path, TooSmall, "is too small", () => least - 1), Replaced(path, TooLarge, "is too large", () => most + 1)],
        Schema.ListOf { CountMin: > 0 } list =>
            [Replaced(path, Empty, "is empty", () => new JsonArray()), WrongEntry(list, path)],
        Schema.ListOf list => [WrongEntry(list, path)],
        Schema.MapOf map => [Replaced(path, WithAWrongEntry, "has a wrong entry", () => new JsonObject { ["conformance"] = WrongValue(map.Value) })],
        Schema.Fields inner => Of(inner, path),
        _ => [],
    };

    private static BodyFault WrongEntry(Schema.ListOf list, ImmutableArray<string> path) =>
        Replaced(path, WithAWrongEntry, "has a wrong entry", () => new JsonArray(WrongValue(list.Item)));

    /// <summary>An object, where it is one of several shapes: none is an object here.</summary>
    private static JsonNode WrongValue(Schema shape) => shape is Schema.OneOf ? new JsonObject() : AnotherKind(shape);

    private static JsonNode AnotherKind(Schema shape) => shape switch
    {
        Schema.Text => new JsonObject { ["conformance"] = true },
        Schema.Number => "conformance",
        Schema.Flag => "conformance",
        Schema.ListOf => "conformance",
        _ => new JsonArray("conformance"),
    };

    private static BodyFault Replaced(ImmutableArray<string> path, string kind, string told, Func<JsonNode?> value) =>
        new(path, kind, told, body => Parent(body, path)[path[^1]] = value());

    /// <summary>What the field is in; made when it is not there.</summary>
    private static JsonObject Parent(JsonObject body, ImmutableArray<string> path)
    {
        foreach (var name in path[..^1])
        {
            if (body[name] is not JsonObject inner)
            {
                body[name] = inner = [];
            }

            body = inner;
        }

        return body;
    }
}
