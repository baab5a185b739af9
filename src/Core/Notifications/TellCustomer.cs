using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Notifications;

/// <summary>A notice in the provider's own words, as they arrive. Source: contract §C.4.</summary>
public static class TellCustomer
{
    /// <summary>What Vercel has room for.</summary>
    public const int TitleCharactersMax = 100;

    /// <summary>A banner, no page. The contract names no bound.</summary>
    public const int MessageCharactersMax = 1000;

    public const int LinkCharactersMax = 2000;

    private const string SignOn = "sso:";

    /// <summary>The notice, or every field that is wrong.</summary>
    public static Validation<FieldError, Notice> Parse(Option<string> level, Option<string> title, Option<string> message, Option<string> href) =>
        (ParseLevel(level), ParseTitle(title), ParseMessage(message), ParseLink(href)).Apply(
            (much, headline, text, link) => new Notice(much, headline, text) { Link = link });

    private static Validation<FieldError, NoticeLevel> ParseLevel(Option<string> level) =>
        level.IfNone("") switch
        {
            "info" => NoticeLevel.Info,
            "warn" => NoticeLevel.Warn,
            "error" => NoticeLevel.Error,
            _ => new FieldError("level", "A level is info, warn or error."),
        };

    private static Validation<FieldError, string> ParseTitle(Option<string> title) =>
        Words(title).Match<Validation<FieldError, string>>(
            text => Problem("title", text, TitleCharactersMax).Match<Validation<FieldError, string>>(wrong => wrong, () => text),
            () => new FieldError("title", "A notification has a title."));

    private static Validation<FieldError, Option<string>> ParseMessage(Option<string> message) =>
        Words(message).Bind(text => Problem("message", text, MessageCharactersMax))
            .Match<Validation<FieldError, Option<string>>>(wrong => wrong, () => Words(message));

    /// <summary>Behind <c>sso:</c> stands the page to which the customer comes when Vercel has said who it is (contract §E.8).</summary>
    private static Validation<FieldError, Option<Uri>> ParseLink(Option<string> href) =>
        Words(href).Match<Validation<FieldError, Option<Uri>>>(
            text => text.Length <= LinkCharactersMax && IsPage(text.StartsWith(SignOn, StringComparison.Ordinal) ? text[SignOn.Length..] : text)
                && Uri.TryCreate(text, UriKind.Absolute, out var link)
                    ? Some(link)
                    : new FieldError(
                        "href", $"A link is an address that begins with https://, http:// or sso:https://, of at most {LinkCharactersMax} characters."),
            () => Option<Uri>.None);

    private static bool IsPage(string text) =>
        (text.StartsWith("https://", StringComparison.Ordinal) || text.StartsWith("http://", StringComparison.Ordinal))
        && Uri.IsWellFormedUriString(text, UriKind.Absolute);

    private static Option<string> Words(Option<string> text) => text.Map(words => words.Trim()).Filter(words => words.Length > 0);

    private static Option<FieldError> Problem(string key, string text, int charactersMax) =>
        text.Length > charactersMax ? new FieldError(key, $"A {key} has at most {charactersMax} characters.")
        : text.Contains('\0', StringComparison.Ordinal) ? new FieldError(key, "U+0000 cannot be stored.")
        : Option<FieldError>.None;
}
