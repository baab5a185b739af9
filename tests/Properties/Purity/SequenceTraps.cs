namespace Marketplace.Properties.Purity;

/// <summary>What compiles and means something else: two traps of LanguageExt's <c>Seq</c>, found in what was compiled.</summary>
internal static class SequenceTraps
{
    /// <summary>Leaves a sequence that is still to be worked out. That of an option does no harm.</summary>
    private static readonly string[] Lazy =
    [
        "LanguageExt.Seq`1.Bind", "LanguageExt.Seq`1.Map", "LanguageExt.Seq`1.Filter", "LanguageExt.Seq`1.Select", "LanguageExt.Seq`1.SelectMany",
        "LanguageExt.Seq`1.Where", "LanguageExt.Seq`1.Concat", "ListExtensions.ToSeq",
    ];

    /// <summary>
    /// <c>Seq&lt;int&gt; numbers = [1, 2]</c> compiles to calls of an Add that returns a new sequence, which is thrown away: what is left is empty.
    /// </summary>
    public static IEnumerable<string> LostItems(CompiledCode code) =>
        code.Uses()
            .Where(use => use is { IsDropped: true, What: "LanguageExt.Seq`1.Add" })
            .Select(use => use.Where)
            .Distinct();

    /// <summary>In <c>a + b.Bind(f) + c</c> the last part is lost, and what is before it is there twice. A strict part is added as it is.</summary>
    public static IEnumerable<string> LazyParts(CompiledCode code) =>
        code.Uses()
            .Where(use => use.What == "LanguageExt.Seq`1.op_Addition" && Lazy.Contains(use.Before))
            .Select(use => use.Where)
            .Distinct();
}
