using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Products;

/// <summary>Metadata schemas of every control, with values that fit them.</summary>
internal static class AnyMetadata
{
    private static readonly Seq<string> Options = Seq("small", "large", "huge");

    private static readonly Seq<string> Regions = Seq("iad1", "fra1");

    private static readonly NumberLimits FromZeroToNine = NumberLimits.None with { Min = 0m, Max = 9m };

    private static readonly TextLimits LowerCase = new(LengthMin: 2, LengthMax: 5, TextPattern.Of("^[a-z]+$"));

    public static readonly Gen<MetadataControl> Control = Gen.OneOf(
        OrNone(Gen.Constant("abc")).Select(text => (MetadataControl)new MetadataControl.TextInput(LowerCase, text)),
        OrNone(Gen.Choose(0, 9)).Select(number =>
            (MetadataControl)new MetadataControl.NumberInput(FromZeroToNine, number.Map(some => (decimal)some))),
        OrNone(Gen.Elements(true, false)).Select(flag => (MetadataControl)new MetadataControl.Toggle(flag)),
        OrNone(Gen.Choose(0, 9)).Select(number =>
            (MetadataControl)new MetadataControl.Slider(FromZeroToNine, number.Map(some => Seq1((decimal)some)))),
        OrNone(Gen.Elements<string>(Options)).Select(text => (MetadataControl)new MetadataControl.Select(Options, text)),
        OrNone(Gen.Elements<string>(Options)).Select(text => (MetadataControl)new MetadataControl.RadioButton(Options, text)),
        OrNone(Gen.Elements<string>(Options)).Select(text => (MetadataControl)new MetadataControl.MultiSelect(Options, text.Map(Seq1))),
        OrNone(Gen.Elements<string>(Regions)).Select(text => (MetadataControl)new MetadataControl.VercelRegion(Regions, text)),
        OrNone(Gen.Elements<string>(Regions)).Select(text =>
            (MetadataControl)new MetadataControl.MultiVercelRegion(Seq<string>(), text.Map(Seq1))),
        OrNone(Gen.Constant("db.example.com")).Select(text => (MetadataControl)new MetadataControl.Domain(text)),
        OrNone(Gen.Constant("acme")).Select(text => (MetadataControl)new MetadataControl.GitNamespace(text)));

    private static readonly Gen<FieldRule> Rule = Gen.Frequency(
        (4, Gen.Constant(FieldRule.Never)),
        (4, Gen.Elements(FieldRule.OnCreate, FieldRule.OnUpdate, FieldRule.Always, FieldRule.Sometimes)));

    public static readonly Gen<MetadataField> Field =
        from key in Gen.Elements("a", "b", "c", "d", "e")
        from control in Control
        from hidden in Rule
        from readOnly in Rule
        from required in Gen.Elements(true, false)
        let suppliable = (IsOpenOnCreate(hidden) && IsOpenOnCreate(readOnly))
            || control.DefaultValue.IsSome
            || control is MetadataControl.VercelRegion or MetadataControl.MultiVercelRegion
        select new MetadataField(key, key.ToUpperInvariant(), control, required && suppliable, hidden, readOnly);

    public static readonly Gen<MetadataSchema> Schema =
        from count in Gen.Choose(0, 6)
        from fields in Field.ListOf(count)
        select new MetadataSchema(fields.DistinctBy(field => field.Key, StringComparer.Ordinal).ToSeq().Strict());

    /// <summary>A value that the control takes.</summary>
    public static Gen<MetadataValue> Fitting(MetadataControl control) => control switch
    {
        MetadataControl.TextInput => Text("ab", "abc", "abcde"),
        MetadataControl.NumberInput => Gen.Choose(0, 18).Select(half => (MetadataValue)new MetadataValue.Number(half / 2m)),
        MetadataControl.Toggle => Gen.Elements(true, false).Select(flag => (MetadataValue)new MetadataValue.Flag(flag)),
        MetadataControl.Slider => Gen.Choose(0, 9).NonEmptyListOf()
            .Select(numbers => (MetadataValue)new MetadataValue.Numbers(numbers.Select(number => (decimal)number).ToSeq().Strict())),
        MetadataControl.Select or MetadataControl.RadioButton => Text([.. Options]),
        MetadataControl.MultiSelect => Texts([.. Options]),
        MetadataControl.VercelRegion => Text([.. Regions]),
        MetadataControl.MultiVercelRegion => Texts("iad1", "sfo1", "hnd1"),
        MetadataControl.Domain => Text("example.com", "a.b.example.org"),
        MetadataControl.GitNamespace => Text("acme", "acme/tools"),
        _ => throw new UnreachableException(control.GetType().Name),
    };

    /// <summary>A value that the control does not take: of the wrong kind, or outside its limits.</summary>
    public static Gen<MetadataValue> Unfitting(MetadataControl control) => control switch
    {
        MetadataControl.TextInput => Gen.OneOf(Text("a", "abcdef", "ABC", "ab\n"), Number(1m)),
        MetadataControl.NumberInput => Gen.OneOf(Text("1"), Number(-0.1m), Number(9.000001m)),
        MetadataControl.Toggle => Text("true"),
        MetadataControl.Slider => Gen.OneOf(
            Number(1m), Text("1"), Gen.Constant((MetadataValue)new MetadataValue.Numbers(Seq(1m, 10m))), Texts("1")),
        MetadataControl.Select or MetadataControl.RadioButton => Gen.OneOf(Text("Small", "tiny"), Number(0m)),
        MetadataControl.MultiSelect => Gen.OneOf(Texts("tiny"), Text("small")),
        MetadataControl.VercelRegion => Gen.OneOf(Text("sfo1", "IAD1"), Texts("iad1")),
        MetadataControl.MultiVercelRegion => Gen.OneOf(Texts("mars"), Text("iad1")),
        MetadataControl.Domain => Gen.OneOf(Text("localhost", "https://example.com", "a b.com", "-.com", "1.2.3.4"), Number(1m)),
        MetadataControl.GitNamespace => Gen.OneOf(Text("two words"), Number(1m)),
        _ => throw new UnreachableException(control.GetType().Name),
    };

    private static bool IsOpenOnCreate(FieldRule rule) => rule is not (FieldRule.Always or FieldRule.OnCreate);

    private static Gen<Option<T>> OrNone<T>(Gen<T> generator) => Gen.OneOf(Gen.Constant(Option<T>.None), generator.Select(Some));

    private static Gen<MetadataValue> Number(decimal number) => Gen.Constant((MetadataValue)new MetadataValue.Number(number));

    private static Gen<MetadataValue> Text(params string[] texts) =>
        Gen.Elements(texts).Select(text => (MetadataValue)new MetadataValue.Text(text));

    private static Gen<MetadataValue> Texts(params string[] texts) =>
        Gen.Elements(texts).NonEmptyListOf().Select(some => (MetadataValue)new MetadataValue.Texts(some.ToSeq().Strict()));
}
