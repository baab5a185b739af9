using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Notifications;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Notifications;

/// <summary>One thing is told at a time, by rules that no source can get around. Source: contract §C.4.</summary>
public sealed class NoticeLaws
{
    private static readonly Gen<Option<string>> AnyLevel = Gen.Elements<Option<string>>("info", "warn", "error", "warning", "Info", "", None);

    private static readonly Gen<Option<string>> AnyTitle = Gen.Elements<Option<string>>(
        "Maintenance on Sunday", new string('a', 100), $" {new string('a', 100)} ", new string('a', 101), "a\0b", "", "  ", None);

    private static readonly Gen<Option<string>> AnyMessage = Gen.Elements<Option<string>>(
        "From two to four.", "Two\nlines", new string('m', 1000), new string('m', 1001), "a\0b", "", None);

    private static readonly Gen<Option<string>> AnyLink = Gen.Elements<Option<string>>(
        "https://acme.test/status", "http://acme.test", "sso:https://acme.test/billing?of=1", "sso:", "sso:/billing", "javascript:alert(1)",
        "sso:javascript:alert(1)", "acme.test", "//acme.test", "https://", "https://acme.test/a b", $"https://acme.test/{new string('a', 2000)}", "", None);

    [Fact]
    public void Nothing_is_shown_while_something_of_a_higher_level_is_there() =>
        Law.Holds(AnyNotice.Notices, notices => notices.Shown.ForAll(shown => notices.BySource.Values.All(told => told.Level <= shown.Level)));

    [Fact]
    public void Of_two_of_one_level_the_first_source_is_shown() =>
        Law.Holds(
            AnyNotice.Notices,
            notices => notices.Shown.ForAll(shown =>
                notices.BySource.AsEnumerable().Where(told => told.Value.Level == shown.Level).MinBy(told => told.Key).Value == shown));

    [Fact]
    public void A_source_takes_back_its_own_words_and_nobody_elses() =>
        Law.Holds(
            from notices in AnyNotice.Notices from source in AnyNotice.Source from notice in AnyNotice.NoticeOrNone select (notices, source, notice),
            given =>
            {
                var told = given.notices.With(given.source, given.notice);
                return told.From(given.source) == given.notice
                    && Enum.GetValues<NoticeSource>().Where(other => other != given.source).All(other => told.From(other) == given.notices.From(other))
                    && told.With(given.source, given.notices.From(given.source)) == given.notices;
            });

    [Fact]
    public void Something_is_shown_exactly_while_there_is_something_to_tell() =>
        Law.Holds(AnyNotice.Notices, notices => notices.Shown.IsSome == !notices.BySource.IsEmpty);

    [Fact]
    public void Exactly_the_fields_that_are_wrong_are_named() =>
        Law.Holds(
            from level in AnyLevel from title in AnyTitle from message in AnyMessage from link in AnyLink select (level, title, message, link),
            given =>
            {
                var wrong = new[]
                {
                    ("level", !given.level.Exists(text => text is "info" or "warn" or "error")),
                    ("title", !given.title.Exists(text => text.Trim() is { Length: > 0 and <= 100 } && !text.Contains('\0', StringComparison.Ordinal))),
                    ("message", given.message.Exists(text => text.Length > 1000 || text.Contains('\0', StringComparison.Ordinal))),
                    ("href", given.link.Exists(text => text.Length > 0 && text is not (
                        "https://acme.test/status" or "http://acme.test" or "sso:https://acme.test/billing?of=1"))),
                }.Where(field => field.Item2).Select(field => field.Item1);
                return TellCustomer.Parse(given.level, given.title, given.message, given.link).Match(
                    Succ: _ => Enumerable.Empty<string>(),
                    Fail: errors => errors.Select(error => error.Key)).SequenceEqual(wrong);
            });

    [Fact]
    public void What_is_taken_is_what_the_contract_allows() =>
        Law.Holds(
            from level in AnyLevel from title in AnyTitle from message in AnyMessage from link in AnyLink select (level, title, message, link),
            given => TellCustomer.Parse(given.level, given.title, given.message, given.link).Match(
                Succ: notice => notice.Title.Length is > 0 and <= 100
                    && notice.Message.ForAll(message => message.Length > 0)
                    && notice.Link.ForAll(link => System.Text.RegularExpressions.Regex.IsMatch(
                        link.AbsoluteUri, "^https?://|^sso:", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))),
                Fail: _ => true));
}
