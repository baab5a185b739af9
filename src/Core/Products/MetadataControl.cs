using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Products;

/// <summary>How a property is filled in, and what may be filled in. Source: contract §C.5, <c>ui:control</c>.</summary>
public abstract record MetadataControl
{
    private MetadataControl() { }

    public sealed record TextInput(TextLimits Limits, Option<string> Default) : MetadataControl;

    public sealed record NumberInput(NumberLimits Limits, Option<decimal> Default) : MetadataControl;

    public sealed record Toggle(Option<bool> Default) : MetadataControl;

    /// <summary>One number or several, each within the limits.</summary>
    public sealed record Slider(NumberLimits Limits, Option<Seq<decimal>> Default) : MetadataControl;

    public sealed record Select(Seq<string> Options, Option<string> Default) : MetadataControl;

    public sealed record RadioButton(Seq<string> Options, Option<string> Default) : MetadataControl;

    public sealed record MultiSelect(Seq<string> Options, Option<Seq<string>> Default) : MetadataControl;

    /// <param name="Regions">The choice; every region of Vercel when empty.</param>
    public sealed record VercelRegion(Seq<string> Regions, Option<string> Default) : MetadataControl;

    /// <param name="Regions">The choice; every region of Vercel when empty.</param>
    public sealed record MultiVercelRegion(Seq<string> Regions, Option<Seq<string>> Default) : MetadataControl;

    public sealed record Domain(Option<string> Default) : MetadataControl;

    public sealed record GitNamespace(Option<string> Default) : MetadataControl;

    /// <summary>What stands for the property when nothing is given.</summary>
    public Option<MetadataValue> DefaultValue => this switch
    {
        TextInput c => Text(c.Default),
        NumberInput c => c.Default.Map<MetadataValue>(number => new MetadataValue.Number(number)),
        Toggle c => c.Default.Map<MetadataValue>(flag => new MetadataValue.Flag(flag)),
        Slider c => c.Default.Map<MetadataValue>(numbers => new MetadataValue.Numbers(numbers)),
        Select c => Text(c.Default),
        RadioButton c => Text(c.Default),
        MultiSelect c => Texts(c.Default),
        VercelRegion c => Text(c.Default),
        MultiVercelRegion c => Texts(c.Default),
        Domain c => Text(c.Default),
        GitNamespace c => Text(c.Default),
        _ => throw new UnreachableException(GetType().Name),
    };

    private static Option<MetadataValue> Text(Option<string> text) => text.Map<MetadataValue>(some => new MetadataValue.Text(some));

    private static Option<MetadataValue> Texts(Option<Seq<string>> texts) => texts.Map<MetadataValue>(some => new MetadataValue.Texts(some));
}

/// <summary>Bounds of a text, both inclusive, in characters as a reader counts them (code points).</summary>
public sealed record TextLimits(Option<int> LengthMin, Option<int> LengthMax, Option<TextPattern> Pattern)
{
    public static readonly TextLimits None = new(Option<int>.None, Option<int>.None, Option<TextPattern>.None);

    /// <summary>What is wrong with the text, for the customer to read.</summary>
    internal Option<string> Complaint(string label, string text)
    {
        var length = text.EnumerateRunes().Count();
        return LengthMin.Filter(min => length < min).Map(min => $"{label} must have at least {min} characters.")
            || LengthMax.Filter(max => length > max).Map(max => $"{label} must have at most {max} characters.")
            || Pattern.Filter(pattern => !pattern.Matches(text)).Map(pattern => $"{label} must match {pattern}.");
    }
}

/// <summary>Bounds of a number.</summary>
public sealed record NumberLimits(
    Option<decimal> Min, Option<decimal> Max, Option<decimal> ExclusiveMin, Option<decimal> ExclusiveMax)
{
    public static readonly NumberLimits None = new(
        Option<decimal>.None, Option<decimal>.None, Option<decimal>.None, Option<decimal>.None);
}
