using LanguageExt;

namespace Marketplace.Core.Products;

/// <summary>One thing that whoever has a plan was promised.</summary>
/// <param name="Path">Within the plan, by the names of the catalogue: <c>pricing.base</c>, <c>pricing.metered[storage].unitPrice</c>.</param>
/// <param name="Value">As text that two values of the same meaning share: <c>19</c> for <c>19.00</c>.</param>
public sealed record Term(string Path, string Value);

/// <summary>One thing that two versions of a plan promise differently.</summary>
/// <param name="Was">None where nothing was said of it.</param>
/// <param name="Is">None where nothing is said of it any more.</param>
public sealed record TermChange(string Path, Option<string> Was, Option<string> Is)
{
    /// <summary>What differs, in the order of the first, and what is new after it.</summary>
    public static Seq<TermChange> Between(Seq<Term> was, Seq<Term> now)
    {
        var (before, after) = (was.ToDictionary(term => term.Path, term => term.Value), now.ToDictionary(term => term.Path, term => term.Value));
        return was.Concat(now)
            .Map(term => term.Path)
            .Distinct()
            .Map(path => new TermChange(path, At(before, path), At(after, path)))
            .Filter(change => change.Was != change.Is)
            .Strict();

        static Option<string> At(Dictionary<string, string> terms, string path) =>
            terms.TryGetValue(path, out var value) ? value : Option<string>.None;
    }

    public override string ToString() =>
        $"{Path} was {Was.IfNone("absent")} and is {Is.IfNone("absent")}";
}
