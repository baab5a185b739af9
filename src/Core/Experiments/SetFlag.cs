using LanguageExt;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Experiments;

/// <summary>The request to have a flag as it is described, with every field good in itself. Source: contract §D.11.</summary>
public sealed record SetFlag(
    FlagId Id, string Slug, string Origin, FlagCategory Category, Option<string> Name, Option<string> Description, bool IsArchived, MetadataValue Value)
{
    /// <summary>More than anybody looks through, and few enough to be read by every deployment at its start.</summary>
    public const int FlagsMax = 500;

    /// <summary>What an Edge Config takes as a key, and shorter.</summary>
    private const int SlugCharactersMax = 200;

    private const int TextCharactersMax = 1024;

    private const int OriginCharactersMax = 2048;

    /// <summary>The request, or every field that is wrong.</summary>
    /// <param name="origin">Where the catalogue says that flags are changed, for one that does not say.</param>
    public static Validation<FieldError, SetFlag> Parse(SetFlagRequest asked, string origin) =>
        (ParseKey("flag", asked.Id), ParseKey("slug", asked.Slug.IfNone(asked.Id)), ParseOrigin(asked.Origin.IfNone(origin)),
            ParseCategory(asked.Category), ParseText("name", asked.Name), ParseText("description", asked.Description), ParseValue(asked.Value))
        .Apply((id, slug, where, category, name, description, value) =>
            new SetFlag(new FlagId(id), slug, where, category, name, description, asked.IsArchived, value));

    /// <summary>The flag as it is then; none where it is so already.</summary>
    /// <param name="all">Every flag of the resource.</param>
    /// <param name="revision">New.</param>
    public Either<FlagRejection, Option<Flag>> Decide(Seq<Flag> all, string revision, DateTimeOffset now)
    {
        var known = all.Find(flag => flag.Id == Id);
        var others = all.Filter(flag => flag.Id != Id).Strict();
        if (others.Find(flag => flag.Slug == Slug).Case is SomeCase<Flag>(var taken))
            return new FlagRejection.SlugTaken(Slug, taken.Id);
        if (others.Count >= FlagsMax)
            return new FlagRejection.TooMany(FlagsMax);

        var next = new Flag(
            Id, Slug, Origin, Category, Name, Description, IsArchived, Value, known.Match(flag => flag.CreatedAt, () => now), now, revision);
        return known.Exists(flag => next.Says(flag)) ? Option<Flag>.None : Some(next);
    }

    private static Validation<FieldError, string> ParseKey(string field, string text) =>
        text.Length is > 0 and <= SlugCharactersMax && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? text
            : new FieldError(field, $"1 to {SlugCharactersMax} letters, digits, hyphens and underscores are required.");

    private static Validation<FieldError, string> ParseOrigin(string text) =>
        text.Length <= OriginCharactersMax && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? text
            : new FieldError("origin", $"An https address of at most {OriginCharactersMax} characters is required.");

    private static Validation<FieldError, FlagCategory> ParseCategory(Option<string> category) =>
        category.IfNone("flag") switch
        {
            "flag" => FlagCategory.Flag,
            "experiment" => FlagCategory.Experiment,
            _ => new FieldError("category", "The category must be one of flag, experiment."),
        };

    private static Validation<FieldError, Option<string>> ParseText(string field, Option<string> text) =>
        text.ForAll(given => given.Length <= TextCharactersMax && !given.Contains('\0', StringComparison.Ordinal))
            ? text
            : new FieldError(field, $"There can be {TextCharactersMax} characters.");

    private static Validation<FieldError, MetadataValue> ParseValue(Option<MetadataValue> value) =>
        value.Match<Validation<FieldError, MetadataValue>>(
            given => given, () => new FieldError("value", "A text, a number, true or false, or a list of texts or numbers is required."));
}

/// <summary>What was sent, before anything is known of it.</summary>
/// <param name="Value">None where it is missing, or of a kind that a flag cannot have.</param>
public sealed record SetFlagRequest(
    string Id, Option<string> Slug, Option<string> Origin, Option<string> Category, Option<string> Name, Option<string> Description,
    bool IsArchived, Option<MetadataValue> Value);

/// <summary>Why a flag is not set. Nothing has changed.</summary>
public abstract record FlagRejection
{
    private FlagRejection() { }

    /// <summary>Another flag of the resource is asked for by this slug.</summary>
    public sealed record SlugTaken(string Slug, FlagId By) : FlagRejection;

    public sealed record TooMany(int Max) : FlagRejection;
}
