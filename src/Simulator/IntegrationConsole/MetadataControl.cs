using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>How a property of metadata is filled in. Source: contract §C.5, <c>ui:control</c>.</summary>
internal abstract record MetadataControl
{
    private MetadataControl() { }

    /// <summary><c>input</c> of type <c>string</c>.</summary>
    public sealed record TextInput(TextLimits Limits, string? Default) : MetadataControl;

    /// <summary><c>input</c> of type <c>number</c>.</summary>
    public sealed record NumberInput(NumberLimits Limits, decimal? Default) : MetadataControl;

    public sealed record Toggle(bool? Default) : MetadataControl;

    /// <summary>One number or several, each within the limits.</summary>
    public sealed record Slider(NumberLimits Limits, ImmutableArray<decimal>? Default) : MetadataControl;

    public sealed record Select(ImmutableArray<MetadataOption> Options, TextLimits Limits, string? Default) : MetadataControl;

    public sealed record RadioButton(ImmutableArray<MetadataOption> Options, TextLimits Limits, string? Default) : MetadataControl;

    public sealed record MultiSelect(ImmutableArray<MetadataOption> Options, TextLimits Limits, ImmutableArray<string>? Default) : MetadataControl;

    /// <param name="Regions">The choice; every region of Vercel when empty.</param>
    public sealed record VercelRegion(ImmutableArray<string> Regions, TextLimits Limits, string? Default) : MetadataControl;

    /// <param name="Regions">The choice; every region of Vercel when empty.</param>
    public sealed record MultiVercelRegion(ImmutableArray<string> Regions, TextLimits Limits, ImmutableArray<string>? Default) : MetadataControl;

    public sealed record Domain(TextLimits Limits, string? Default) : MetadataControl;

    public sealed record GitNamespace(TextLimits Limits, string? Default) : MetadataControl;

    /// <summary>An airport and a number. Vercel adds regions, so no list can be complete.</summary>
    private static readonly Schema.Text AnyRegion = Schema.Matching("^[a-z]{3}[0-9]+$");

    private static readonly Schema.Text AnyDomain = Schema.Matching(@"^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$");

    private static readonly Schema.Text AnyNamespace = Schema.Matching(@"^\S+$");

    /// <summary>As <c>ui:control</c> has it.</summary>
    public string Name => this switch
    {
        TextInput or NumberInput => "input",
        Toggle => "toggle",
        Slider => "slider",
        Select => "select",
        RadioButton => "radio-button",
        MultiSelect => "multi-select",
        VercelRegion => "vercel-region",
        MultiVercelRegion => "multi-vercel-region",
        Domain => "domain",
        GitNamespace => "git-namespace",
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>What the form begins with.</summary>
    public JsonNode? DefaultValue => this switch
    {
        TextInput c => c.Default,
        NumberInput c => c.Default,
        Toggle c => c.Default,
        Slider c => List(c.Default),
        Select c => c.Default,
        RadioButton c => c.Default,
        MultiSelect c => List(c.Default),
        VercelRegion c => c.Default,
        MultiVercelRegion c => List(c.Default),
        Domain c => c.Default,
        GitNamespace c => c.Default,
        _ => throw new UnreachableException(GetType().Name),
    };

    /// <summary>
    /// Every rule that a value must keep, all of them at once. A hidden option is offered to nobody new, and whoever has it keeps it.
    /// </summary>
    public ImmutableArray<Schema> Shapes => this switch
    {
        TextInput c => [c.Limits.Shape],
        NumberInput c => [c.Limits.Shape],
        Toggle => [Schema.AnyFlag],
        Slider c => [new Schema.ListOf(c.Limits.Shape)],
        Select c => [c.Limits.Shape, OneOf(c.Options)],
        RadioButton c => [c.Limits.Shape, OneOf(c.Options)],
        MultiSelect c => [new Schema.ListOf(c.Limits.Shape), new Schema.ListOf(OneOf(c.Options))],
        VercelRegion c => [c.Limits.Shape, Region(c.Regions)],
        MultiVercelRegion c => [new Schema.ListOf(c.Limits.Shape), new Schema.ListOf(Region(c.Regions))],
        Domain c => [c.Limits.Shape, AnyDomain],
        GitNamespace c => [c.Limits.Shape, AnyNamespace],
        _ => throw new UnreachableException(GetType().Name),
    };

    private static Schema.Text OneOf(ImmutableArray<MetadataOption> options) => Schema.Choice([.. options.Select(option => option.Value)]);

    private static Schema.Text Region(ImmutableArray<string> regions) => regions.IsEmpty ? AnyRegion : Schema.Choice(regions);

    private static JsonArray? List<T>(ImmutableArray<T>? values) =>
        values is { } some ? new JsonArray([.. some.Select(value => JsonValue.Create(value))]) : null;
}

/// <summary>One that can be chosen.</summary>
/// <param name="Label">What the customer reads; the value where nothing is said.</param>
/// <param name="IsHidden">Offered to nobody new.</param>
internal sealed record MetadataOption(string Value, string Label, bool IsHidden);

/// <summary>Bounds of a text, both inclusive.</summary>
internal sealed record TextLimits(int? LengthMin = null, int? LengthMax = null, string? Pattern = null)
{
    public Schema.Text Shape => new() { LengthMin = LengthMin, LengthMax = LengthMax, Pattern = Pattern };
}

/// <summary>Bounds of a number.</summary>
/// <param name="Above">Exclusive, as <paramref name="Below"/>.</param>
internal sealed record NumberLimits(decimal? Minimum = null, decimal? Maximum = null, decimal? Above = null, decimal? Below = null)
{
    public Schema.Number Shape => new(Minimum, Maximum) { Above = Above, Below = Below };
}
