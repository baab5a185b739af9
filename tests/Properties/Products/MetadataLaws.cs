using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Products;

public sealed class MetadataLaws
{
    /// <summary>A schema, and values that fit some of its fields.</summary>
    private static readonly Gen<(MetadataSchema Schema, Map<string, MetadataValue> Given)> Filled =
        from schema in AnyMetadata.Schema
        from fields in Gen.SubListOf(schema.Fields.AsEnumerable())
        from values in Gen.CollectToList(fields, field => AnyMetadata.Fitting(field.Control))
        select (schema, toMap(fields.Select((field, at) => (field.Key, values[at]))));

    /// <summary>The same, and what a resource has that was created so.</summary>
    private static readonly Gen<(MetadataSchema Schema, Map<string, MetadataValue> Created)> Created =
        Filled
            .Select(given => (given.Schema, Created: given.Schema.Create(SentMetadata.Of(given.Given))))
            .Where(given => given.Created.IsSuccess)
            .Select(given => (given.Schema, given.Created.Match(metadata => metadata, _ => default)));

    [Fact]
    public void The_generator_knows_every_control() => Union.IsKnownTo(AnyMetadata.Control);

    [Fact]
    public void A_value_that_fits_is_taken_and_one_that_does_not_is_named() =>
        Law.Holds(
            from control in AnyMetadata.Control
            from fitting in AnyMetadata.Fitting(control)
            from unfitting in AnyMetadata.Unfitting(control)
            select (control, fitting, unfitting),
            given =>
            {
                var schema = new MetadataSchema(Seq1(new MetadataField("x", "X", given.control, true, FieldRule.Never, FieldRule.Never)));
                return schema.Create(SentMetadata.Of(Map(("x", given.fitting)))) == Map(("x", given.fitting))
                    && Keys(schema.Create(SentMetadata.Of(Map(("x", given.unfitting))))).SequenceEqual(["x"]);
            });

    [Fact]
    public void Exactly_what_the_customer_has_to_fill_in_and_did_not_is_asked_for() =>
        Law.Holds(Filled, given => Assert.Equal(
            given.Schema.Fields
                .Filter(field => field.Required && field.Control.DefaultValue.IsNone && !given.Given.ContainsKey(field.Key))
                .Filter(field => IsOpenOnCreate(field.Hidden) && IsOpenOnCreate(field.ReadOnly))
                .Select(field => field.Key),
            Keys(given.Schema.Create(SentMetadata.Of(given.Given)))));

    [Fact]
    public void What_is_given_is_kept_and_the_rest_is_the_default() =>
        Law.Holds(Filled, given => given.Schema.Create(SentMetadata.Of(given.Given)).Match(
            created => given.Given.ForAll((key, value) => created.Find(key) == Some(value))
                && given.Schema.Fields.ForAll(field =>
                    given.Given.ContainsKey(field.Key) || created.Find(field.Key) == field.Control.DefaultValue),
            _ => true));

    [Fact]
    public void A_key_that_no_field_has_is_kept() =>
        Law.Holds(Filled, given => given.Schema.Create(SentMetadata.Of(given.Given.Add("undocumented", new MetadataValue.Number(1m)))).Match(
            created => created.ContainsKey("undocumented"), _ => given.Schema.Create(SentMetadata.Of(given.Given)).IsFail));

    [Fact]
    public void Created_again_from_itself_metadata_is_the_same() =>
        Law.Holds(Created, given => given.Schema.Create(SentMetadata.Of(given.Created)) == given.Created);

    [Fact]
    public void An_update_of_nothing_or_of_the_same_changes_nothing() =>
        Law.Holds(Created.Where(IsComplete), given =>
            given.Schema.Update(given.Created, SentMetadata.Nothing) == given.Created
            && given.Schema.Update(given.Created, SentMetadata.Of(given.Created)) == given.Created);

    [Fact]
    public void An_update_changes_what_is_open_and_names_what_is_locked() =>
        Law.Holds(
            from given in Created.Where(IsComplete)
            from fields in Gen.SubListOf(given.Schema.Fields.AsEnumerable())
            from values in Gen.CollectToList(fields, field => AnyMetadata.Fitting(field.Control))
            select (given.Schema, given.Created, Fields: fields, Asked: toMap(fields.Select((field, at) => (field.Key, values[at])))),
            given =>
            {
                var locked = given.Fields
                    .Where(field => IsLockedOnUpdate(field.Hidden) || IsLockedOnUpdate(field.ReadOnly))
                    .Where(field => given.Created.Find(field.Key) != given.Asked.Find(field.Key))
                    .Select(field => field.Key)
                    .ToArray();
                var updated = given.Schema.Update(given.Created, SentMetadata.Of(given.Asked));
                Assert.Equal(locked.Order(StringComparer.Ordinal), Keys(updated).Order(StringComparer.Ordinal));
                updated.IfSuccess(metadata => Assert.Equal(given.Created.AddOrUpdateRange(given.Asked.AsEnumerable()), metadata));
            });

    [Fact]
    public void What_is_of_no_kind_that_metadata_has_is_named_with_everything_else_that_is_wrong() =>
        Law.Holds(
            from given in Filled
            from wrong in Gen.SubListOf(given.Schema.Fields.Map(field => field.Key).Add("undocumented").AsEnumerable())
            select (given.Schema, Values: given.Given.RemoveRange(wrong), Wrong: wrong),
            given => Assert.Equal(
                given.Wrong.Concat(Keys(given.Schema.Create(SentMetadata.Of(given.Values))).Except(given.Wrong)).Order(StringComparer.Ordinal),
                Keys(given.Schema.Create(new SentMetadata(given.Values, given.Wrong.Select(key => new FieldError(key, "?")).ToSeq().Strict())))
                    .Order(StringComparer.Ordinal)));

    [Fact]
    public void What_does_not_change_is_not_judged_again() =>
        Law.Holds(
            from schema in AnyMetadata.Schema
            from values in Gen.CollectToList(schema.Fields, field => AnyMetadata.Unfitting(field.Control))
            select (Schema: schema, Current: toMap(schema.Fields.Select((field, at) => (field.Key, values[at])))),
            given => given.Schema.Update(given.Current, SentMetadata.Nothing) == given.Current
                && given.Schema.Update(given.Current, SentMetadata.Of(given.Current)) == given.Current);

    [Theory]
    [InlineData("^a+$", "aaa", true)]
    [InlineData("^a+$", "aaa\n", false)]
    [InlineData(@"^\$$", "$", true)]
    [InlineData(@"cost\$", "cost$ more", true)]
    [InlineData("b", "abc", true)]
    public void A_pattern_means_what_it_means_to_a_browser(string pattern, string text, bool matches) =>
        Assert.Equal(Some(matches), TextPattern.Of(pattern).Map(found => found.Matches(text)));

    [Theory]
    [InlineData("(")]
    [InlineData("(?=a)")]
    [InlineData(@"(a)\1")]
    public void A_pattern_that_could_take_forever_is_none(string pattern) => Assert.True(TextPattern.Of(pattern).IsNone);

    /// <summary>A field that a form hides on create only may have to be filled in on the first update.</summary>
    private static bool IsComplete((MetadataSchema Schema, Map<string, MetadataValue> Created) given) =>
        given.Schema.Fields.ForAll(field => given.Created.ContainsKey(field.Key) || !field.Required);

    private static bool IsOpenOnCreate(FieldRule rule) => rule is FieldRule.Never or FieldRule.OnUpdate;

    private static bool IsLockedOnUpdate(FieldRule rule) => rule is FieldRule.Always or FieldRule.OnUpdate;

    private static string[] Keys(Validation<FieldError, Map<string, MetadataValue>> result) =>
        result.Match(_ => [], errors => errors.Select(error => error.Key).ToArray());
}
