using System.Diagnostics;
using Marketplace.Core.Notifications;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Notices;

/// <summary>Everything that there is to tell a customer beside one thing, and the form by which an operator tells something.</summary>
/// <param name="Address">Under which the form is answered.</param>
/// <param name="Shown">What the customer reads now: what matters most of all of it, or why there is no service; null where nothing is.</param>
/// <param name="Ours">What the provider tells, to be changed; null where it tells nothing.</param>
/// <param name="MayTell">Whether anybody would read it.</param>
public sealed record ToldNotices(string Address, NoticeView? Shown, IReadOnlyList<ToldNotice> All, OwnNotice? Ours, bool MayTell)
{
    internal static ToldNotices Of(string address, NotificationWire? shown, Core.Notifications.Notices notices, bool mayTell) => new(
        address,
        shown is null ? null : new NoticeView(OperatorMarks.ToneOf(NoticesJson.LevelOf(shown.Level)), shown.Title, Text(shown.Message, shown.Href), null),
        [.. notices.BySource.AsEnumerable().Select(told => ToldNotice.Of(told.Key, told.Value))],
        notices.From(NoticeSource.Provider).MatchUnsafe<OwnNotice?>(OwnNotice.Of, () => null), mayTell);

    /// <summary>The link is the customer's, whom it signs on: here it is read.</summary>
    private static string? Text(string? message, string? link) => link is null ? message : $"{message} Link: {link}".Trim();
}

/// <param name="Source">Who tells it.</param>
public sealed record ToldNotice(string Source, Mark Level, string Title, string? Message, string? Link)
{
    internal static ToldNotice Of(NoticeSource source, Notice told) => new(
        source switch
        {
            NoticeSource.NonPayment => "Unpaid invoices",
            NoticeSource.Balance => "A low balance",
            NoticeSource.Change => "A change that could not be made",
            NoticeSource.Provider => "The provider",
            _ => throw new UnreachableException(source.ToString()),
        },
        new Mark(told.Level.ToString(), OperatorMarks.ToneOf(told.Level)), told.Title, told.Message.OrNull(),
        told.Link.MatchUnsafe<string?>(link => link.OriginalString, () => null));
}

/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
public sealed record OwnNotice(string Level, string Title, string? Message, string? Link)
{
    internal static OwnNotice Of(Notice told) => new(
        NoticesJson.Name(told.Level), told.Title, told.Message.OrNull(), told.Link.MatchUnsafe<string?>(link => link.OriginalString, () => null));
}
