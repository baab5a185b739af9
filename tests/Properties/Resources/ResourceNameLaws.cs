using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Resources;

public sealed class ResourceNameLaws
{
    private const string Letters = "abcxyzABCXYZ0189-_";

    private static Gen<string> OfLength(int least, int most) =>
        from length in Gen.Choose(least, most)
        from letters in Gen.Elements<char>(Letters).ListOf(length)
        select string.Concat(letters);

    [Fact]
    public void Letters_digits_hyphens_and_underscores_make_a_name() =>
        Law.Holds(OfLength(1, 128), name => ResourceName.Parse(name, None) == name);

    [Fact]
    public void Any_other_character_anywhere_makes_none() =>
        Law.Holds(
            from name in OfLength(0, 20)
            from at in Gen.Choose(0, name.Length)
            from wrong in Gen.Elements(" ", "\n", ".", "/", "é", "ａ", "😀", "\0", "'")
            select name.Insert(at, wrong),
            name => ResourceName.Parse(name, None).IsFail);

    [Fact]
    public void A_name_has_one_character_at_least_and_128_at_most()
    {
        Assert.True(ResourceName.Parse(None, None).IsFail);
        Assert.True(ResourceName.Parse("", None).IsFail);
        Assert.True(ResourceName.Parse(new string('a', 128), None).IsSuccess);
        Assert.True(ResourceName.Parse(new string('a', 129), None).IsFail);
        Law.Holds(OfLength(129, 300), name => ResourceName.Parse(name, None).IsFail);
    }

    [Fact]
    public void Whatever_something_is_called_elsewhere_there_is_a_name_for_it() =>
        Law.Holds(
            from letters in Gen.Elements("a", "Z", "0", "-", "_", " ", "é", "😀", "\0").ListOf()
            from times in Gen.Choose(1, 60)
            select string.Concat(Enumerable.Repeat(string.Concat(letters), times)),
            elsewhere => ResourceName.Parse(ResourceName.Suggest(elsewhere), None).IsSuccess);

    [Fact]
    public void A_product_can_ask_for_more_but_not_for_less() =>
        Law.Holds(OfLength(1, 140), name =>
        {
            var limits = new TextLimits(None, 50, TextPattern.Of("^[a-z]"));
            return ResourceName.Parse(name, limits).IsSuccess == (name.Length <= 50 && char.IsAsciiLetterLower(name[0]))
                && (ResourceName.Parse(name, TextLimits.None with { LengthMax = 1000 }).IsSuccess == ResourceName.Parse(name, None).IsSuccess);
        });
}
