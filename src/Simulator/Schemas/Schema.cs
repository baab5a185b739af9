using System.Collections.Immutable;

namespace Marketplace.Simulator.Schemas;

/// <summary>The shape of a JSON value: small, our own, and just what the contract needs to say.</summary>
internal abstract record Schema
{
    private Schema() { }

    public sealed record Text : Schema
    {
        public ImmutableArray<string> Choices { get; init; } = [];

        /// <summary>A regular expression with its own anchors.</summary>
        public string? Pattern { get; init; }

        public TextForm Form { get; init; } = TextForm.Any;

        public int? LengthMin { get; init; }

        public int? LengthMax { get; init; }
    }

    public sealed record Number(decimal? Minimum = null, decimal? Maximum = null, bool IsWhole = false) : Schema
    {
        /// <summary>Itself too little.</summary>
        public decimal? Above { get; init; }

        /// <summary>Itself too much.</summary>
        public decimal? Below { get; init; }
    }

    public sealed record Flag(bool? Only = null) : Schema;

    public sealed record ListOf(Schema Item, int? CountMin = null, int? CountMax = null) : Schema;

    /// <summary>An object with named fields. A closed one refuses every other field.</summary>
    public sealed record Fields(bool IsClosed, ImmutableArray<Field> Named) : Schema;

    /// <summary>An object whose keys are free and whose values are alike.</summary>
    public sealed record MapOf(Schema Value) : Schema;

    /// <summary>One of several shapes; the closest one explains a refusal.</summary>
    public sealed record OneOf(ImmutableArray<Schema> Shapes) : Schema;

    /// <summary>Any JSON at all.</summary>
    public sealed record Anything : Schema;

    /// <summary>The shape, or JSON's null.</summary>
    public sealed record Nullable(Schema Shape) : Schema;

    public static Fields Closed(params ImmutableArray<Field> named) => new(IsClosed: true, named);

    public static Fields Open(params ImmutableArray<Field> named) => new(IsClosed: false, named);

    public static OneOf Either(params ImmutableArray<Schema> shapes) => new(shapes);

    public static readonly Text AnyText = new();

    public static readonly Text NonEmpty = new() { LengthMin = 1 };

    public static readonly Text Moment = new() { Form = TextForm.DateTime };

    /// <summary>Dollars: no sign, no exponent, no separators.</summary>
    public static readonly Text Amount = new() { Pattern = @"^[0-9]+(\.[0-9]+)?$" };

    public static readonly Number AnyNumber = new();

    public static readonly Flag AnyFlag = new();

    public static Text Choice(params ImmutableArray<string> choices) => new() { Choices = choices };

    public static Text AtMost(int length) => new() { LengthMax = length };

    public static Text Matching(string pattern) => new() { Pattern = pattern };
}

internal enum TextForm
{
    Any,

    /// <summary>RFC 3339, with an offset.</summary>
    DateTime,

    /// <summary>An absolute URI.</summary>
    Uri,
}

/// <summary>One named field of an object.</summary>
internal sealed record Field(string Name, Schema Shape, bool IsRequired)
{
    public static Field Required(string name, Schema shape) => new(name, shape, IsRequired: true);

    public static Field Optional(string name, Schema shape) => new(name, shape, IsRequired: false);
}
